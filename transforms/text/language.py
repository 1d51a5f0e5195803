"""Tells the languages of a text, with the library CLD2, which counts in whole numbers.

A document is left out only where it is surely in other languages than those that are wanted, since
names, scores of matches and prices look like any language. It has to hold prose: enough words that
neither begin with a capital nor are part of an address.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pycld2

from transforms.choices import ANY_LANGUAGE, LANGUAGES

# A longer text is told from pieces of it: the whole would take two and a half times as long.
_PIECES = 4
_PIECE_CHARS = 250

# With more of the text in a wanted language it is mixed, and is tagged.
_MOST_WANTED_PERCENT = 10
# English names and addresses came to at most 61 bytes of such words in a text that was told wrong.
_LEAST_PROSE_BYTES = 100

_ADDRESS = re.compile(r"\S*[/@]\S*")
_LETTERS = re.compile(r"[^\W\d_]+")

# CLD2 takes no control characters, and none of those that Unicode keeps for no character.
_REFUSED = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(0x10000 * plane + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)

# CLD2 has old codes for two languages, and one for each script of Chinese. Its codes that are not
# among LANGUAGES are those of scripts, of Klingon and of Pig Latin.
_RENAMED = {"iw": "he", "jw": "jv", "zh-Hant": "zh"}
_KNOWN = frozenset(LANGUAGES)


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a text.

    Attributes:
      sample: what they were told from: the text, or pieces of it.
      percents: how much of the sample is in which language, by ISO 639 code, most first; empty
        if it cannot be told.
    """

    sample: str
    percents: dict[str, int]

    @property
    def main(self) -> str | None:
        """Returns the language that most is in, None if it cannot be told."""
        return next(iter(self.percents), None)

    @property
    def share(self) -> float | None:
        """Returns how much of the sample is in `main`: 0 to 1, with 2 decimals."""
        return self.percents[self.main] / 100 if self.main else None

    def are_surely_other(self, wanted: Sequence[str]) -> bool:
        """Tells whether the text is surely in none of the languages that are wanted."""
        if ANY_LANGUAGE in wanted or self.main is None or self.main in wanted:
            return False
        percent = sum(self.percents.get(code, 0) for code in wanted)
        return percent <= _MOST_WANTED_PERCENT and _prose_bytes(self.sample) >= _LEAST_PROSE_BYTES


def detect_languages(text: str) -> Languages:
    """Tells the languages of a text.

    >>> detect_languages("Der Hafen bekommt im Frühjahr zwei neue Liegeplätze für Fähren.").main
    'de'
    """
    sample = _sample(text)
    is_sure, found = _detect(sample)
    percents: Counter[str] = Counter()
    for code, percent in found if is_sure else ():
        code = _RENAMED.get(code, code)
        if code in _KNOWN:
            percents[code] += percent
    return Languages(sample, dict(percents.most_common()))


def _sample(text: str) -> str:
    """Returns a text, or pieces from its beginning, its middle and its end."""
    if len(text) <= _PIECES * _PIECE_CHARS:
        return text
    step = (len(text) - _PIECE_CHARS) // (_PIECES - 1)
    starts = range(0, _PIECES * step, step)
    return "\n".join(text[start : start + _PIECE_CHARS] for start in starts)


def _detect(text: str) -> tuple[bool, list[tuple[str, int]]]:
    """Returns whether CLD2 is sure, and its code and the percentage of up to three languages."""
    try:
        is_sure, _, found = pycld2.detect(text, isPlainText=True)
    except pycld2.error:  # nearly no text has such characters, and looking for them takes time
        is_sure, _, found = pycld2.detect(_REFUSED.sub(" ", text), isPlainText=True)
    return is_sure, [(code, percent) for _, code, percent, _ in found]


def _prose_bytes(text: str) -> int:
    """Counts the bytes, as UTF-8, of the words that are neither capitalised nor in addresses.

    A letter of a script has more bytes where it says more: Chinese has three, Russian two.
    """
    words = _LETTERS.findall(_ADDRESS.sub(" ", text))
    return sum(len(word.encode()) for word in words if not word[0].isupper())
