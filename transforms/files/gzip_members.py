"""Decompresses gzip member by member, so that a broken one costs itself alone.

Python's gzip makes one stream of all members, and ends at the first that is broken.
"""

import zlib
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

MAGIC = b"\x1f\x8b\x08"
BROKEN = b"\0"
_GZIP = 31  # zlib's word for a gzip header
_PIECE_BYTES = 256 << 10


class Piece(NamedTuple):
    """Some decompressed bytes.

    Attributes:
      begins: whether they are the first of their member.
      is_broken: whether they stand for the rest of a member that is broken, which is a zero byte.
    """

    data: bytes
    begins: bool = False
    is_broken: bool = False


def decompress_members(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """Yields what the members hold, in pieces that are bounded.

    Raises:
      EOFError: the last member has no end.
    """
    feed = iter(chunks)
    data = _skip_to_member(b"", feed)
    while data:
        data = _skip_to_member((yield from _member(data, feed)), feed)


def _member(data: bytes, feed: Iterator[bytes]) -> Generator[Piece, None, bytes]:
    """Yields what a member holds; returns what comes behind it, of the data so far."""
    member = zlib.decompressobj(_GZIP)
    begins, searched = True, 1
    while True:
        try:
            piece = member.decompress(data, _PIECE_BYTES)
        except zlib.error:
            yield Piece(BROKEN, is_broken=True)
            return data[searched:]
        if piece:
            yield Piece(piece, begins)
            begins = False
        if member.eof:
            return member.unused_data
        data, searched = member.unconsumed_tail, 0
        if not data and len(piece) < _PIECE_BYTES:
            data = next(feed, b"")
            if not data:
                raise EOFError("the compressed data are cut off")


def _skip_to_member(data: bytes, feed: Iterator[bytes]) -> bytes:
    """Returns the data from where the next member begins, none at the end."""
    while True:
        at = data.find(MAGIC)
        if at >= 0:
            return data[at:]
        more = next(feed, b"")
        if not more:
            return b""
        data = data[-len(MAGIC) + 1 :] + more
