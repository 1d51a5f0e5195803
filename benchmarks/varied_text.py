"""Makes any amount of text out of little real text, without repeating it.

Each document keeps the marks, numbers, lines and lengths of a real one, but its words are drawn
anew: a word in lower case from all such words of the real text, as often as they are there, and
so are capitalised words and words in capitals. Names go on being new in real news, so one in 20
capitalised words is made up. Words of one or two letters stay, as `Mr` and `'s` do.
"""

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

_WORD = re.compile(r"([^\W\d_]{3,})")
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_CAPITALISED = "capitalised"
_MADE_UP_EVERY = 20


@dataclass(frozen=True, slots=True)
class _Template:
    """A real text.

    Attributes:
      parts: what lies between words, and the words, in turn.
      places: for each kind of word, the indices of its words among the parts.
    """

    parts: list[str]
    places: dict[str, list[int]]


class VariedText:
    """Draws documents like those of a few real texts; the same texts and seed give the same."""

    def __init__(self, texts: Sequence[str], seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._templates = [_parse(text) for text in texts]
        self._pools: dict[str, list[str]] = defaultdict(list)
        for template in self._templates:
            for kind, places in template.places.items():
                self._pools[kind] += [template.parts[place] for place in places]

    def documents(self) -> Iterator[str]:
        """Yields documents without end."""
        while True:
            yield self._vary(self._chance.choice(self._templates))

    def _vary(self, template: _Template) -> str:
        parts = template.parts.copy()
        for kind, places in template.places.items():
            drawn = self._chance.choices(self._pools[kind], k=len(places))
            if kind == _CAPITALISED:
                drawn[::_MADE_UP_EVERY] = map(self._make_up, drawn[::_MADE_UP_EVERY])
            for place, word in zip(places, drawn, strict=True):
                parts[place] = word
        return "".join(parts)

    def _make_up(self, _: str) -> str:
        return "".join(self._chance.choices(_SYLLABLES, k=3)).capitalize()


def _parse(text: str) -> _Template:
    parts = _WORD.split(text)
    places: dict[str, list[int]] = defaultdict(list)
    for place in range(1, len(parts), 2):
        places[_kind(parts[place])].append(place)
    return _Template(parts, dict(places))


def _kind(word: str) -> str:
    if word.islower():
        return "lower"
    return "upper" if word.isupper() else _CAPITALISED


def write_documents(path: Path, texts: Sequence[str], size: int) -> int:
    """Writes a .jsonl or .jsonl.gz of about so many bytes of its own; it is never held in memory.

    Returns:
      The bytes of the documents, decompressed.
    """
    written = 0
    with ExitStack() as stack:
        file = stack.enter_context(path.open("wb"))
        lines: IO[bytes] = file
        if path.suffix == ".gz":
            packed = gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0)
            lines = cast(IO[bytes], stack.enter_context(packed))
        for number, text in enumerate(VariedText(texts).documents()):
            record = {"id": str(number), "text": text}
            written += lines.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            if file.tell() >= size:
                break
    return written
