"""What a listing passes over, summed up by its kind: for a person, and for the manifest."""

import dataclasses
import heapq
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.files.file_names import compression_of
from transforms.files.places import file_name

UNKNOWN_ENDING = "unknown ending"
_OTHER_ENDINGS = "other unknown endings"
_EXAMPLES = 3
# Names without an ending of their own may hold a full stop anywhere, so that each is of one kind.
_MOST_KINDS = 20


@dataclass(frozen=True, slots=True)
class Skipped:
    """Files or folders that were passed over for one reason.

    Attributes:
      why: what they are; UNKNOWN_ENDING for files whose name tells no format.
      ending: of those files, in small letters; "" where a name has none, None for other kinds.
      count: how many there are.
      examples: the first URIs, sorted.
    """

    why: str
    ending: str | None
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        what = self.why if self.ending is None else self.ending or "no ending"
        more = ", ..." if self.count > 1 else ""
        return f"{what} {self.count:,} ({self.examples[0]}{more})"

    def as_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "examples": list(self.examples)}


def sum_up(passed_over: Mapping[str, str]) -> list[Skipped]:
    """Counts what was passed over, the most frequent kind first; the order is always the same.

    Args:
      passed_over: by its URI, why it was passed over.
    """
    kinds: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for uri, why in passed_over.items():
        kinds[why, _ending(uri) if why == UNKNOWN_ENDING else None].append(uri)
    found = sorted((_skipped(*kind, uris) for kind, uris in kinds.items()), key=_rank)
    endings = [kind for kind in found if kind.ending is not None]
    if len(endings) <= _MOST_KINDS:
        return found
    rest = endings[_MOST_KINDS:]
    uris = [example for kind in rest for example in kind.examples]
    other = _skipped(_OTHER_ENDINGS, None, uris)
    other = dataclasses.replace(other, count=sum(kind.count for kind in rest))
    return sorted([*(kind for kind in found if kind not in rest), other], key=_rank)


def of_json(stored: Sequence[Mapping[str, Any]]) -> list[Skipped]:
    """Returns what a manifest says was passed over."""
    return [Skipped(**{**kind, "examples": tuple(kind["examples"])}) for kind in stored]


def tell(skipped: Sequence[Skipped]) -> Iterable[str]:
    """Yields a line about what was passed over, if anything was."""
    if skipped:
        yield f"passed over: {', '.join(map(str, skipped))}"


def _skipped(why: str, ending: str | None, uris: Sequence[str]) -> Skipped:
    return Skipped(why, ending, len(uris), tuple(heapq.nsmallest(_EXAMPLES, uris)))


def _rank(kind: Skipped) -> tuple[int, str, str]:
    return -kind.count, kind.why, kind.ending or ""


def _ending(uri: str) -> str:
    """Returns the ending of a name, with that of its compression.

    >>> _ending("/news/a.HTML.gz"), _ending("/news/v1.2/README")
    ('.html.gz', '')
    """
    name = os.path.basename(file_name(uri)).lower()
    compression = compression_of(name)
    return os.path.splitext(name.removesuffix(compression))[1] + compression
