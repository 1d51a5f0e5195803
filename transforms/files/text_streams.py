"""Opens an input as text: decompressed, told from what is no text, and as UTF-8."""

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from transforms.files.encodings import UTF8, has_plain_lines, marked, stream_to_utf8
from transforms.files.fields import DocumentFields
from transforms.files.found import READ_ERRORS, ExpansionError, WrongFormatError
from transforms.files.signatures import HEAD_BYTES, advice, look, look_binary
from transforms.files.storage import open_input
from transforms.records import Extent

_Chunk = TypeVar("_Chunk")

_CHUNK_BYTES = 128 << 10
# A file may decompress to so much, however small it is.
_HARMLESS_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class TextStream:
    """The bytes of an input from a place on.

    Attributes:
      stream: UTF-8, but for `encoding`.
      encoding: that of each line, where lines are found without decoding them; else UTF-8.
      head: the first bytes, as UTF-8 if `encoding` is; empty if the file was entered further on.
      is_recoded: whether places count the bytes of the text as UTF-8, not of the file.
    """

    stream: io.BufferedReader
    encoding: str
    head: bytes
    is_recoded: bool


@contextlib.contextmanager
def open_text(
    extent: Extent, fields: DocumentFields, start: int = 0, by_line: bool = False
) -> Iterator[TextStream]:
    """Opens a file at the byte `start` for reading text.

    Args:
      by_line: the caller decodes each line, where an encoding lets bytes cut the lines.

    Raises:
      Exception: one of READ_ERRORS, now or while the stream is read.
    """
    with open_input(extent.uri, extent.compression, start) as stored:
        # Also of what a server has compressed.
        chunks = bounded(chunks_of(stored), extent.size, fields.max_expansion)
        encoding, head = fields.encoding, b""
        if start == 0:
            head, chunks = _take_head(chunks)
            encoding = marked(head) or encoding
        is_recoded = encoding != UTF8 and not (by_line and has_plain_lines(encoding))
        if is_recoded:
            head, chunks = _take_head(stream_to_utf8(chunks, encoding))
            encoding = UTF8
        kind = look(head)
        if kind:
            wanted = "text" if extent.format == "txt" else extent.format
            raise WrongFormatError(f"looks like {kind}, not like {wanted}{advice(head)}")
        yield TextStream(_buffered(chunks), encoding, head, is_recoded)


@contextlib.contextmanager
def open_bytes(extent: Extent, fields: DocumentFields) -> Iterator[io.BufferedReader]:
    """Opens a file, decompressed, whose reader tells its encoding.

    Raises:
      Exception: one of READ_ERRORS, now or while the stream is read.
    """
    with open_input(extent.uri, extent.compression) as stored:
        chunks = bounded(chunks_of(stored), extent.size, fields.max_expansion)
        head, chunks = _take_head(chunks)
        kind = look_binary(head)
        if kind and kind.lower() != extent.format:
            raise WrongFormatError(f"looks like {kind}, not like {extent.format}{advice(head)}")
        yield _buffered(chunks)


def chunks_of(stored: Any) -> Iterator[bytes]:
    """Yields what can be read of a file."""
    # All that can be had is taken: if the end is missing, what stands before it still comes out.
    return iter(lambda: stored.read1(_CHUNK_BYTES), b"")


def bounded(
    chunks: Iterable[_Chunk], size: int, max_expansion: int, bytes_of: Callable[[Any], int] = len
) -> Iterator[_Chunk]:
    """Yields chunks as long as they are no more than a number of times the stored size.

    Args:
      size: in bytes; where it is not known, -1, or nothing is stored, there is no bound.

    Raises:
      ExpansionError: they are more.
    """
    if size <= 0:
        yield from chunks
        return
    limit = max(_HARMLESS_BYTES, max_expansion * size)
    for chunk in chunks:
        limit -= bytes_of(chunk)
        if limit < 0:
            raise ExpansionError(
                f"more than {max_expansion} times the {size} bytes that are stored "
                "(--max_expansion)"
            )
        yield chunk


def _take_head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Returns the first bytes, and all chunks with them."""
    taken: list[bytes] = []
    try:
        while sum(map(len, taken)) < HEAD_BYTES and (chunk := next(chunks, None)) is not None:
            taken.append(chunk)
    except READ_ERRORS as error:
        # The records in what could be read come out before the failure.
        chunks = _failing(error)
    return b"".join(taken)[:HEAD_BYTES], chain(taken, chunks)


def _failing(error: Exception) -> Iterator[bytes]:
    raise error
    yield


def _buffered(chunks: Iterable[bytes]) -> io.BufferedReader:
    return io.BufferedReader(_Chunks(chunks), _CHUNK_BYTES)


class _Chunks(io.RawIOBase):
    """A stream of the bytes that come in chunks."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
