"""Splits paragraphs into sentences.

A sentence can end at a run of `.`, `!`, `?` or `…`, with the quotes, brackets and
notes (`[12]`, `[…]`) that close it. It does, unless

- lower case follows, or more punctuation, or after `?”` who said it (`Ms. Lee asked`);
- the mark is a name's (`Yahoo! Inc.`);
- the period is a title's (`Lt.`), a number's (`No. 4`) or a list item's (`2.`);
- the period is an initial's (`J.`) or stands in a name (`St.`), and no word that begins
  sentences (`The`) follows;
- the period is an acronym's (`U.S.`) or a company's (`Inc.`), and neither such a word
  follows, nor a person (`Mr.`), nor, for companies, a clause or a quotation;
- nupunkt sees no end after an ellipsis, or after another abbreviation (`Calif.`) before
  a word that may be part of a name.

If the space is missing (`minorities.According`), a sentence ends only between an
ordinary word and a capitalised one, outside addresses and names of files and sites.

The text is not changed. Only offsets are given out, and nothing but white space and
hidden characters lies between sentences.
"""

import functools
import re
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import nupunkt

from transforms.columns import Sentences, stretches
from transforms.text.abbreviations import Kind, closed_list, kind_of
from transforms.text.characters import WHITE_SPACE, has_hidden, hide
from transforms.text.exclamations import is_in_name, is_spoken_by
from transforms.text.first_words import WORD, begins_sentences
from transforms.text.missing_spaces import lacks_space
from transforms.text.paragraphs import split_paragraphs

_OPENING = "\"'“‘«‹([{"
_CLOSING = "\"'”’»›)\\]}"

_END = re.compile(
    rf"(?P<stop>[.!?…]+)"
    rf"(?P<close>[{_CLOSING}]*(?: +(?:[”»)\]}}]+|\"(?= *$|(?<=['’] \") )))*"
    rf"(?: ?\[(?:\d{{1,3}}|\.\.\.|…)\])*)"
    rf"(?P<gap> *)(?P<open>[{re.escape(_OPENING)}]*)"
)
_NUMERAL = re.compile(r"[^\W_]|\d{1,3}|X{0,3}(?:IX|IV|VI{0,3}|I{0,3})")
_OPENING_QUOTES = tuple('"“‘')
_CLOSING_QUOTES = tuple("\"'”’")
_GOES_ON = frozenset(".!?…,;:)]}”’»›")

# `I` is no initial in `me and I`, `than I`, `so am I`.
_PRONOUN = re.compile(
    r"\b(?:(?:[a-z]+|You|He|She|They|We) (?:and|or)|than|as|so|neither|nor|am|was|do|did|have|had"
    r"|can|could|will|would|should|must|may|might) I\Z"
)
# A person is named in these ways, but not by a word before it (`the U.S. Mr. Lee left`).
_PERSON = re.compile(r"(?:Dr|Mr|Mrs|Ms)\b")
# After `Acme Inc.`, a sentence begins with a capitalised word and one in lower case, unless the
# first is what somebody is there.
_CLAUSE = re.compile(
    r"(?!(?:Chief|Chair\w*|Co-?\w*|Deputy|Director|Executive|Founder|General|Managing|President"
    r"|Senior|Spokes\w*|Treasurer|Vice)\b)[A-Z][\w'’-]*[a-z] +[a-z]"
)

# Addresses begin like this.
_ADDRESS_STARTS = closed_list("http https pic www")
_OTHER_SPACES = WHITE_SPACE.replace(" ", "")

_STRAIGHT = str.maketrans("“‘", '""')

_CONTEXT = 80  # so many characters before and after an end are looked at


def split_text(text: str, line_breaks: str = "auto") -> Iterator[tuple[int, int]]:
    """Yields the spans of a text's sentences: code points, half-open, in order.

    >>> list(split_text("It rained. Nobody\\nminded."))
    [(0, 10), (11, 25)]
    """
    for first, last in split_paragraphs(text, line_breaks):
        for start, end in split_paragraph(text[first:last]):
            yield first + start, first + end


def split_texts(texts: Sequence[str], line_breaks: str = "auto") -> Sentences:
    """Finds the sentences of many texts, as `split_text` finds those of one."""
    spans = [list(split_text(text, line_breaks)) for text in texts]
    counts = np.array([len(of_one) for of_one in spans], np.int32)
    places = np.array([span for of_one in spans for span in of_one], np.int32).reshape(-1, 2)
    return Sentences(
        text=np.repeat(np.arange(len(texts), dtype=np.int32), counts),
        index=stretches(np.zeros_like(counts), counts).astype(np.int32),
        starts=places[:, 0],
        ends=places[:, 1],
    )


def split_paragraph(paragraph: str) -> list[tuple[int, int]]:
    """Splits a paragraph into its sentences; a newline in it counts as a space.

    Returns:
      (sentence,), spans (code points, half-open), in order. None is empty or has white space at
      its ends.

    >>> split_paragraph("Mr. Lee left. He won.")
    [(0, 13), (14, 21)]
    """
    if not has_hidden(paragraph):
        return list(_spans(_only_spaces(paragraph)))
    visible = hide(paragraph)
    return [visible.span(*span) for span in _spans(_only_spaces(visible.text))]


def _only_spaces(text: str) -> str:
    """Returns a text with a space for each white space."""
    if text.isprintable():
        return text  # the space is the only white space that counts as printable
    # Nearly all of these are not there, and looking for each is faster than one expression.
    for character in _OTHER_SPACES:
        if character in text:
            text = text.replace(character, " ")
    return text


def _spans(text: str) -> Iterator[tuple[int, int]]:
    last = len(text.rstrip())
    start = len(text) - len(text.lstrip())
    for end in _END.finditer(text):
        begin = end.start("open")
        if start < end.end("close") and begin < last and _ends_sentence(text, start, end):
            yield start, end.end("close")
            start = begin
    if start < last:
        yield start, last


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    """Tells whether the sentence that begins at `start` ends at a match of `_END`."""
    following = text[end.end() : end.end() + _CONTEXT]
    before = text[max(start, end.start() - _CONTEXT) : end.start()]
    word = before.rpartition(" ")[2].lstrip(_OPENING)
    if not end["gap"]:
        return lacks_space(word, following, quoted=bool(end["close"] or end["open"]))
    if text[end.start("open")] in _GOES_ON or _goes_on_in_lower_case(following):
        return False
    if end["stop"] != ".":
        return _mark_ends(text, end, before, following)
    if not word:
        return _nupunkt_ends(text, end)
    if start + len(word) == end.start() and _NUMERAL.fullmatch(word):
        return False  # it is the number or letter of a list
    if word == "I" and _PRONOUN.search(before):
        return True
    kind = kind_of(word, following)
    return kind is None or _abbreviation_ends(kind, text, end)


def _mark_ends(text: str, end: re.Match[str], before: str, following: str) -> bool:
    """Tells whether a sentence ends at a match of `_END` that is no period."""
    if before.endswith("(") and end["close"].startswith(")"):
        return False  # it is an aside: `(!)`
    if not end["open"]:
        if end["close"].startswith(_CLOSING_QUOTES) and is_spoken_by(following):
            return False
        if not end["close"] and is_in_name(before, following):
            return False
    return "!" in end["stop"] or "?" in end["stop"] or _nupunkt_ends(text, end)


def _abbreviation_ends(kind: Kind, text: str, end: re.Match[str]) -> bool:
    """Tells whether a sentence ends at a match of `_END` after an abbreviation of a kind."""
    following = text[end.end() : end.end() + _CONTEXT]
    if kind in (Kind.TITLE, Kind.NUMBERED):
        return False
    if begins_sentences(following):
        return True
    if kind is Kind.INITIAL:
        return False
    if _PERSON.match(following):
        return True
    if kind is Kind.ACRONYM:
        return False
    if end["open"]:
        return end["open"].startswith(_OPENING_QUOTES) or (
            kind is Kind.OTHER and _nupunkt_ends(text, end)
        )
    if kind is Kind.COMPANY:
        return _CLAUSE.match(following) is not None
    return _nupunkt_ends(text, end)


def _goes_on_in_lower_case(following: str) -> bool:
    if following[:1].isupper():
        return False
    found = WORD.search(following)
    word = found[0] if found else ""
    # An address may begin a sentence in lower case, and so may a name such as eBay.
    return word[:1].islower() and not word[1:2].isupper() and word not in _ADDRESS_STARTS


_nupunkt_lock = threading.Lock()


def _nupunkt_ends(text: str, end: re.Match[str]) -> bool:
    """Tells whether nupunkt ends a sentence at a match of `_END`, given the words around it."""
    first = max(0, end.start() - _CONTEXT)
    return end.start("open") - first in _nupunkt_starts(text[first : end.end() + _CONTEXT])


@functools.lru_cache(maxsize=4096)
def _nupunkt_starts(text: str) -> frozenset[int]:
    # The first call loads nupunkt's model, and its cache makes no promise about threads. Curly
    # quotes become straight, since it knows only the closing ones.
    with _nupunkt_lock:
        return frozenset(start for start, _ in nupunkt.sent_spans(text.translate(_STRAIGHT)))
