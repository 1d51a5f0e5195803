"""What is found in a file: the place and content of a record, or why it is none."""

import gzip
import lzma
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa

from transforms.files.storage import zstd
from transforms.records import EXCERPT_CHARS, Extent

# JSON may write a character as \uXXXX: six bytes.
BYTES_PER_JSON_CHAR = 6

Values = Mapping[str, Any]


class RecordError(Exception):
    """A record that cannot be read; `reason` is of the closed list of records.REASONS."""

    def __init__(self, reason: str, message: str, excerpt: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.excerpt = excerpt


@dataclass(frozen=True, slots=True)
class Found:
    """A record's place, and what `parse` needs of it."""

    position: int  # byte in the decompressed stream, or row of Parquet
    content: Any


class ColumnsError(Exception):
    """The columns of a file cannot be told."""


# What decompressors and Parquet raise on bad bytes, beside OSErrors. UnicodeDecodeError is of
# a Parquet column's name: what other text is no UTF-8 makes a RecordError.
_CORRUPT = (
    ColumnsError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
    pa.ArrowException,
    UnicodeDecodeError,
)
# Everything that `scan` raises because of the file or where it lies; the rest are mistakes.
READ_ERRORS: tuple[type[Exception], ...] = (OSError, *_CORRUPT)


def is_corrupt(extent: Extent, error: Exception) -> bool:
    """Tells bad bytes, which stay bad, from a storage that does not give them."""
    # gzip, bz2 and Parquet raise OSErrors without a number, the latter two of no class of
    # their own.
    bare = type(error) in (OSError, gzip.BadGzipFile) and error.errno is None  # type: ignore[attr-defined]
    decoded = extent.compression != "" or extent.format == "parquet"
    return isinstance(error, _CORRUPT) or (bare and decoded)


def check_columns(names: Sequence[str], wanted: Iterable[str]) -> None:
    """Refuses a file that has a wanted column more than once: none of them is the one meant."""
    for name in wanted:
        if names.count(name) > 1:
            raise ColumnsError(f"{names.count(name)} columns are called {name!r}")


def excerpt(content: bytes | str) -> str:
    r"""Returns the beginning of broken content, fit to be stored: bad bytes as \xNN.

    >>> print(excerpt(b"caf\xe9"))
    caf\xe9
    """
    if isinstance(content, str):
        content = content[:EXCERPT_CHARS].encode("utf-8", "surrogatepass")
    return content[: 4 * EXCERPT_CHARS].decode("utf-8", "backslashreplace")[:EXCERPT_CHARS]


def read_lines(
    stream: BinaryIO, position: int, limit: int
) -> Iterator[tuple[int, bytes | RecordError]]:
    """Yields lines and their offsets; of a line over the limit only its beginning is kept."""
    while line := stream.readline(limit):
        if len(line) == limit and not line.endswith(b"\n"):
            yield position, too_long(line, limit)
            position += _skip_line(stream, limit)
        else:
            yield position, line
        position += len(line)


def _skip_line(stream: BinaryIO, limit: int) -> int:
    """Reads on to the end of a line; returns the bytes that it read."""
    skipped = 0
    while line := stream.readline(limit):
        skipped += len(line)
        if line.endswith(b"\n"):
            break
    return skipped


def too_long(data: bytes, limit: int) -> RecordError:
    return RecordError("too_long", f"more than {limit} bytes", excerpt(data))


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.object[error.start]:#04x} at its byte {error.start}"
        raise RecordError("bad_encoding", message, excerpt(data)) from error
