"""Cuts a sentence into plain pieces and names, so that no reader has to count characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# A text, or [text, place of its label, score, resolved name or null if that is the text].
Segment = str | list[Any]

_CUT = "…"
# A word without end may be a name; no page has room for it.
_NAME_CHARS = 300


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention; its offsets count code points from the beginning of the field."""

    start: int
    end: int
    label: int
    score: float
    name: str


def short(name: str) -> str:
    """Returns a name as the page has it: a very long one is cut."""
    return name if len(name) <= _NAME_CHARS else name[: _NAME_CHARS - 1] + _CUT


def segments(text: str, start: int, mentions: Iterable[Mention]) -> list[Segment]:
    """Returns the pieces of a sentence.

    Args:
      start: where the sentence begins in its field.
      mentions: those in the sentence, in any order.

    >>> segments("In Oslo.", 10, [Mention(13, 17, 2, 0.98765, "Oslo")])
    ['In ', ['Oslo', 2, 0.988, None], '.']
    """
    pieces: list[Segment] = []
    done = 0
    for each in sorted(mentions, key=lambda mention: mention.start):
        first, last = each.start - start, each.end - start
        said = text[first:last]
        name = None if each.name == said else short(each.name)
        pieces += [text[done:first], [short(said), each.label, round(each.score, 3), name]]
        done = last
    return [piece for piece in [*pieces, text[done:]] if piece]


def cut_around(pieces: Sequence[Segment], focus: int, length: int) -> list[Segment]:
    """Leaves so many characters of a long sentence, near one of its pieces.

    >>> cut_around(["a" * 20, ["Oslo", 2, 0.9, None], "b" * 20], 1, 14)
    ['…aaaaa', ['Oslo', 2, 0.9, None], 'bbbbb…']
    """
    sizes = [len(_said(piece)) for piece in pieces]
    if sum(sizes) <= length:
        return [*pieces]
    room = max(0, length - sizes[focus]) // 2
    before = _keep_end(pieces[:focus], room)
    after = _keep_beginning(pieces[focus + 1 :], room)
    return [*before, pieces[focus], *after]


def size(pieces: Iterable[Segment]) -> int:
    """Returns how many characters a sentence has."""
    return sum(len(_said(piece)) for piece in pieces)


def _said(piece: Segment) -> str:
    return piece if isinstance(piece, str) else piece[0]


def _keep_beginning(pieces: Sequence[Segment], room: int) -> list[Segment]:
    kept: list[Segment] = []
    for piece in pieces:
        said = _said(piece)
        if len(said) > room:  # a name is left out rather than cut
            return [*kept, (piece[:room] if isinstance(piece, str) else "") + _CUT]
        kept.append(piece)
        room -= len(said)
    return kept


def _keep_end(pieces: Sequence[Segment], room: int) -> list[Segment]:
    kept: list[Segment] = []
    for piece in reversed(pieces):
        said = _said(piece)
        if len(said) > room:
            end = piece[len(piece) - room :] if isinstance(piece, str) else ""
            return [_CUT + end, *kept]
        kept.insert(0, piece)
        room -= len(said)
    return kept
