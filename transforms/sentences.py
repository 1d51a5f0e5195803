"""Sentences: where a paragraph is split, and where never.

nupunkt proposes breaks; guards take back those that cut a name or a phrase (after a title,
an initial, `No.` before a number, before lower case or a closing bracket) and add the ones
where a space is missing (`minorities.According`). Only offsets are given out: the text is
not touched, and nothing but white space and hidden characters lies between sentences.
"""

import re
import threading
from collections.abc import Iterator

import nupunkt

from transforms.abbreviations import MONTHS, NUMBERED, TITLES, closed_list
from transforms.characters import hide

# nupunkt's time grows with the square of some runs of punctuation: it is given pieces.
_CHUNK_CHARS = 5000
_PUNCTUATION_RUN = re.compile(r"(?<=[.!?])[.!?]{3,}")
_CHUNK_END = re.compile(r"[.!?][\"”’')\]]*\s")

_LAST_WORD = re.compile(r"[^\s(\[\"“‘']+$")
_INITIAL = re.compile(r"[^\W\d_]")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_CLOSING = frozenset(")]}”’»")
# Words that begin sentences and are rarely part of a name.
_STARTERS = closed_list(
    """
    a after all although an and another any as at because before both but by during each even
    few for from he her here his how however i if in instead it its last many meanwhile more
    most much my no nobody nor not nothing now of on once one or other our over she since so
    some still such that the their then there these they this those though three through to two
    under until we what when where whether which while who why with you your
    """
)

# A missing space: a lower-case word, its period, and a capitalised word.
_GLUED = re.compile(r"(?<=[^\W\d_]{2})[.?!][”\"’]?(?=[A-Z][a-z]*(?:[\s,’'.]|$))")
_ADDRESS = re.compile(r"[/@\\_]|www\.|\.(?:Com|Org|Net|Gov|Edu|Js|Io|Co)\b")


def split_sentences(paragraph: str) -> list[tuple[int, int]]:
    """Splits a paragraph into its sentences; a newline in it counts as a space.

    Returns:
      Spans (code points, half-open), in order, not empty, without white space at their ends.

    >>> split_sentences("Mr. Lee left. He won.")
    [(0, 13), (14, 21)]
    """
    visible = hide(paragraph)
    text = visible.text
    starts = [0, *_breaks(re.sub(r"\s", " ", text))]
    spans = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        end = start + len(text[start:end].rstrip())
        start = end - len(text[start:end].lstrip())
        if start < end:
            spans.append(visible.span(start, end))
    return spans


def _breaks(text: str) -> Iterator[int]:
    """Yields the places where a new sentence begins, in order."""
    places = {place for place in _proposed(text) if _may_begin(text, place)}
    places.update(match.end() for match in _GLUED.finditer(text) if _is_glued(text, match))
    yield from sorted(places)


def _proposed(text: str) -> Iterator[int]:
    # A run of !?!? is one end of a sentence; white space of the same length keeps offsets.
    calm = _PUNCTUATION_RUN.sub(lambda run: " " * len(run[0]), text)
    for start, end in _chunks(calm):
        if start and _CHUNK_END.fullmatch(calm[max(0, start - 2) : start]):
            yield start
        for first, _ in _sent_spans(calm[start:end])[1:]:
            yield start + first


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Cuts a long text after the last end of a sentence, else at a space, else anywhere."""
    start = 0
    while len(text) - start > _CHUNK_CHARS:
        window = text[start : start + _CHUNK_CHARS]
        ends = [match.end() for match in _CHUNK_END.finditer(window)]
        end = start + (ends[-1] if ends else window.rfind(" ") + 1 or _CHUNK_CHARS)
        yield start, end
        start = end
    yield start, len(text)


_lock = threading.Lock()


def _sent_spans(text: str) -> list[tuple[int, int]]:
    # nupunkt keeps a cache of its decisions, which says nothing of threads.
    with _lock:
        return nupunkt.sent_spans(text)


def _may_begin(text: str, place: int) -> bool:
    """Tells whether a sentence may begin at a proposed place."""
    following = text[place : place + 40].lstrip()
    if not following or following[0].islower() or following[0] in _CLOSING:
        return False
    last = _LAST_WORD.search(text[max(0, place - 40) : place].rstrip())
    if not last or not last[0].endswith("."):
        return True
    word = last[0][:-1]
    if word.lower() in TITLES:
        return False
    if word.lower() in NUMBERED or word.lower() in MONTHS:
        return not following[0].isdigit()
    if _INITIAL.fullmatch(word) or _ACRONYM.fullmatch(word):
        return re.split(r"\W", following.lstrip("\"“‘'("), maxsplit=1)[0].lower() in _STARTERS
    return True


def _is_glued(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 60) : match.end() + 60]
    at = match.start() - max(0, match.start() - 60)
    word = around[around.rfind(" ", 0, at) + 1 :].partition(" ")[0]
    return text[match.start() - 1].islower() and not _ADDRESS.search(word)
