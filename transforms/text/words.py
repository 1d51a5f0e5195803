"""Splits sentences into words as CoNLL-2003 does, which is what the model was trained on.

Words are split at white space, and there

- punctuation and symbols are words by themselves, a run of the same one of
  `- . ! ? * = ~` is one word (`--`, `...`);
- clitics are split off: `'s 'll 're 've 'd 'm`, and `n't` (`do|n't`), with a straight or a
  curly apostrophe; this is the one place where two words meet between letters;
- a period stays with an initial (`J.`), an acronym (`U.S.`), an abbreviation (`Mr.`, `Inc.`)
  and whatever else is followed by a comma, a colon or a semicolon; the last period of a
  sentence is a word by itself, except an acronym's;
- hyphens, apostrophes, periods and ampersands between letters or digits stay inside a word
  (`Toronto-based`, `O'Brien`, `Amazon.com`, `AT&T`), commas, colons and slashes between
  digits (`1,000.5`, `9:30`, `1996/97`);
- web and mail addresses, `@handles` and `#tags` are one word each.

Letters, digits and combining marks of any script are never split from each other.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from transforms.text.abbreviations import Kind, kind_of
from transforms.text.characters import hide


class Word(NamedTuple):
    """A word of a sentence.

    Attributes:
      start, end: its span in the sentence (code points, half-open).
      form: its text as a reader sees it (characters.py), which is what the model gets.
    """

    start: int
    end: int
    form: str


def _combining_marks() -> str:
    """Returns all combining marks, which `\\w` leaves out, as the inside of a character class."""
    ranges: list[list[int]] = []
    # Beyond these planes, the only marks are the variation selectors.
    for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)):
        if unicodedata.category(chr(code)).startswith("M"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_MARKS = _combining_marks()
_LETTER = rf"[\w{_MARKS}]"  # a letter, a digit or a mark
_APOSTROPHE = "['’ʼ]"
_CLITICS = "s|ll|re|ve|d|m"

_URL_CHARACTER = r'[^\s<>"“”]'
_URL_END = r"""[^\s<>"“”'’.,;:!?)\]}…]"""
_TOP_LEVEL_DOMAIN = (
    r"(?:(?<=\.com|\.org|\.net|\.gov|\.edu|\.int|\.mil)"
    r"|(?<=\.co|\.uk|\.ly|\.me|\.tv|\.io|\.us|\.ca|\.au|\.eu|\.de|\.fr))"
)

# Possessive quantifiers (`++`, `*+`) give nothing back, which keeps the time linear.
_WORD = re.compile(
    rf"""
      (?i:https?://|ftp://|www\.) {_URL_CHARACTER}* {_URL_END}
    | [A-Z]{{1,3}}\$ (?![^\W\d_])                     # US$
    | (?i: ['’‘] (?: n['’] | em | tis | twas | til ) | {_APOSTROPHE} (?:{_CLITICS}) ) (?!{_LETTER})
    | (?P<chunk>
        (?: [@\#+] (?={_LETTER}) | \.(?=\d) )?
        {_LETTER}++
        (?: (?: \.?[-‐‑] | [.&] | {_APOSTROPHE} | (?<=\d)[,:/–](?=\d) ) {_LETTER}++ )*+
        (?: @ {_LETTER}++ (?: [-.] {_LETTER}++ )*+ )?
        (?: {_TOP_LEVEL_DOMAIN} / (?: {_URL_CHARACTER}* {_URL_END} )? )?
        (?: \+{{1,2}} (?!{_LETTER}) )?                # Disney+
      ) (?P<period> \.(?!\.) )?
    | (?P<run>[-.!?*=~]) (?P=run)*+
    | [🇦-🇿]{{2}}                                       # a flag
    | \S [{_MARKS}🏻-🏿]*+
    """,
    re.VERBOSE,
)

_CLITIC_AT_END = re.compile(rf"(?i:n{_APOSTROPHE}t|{_APOSTROPHE}(?:{_CLITICS}))\Z")
_CLOSING = " \t\n\r\u00a0\"'”’»)]}"


def split_words(sentence: str) -> list[Word]:
    """Splits a sentence into the words that the model is given.

    Words are in order, disjoint and not empty; only white space and hidden characters lie
    between them. A hidden character inside a word belongs to its span but not to its form.

    >>> [word.form for word in split_words("Sen. Lee’s U.S.-led team didn't win, 3-1.")]
    ['Sen.', 'Lee', '’s', 'U.S.-led', 'team', 'did', "n't", 'win', ',', '3-1', '.']
    """
    visible = hide(sentence)
    return [
        Word(*visible.span(start, end), visible.text[start:end])
        for start, end in word_spans(visible.text)
    ]


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yields the spans of the words of a sentence that has no hidden characters."""
    last = last_place(text)
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match.lastgroup == "period":
            end -= 1
            keeps = _keeps_period(text[start:end], text[end + 1 : end + 3], end == last, start == 0)
            yield from _split_clitics(text, start, end + keeps)
            if not keeps:
                yield end, end + 1
        elif match.lastgroup == "chunk":
            yield from _split_clitics(text, start, end)
        else:
            yield start, end


def last_place(sentence: str) -> int:
    """Returns the place of the last character but for those that close a sentence.

    A period there is the sentence's final one.
    """
    return len(sentence.rstrip(_CLOSING)) - 1


def _keeps_period(chunk: str, following: str, is_last: bool, is_first: bool) -> bool:
    """Tells whether the period after a chunk belongs to its word.

    Args:
      chunk: the word without the period.
      following: the two characters after the period, or as many as there are.
      is_last: whether the sentence ends with this period.
      is_first: whether the sentence begins with the chunk.
    """
    kind = kind_of(chunk, following.lstrip())
    if kind is Kind.ACRONYM:
        return True
    if is_last:
        return False
    if kind or following[:1] in (",", ";", ":"):
        return True
    return is_first and chunk.isdigit() and len(chunk) <= 3  # a list's "2."


def _split_clitics(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yields the spans of the word at a span and of the clitics at its end."""
    ends = [end]
    while clitic := _CLITIC_AT_END.search(text, max(start + 1, end - 3), end):
        end = clitic.start()
        ends.append(end)
    for end in reversed(ends):
        yield start, end
        start = end
