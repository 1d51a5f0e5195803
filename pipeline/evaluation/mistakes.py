"""What a model does wrong: each mention that was to be found beside the one found for it.

Where a gold and a found mention have the same ends, they are a pair. Of the rest, those that
overlap are paired one to one, those of one label first, then those that share most. So every
mention counts once: a found mention that covers two names is paired with one of them, and the
other is missed.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.evaluation.mentions import GoldAndFound, Mention

WRONG_LABEL = "wrong label"
WRONG_BOUNDARY = "wrong boundary"
WRONG_BOTH = "wrong boundary and label"
MISSED = "missed"
SPURIOUS = "spurious"
MISTAKE_KINDS = (WRONG_LABEL, WRONG_BOUNDARY, WRONG_BOTH, MISSED, SPURIOUS)

# The column and the row of a confusion table for mentions that overlap, but end elsewhere.
OTHER_ENDS = "other ends"


class Example(NamedTuple):
    """A mistake without its place, so that equal ones can be counted; "" where there is nothing."""

    gold_name: str
    gold_label: str
    found_name: str
    found_label: str


class Match(NamedTuple):
    """A mention that was to be found and the one found for it, or None where there is none."""

    gold: Mention | None
    found: Mention | None

    @property
    def kind(self) -> str | None:
        """The kind of mistake, one of MISTAKE_KINDS; None if it is right."""
        if self.gold is None:
            return SPURIOUS
        if self.found is None:
            return MISSED
        same_label = self.gold.label == self.found.label
        if _same_ends(self.gold, self.found):
            return None if same_label else WRONG_LABEL
        return WRONG_BOUNDARY if same_label else WRONG_BOTH

    def cells(self) -> Iterator[tuple[str, str]]:
        """Its cells of a confusion table (row, column): two where the ends differ."""
        row = self.gold.label if self.gold else SPURIOUS
        column = self.found.label if self.found else MISSED
        if self.kind in (WRONG_BOUNDARY, WRONG_BOTH):
            yield row, OTHER_ENDS
            yield OTHER_ENDS, column
        else:
            yield row, column

    def example(self) -> Example:
        gold, found = self.gold, self.found
        return Example(
            gold.name if gold else "",
            gold.label if gold else "",
            found.name if found else "",
            found.label if found else "",
        )


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Matches, counted.

    Attributes:
      confusion: by gold label (or OTHER_ENDS or SPURIOUS) and found label (or OTHER_ENDS or
        MISSED). The row of a label holds each of its gold mentions once, the column of a label
        each of its found ones.
      examples: of each of MISTAKE_KINDS, the mistakes.
    """

    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, Counter[Example]] = field(
        default_factory=lambda: {kind: Counter() for kind in MISTAKE_KINDS}
    )


def count_mistakes(pairs: Iterable[GoldAndFound]) -> Mistakes:
    """Matches the mentions of each text, and counts what comes of it."""
    mistakes = Mistakes()
    for gold, found in pairs:
        for match in match_mentions(gold, found):
            mistakes.confusion.update(match.cells())
            if match.kind:
                mistakes.examples[match.kind][match.example()] += 1
    return mistakes


def match_mentions(gold: Sequence[Mention], found: Sequence[Mention]) -> list[Match]:
    """Gives each mention of a text its partner; every mention is in one match.

    Args:
      gold, found: each in order and apart.

    Returns:
      The matches, in the order of the text.
    """
    partners: dict[Mention, Mention] = {}
    taken: set[Mention] = set()
    for one, other in sorted(_overlapping(gold, found), key=_closeness):
        if one not in partners and other not in taken:
            partners[one] = other
            taken.add(other)
    matches = [Match(one, partners.get(one)) for one in gold]
    matches += [Match(None, other) for other in found if other not in taken]
    return sorted(matches, key=_place)


def _overlapping(
    gold: Sequence[Mention], found: Sequence[Mention]
) -> Iterator[tuple[Mention, Mention]]:
    starts = [mention.start for mention in found]
    ends = [mention.end for mention in found]
    for one in gold:
        first, last = bisect_right(ends, one.start), bisect_left(starts, one.end)
        yield from ((one, other) for other in found[first:last])


def _closeness(pair: tuple[Mention, Mention]) -> tuple[bool, bool, int]:
    """Sorts the closest first."""
    one, other = pair
    shared = min(one.end, other.end) - max(one.start, other.start)
    return not _same_ends(one, other), one.label != other.label, -shared


def _same_ends(one: Mention, other: Mention) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _place(match: Match) -> int:
    mention = match.gold or match.found
    assert mention is not None
    return mention.start
