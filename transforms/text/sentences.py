"""Splits paragraphs into sentences.

A sentence can end at a run of `.`, `!`, `?` or `…`, with the quotes, brackets and
note numbers (`[12]`) that close it. It does, unless

- lower case follows, or more punctuation;
- the period is a title's (`Lt.`), a number's (`No. 4`) or a list item's (`2.`);
- the period is an initial's (`J.`), an acronym's (`U.S.`) or a company's (`Inc.`), and
  neither a word that begins sentences (`The`) follows nor, for companies, a quotation;
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
from transforms.text.paragraphs import split_paragraphs

_OPENING = "\"'“‘«‹([{"
_CLOSING = "\"'”’»›)\\]}"

_END = re.compile(
    rf"(?P<stop>[.!?…]+)"
    rf"(?P<close>[{_CLOSING}]*(?: +[”»)\]}}]+)*(?: ?\[\d{{1,3}}\])*)"
    rf"(?P<gap> *)(?P<open>[{re.escape(_OPENING)}]*)"
)
_WORD = re.compile(r"[#@]?\w[\w'’-]*")
_NUMERAL = re.compile(r"[^\W_]|\d{1,3}")
_GOES_ON = frozenset(".!?…,;:)]}”’»›")

# These words begin sentences and are rarely part of a name. `And`, `Or` and `To` are not among
# them, because old wire copy has `the U.S. And Japan`.
_STARTERS = closed_list(
    """
    a after all also although among an another any as at because before both but by despite
    during each even every few for from he her here his how however i if in instead it its last
    many maybe meanwhile more moreover most my no nor not now of on once one only other others
    our over perhaps several she since so some still such that the their then there these they
    this those though three through two under unless until we what when where whether while
    who why with without yet you your
    """
)

# Addresses begin like this, and sites and files end like that (`Booking.Com`).
_ADDRESS_STARTS = closed_list("http https pic www")
_SUFFIXES = closed_list("biz co com edu eu gov htm html info io js net org pdf php tv uk us")
_ADDRESS = re.compile(r"[/@\\_]|www\.", re.IGNORECASE)

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
        return _lacks_space(word, following, quoted=bool(end["close"] or end["open"]))
    if text[end.start("open")] in _GOES_ON or _goes_on_in_lower_case(following):
        return False
    if "!" in end["stop"] or "?" in end["stop"]:
        return True
    if end["stop"] != "." or not word:
        return _nupunkt_ends(text, end)
    if start + len(word) == end.start() and _NUMERAL.fullmatch(word):
        return False  # it is the number or letter of a list
    match kind_of(word, following):
        case None:
            return True
        case Kind.TITLE | Kind.NUMBERED:
            return False
        case Kind.OTHER | Kind.COMPANY if end["open"].startswith(('"', "“", "‘")):
            return True
        case Kind.OTHER:
            return _begins_sentences(following) or _nupunkt_ends(text, end)
        case _:
            return _begins_sentences(following)


def _goes_on_in_lower_case(following: str) -> bool:
    if following[:1].isupper():
        return False
    found = _WORD.search(following)
    word = found[0] if found else ""
    # An address may begin a sentence in lower case, and so may a name such as eBay.
    return word[:1].islower() and not word[1:2].isupper() and word not in _ADDRESS_STARTS


def _begins_sentences(following: str) -> bool:
    """Tells whether a text begins with a capitalised word that often begins sentences."""
    found = _WORD.match(following)
    word = found[0].replace("’", "'").partition("'")[0] if found else ""
    return word[:1].isupper() and word.lower() in _STARTERS


def _lacks_space(word: str, following: str, quoted: bool) -> bool:
    """Tells whether a sentence ends between a word and what follows its period without a space.

    Args:
      word: the text from the last space to the period.
      following: the text after the period and after the quotes and brackets there.
      quoted: whether there are any quotes or brackets.
    """
    found = _WORD.match(following)
    next_word = found[0] if found else ""
    glued = word + "." + following.partition(" ")[0]
    if not _is_capitalised(next_word, following) or next_word.lower() in _SUFFIXES:
        return False
    if len(word) < 2 or _ADDRESS.search(glued) or kind_of(word, following):
        return False
    if word[0].islower() and word[-1].islower():
        return True
    # A word that is not in lower case may make one name with the next (`One.Tel`, `UN.A`).
    starts = next_word[1:2].islower() and _begins_sentences(following)
    return word[-1].isalnum() and (quoted or starts)


def _is_capitalised(word: str, following: str) -> bool:
    if len(word) == 1:
        return word in ("A", "I") and following[1:2] != "."
    return word[:1].isupper() and (word[1].islower() or word[1] in "'’" or word.isupper())


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
