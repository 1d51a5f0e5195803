"""Holds what is found in a file: a record with its place, or the reason why it is none."""

import gzip
import lzma
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from transforms.files.encodings import bring_back, first_bad_byte
from transforms.files.storage import zstd
from transforms.records import EXCERPT_CHARS, Extent

# JSON may write a character as \uXXXX, which is six bytes.
BYTES_PER_JSON_CHAR = 6

Values = Mapping[str, Any]


class RecordError(Exception):
    """A record cannot be read; `reason` is one of records.REASONS."""

    def __init__(self, reason: str, message: str, excerpt: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.excerpt = _storable(excerpt)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What is found in place of a record and is none: an image in a crawl, say."""

    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """A record's place, and what `parse` needs of it; or what is PassedOver there."""

    position: int  # the byte in the decompressed stream, or the row of Parquet
    content: Any


class ColumnsError(Exception):
    """The columns of a file cannot be told."""


class WrongFormatError(Exception):
    """A file that is given as text begins like something else."""


class ExpansionError(Exception):
    """A file decompresses to many times its size."""


class NotJsonError(Exception):
    """What stands between the values of JSON is no JSON, or it breaks off within one."""


# Decompressors and Parquet raise these on bad bytes, beside OSErrors. A UnicodeDecodeError means
# the name of a Parquet column, since any other text that is no UTF-8 makes a RecordError.
_CORRUPT = (
    ColumnsError,
    NotJsonError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
    pa.ArrowException,
    UnicodeDecodeError,
)
_REASONS: dict[type[Exception], str] = {
    WrongFormatError: "wrong_format",
    ExpansionError: "expands_too_much",
}
# `scan` raises these because of the file or the place where it lies. Other errors are mistakes.
READ_ERRORS: tuple[type[Exception], ...] = (OSError, *_REASONS, *_CORRUPT)


def reason_of(extent: Extent, error: Exception) -> str:
    """Returns the reason, one of records.REASONS, for which an extent was not read to its end."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    return "corrupt" if _is_corrupt(extent, error) else "unreadable"


def _is_corrupt(extent: Extent, error: Exception) -> bool:
    """Tells bad bytes, which stay bad, from a storage that does not give them."""
    # gzip, bz2 and Parquet raise OSErrors without a number, and only gzip has a class for them.
    bare = type(error) in (OSError, gzip.BadGzipFile) and error.errno is None  # type: ignore[attr-defined]
    decoded = extent.compression != "" or extent.format == "parquet"
    return isinstance(error, _CORRUPT) or (bare and decoded)


def check_columns(names: Sequence[str], wanted: Iterable[str]) -> None:
    """Refuses a file that has a wanted column more than once, since any of them may be meant.

    Raises:
      ColumnsError: there is such a column.
    """
    for name in wanted:
        if names.count(name) > 1:
            raise ColumnsError(f"{names.count(name)} columns are called {name!r}")


def excerpt(content: bytes | str) -> str:
    r"""Returns the beginning of broken content, with its bad bytes written as \xNN.

    >>> print(excerpt(b"caf\xe9"))
    caf\xe9
    """
    if isinstance(content, str):
        content = content[:EXCERPT_CHARS].encode("utf-8", "surrogatepass")
    return content[: 4 * EXCERPT_CHARS].decode("utf-8", "backslashreplace")[:EXCERPT_CHARS]


def _storable(content: str | None) -> str | None:
    """Returns an excerpt that a table can hold, of an address of a page, say."""
    return None if content is None else excerpt(content)


def too_long(data: bytes, limit: int) -> RecordError:
    """Makes the error of a record whose bytes, of which `data` is the beginning, are too many."""
    return RecordError("too_long", f"more than {limit} bytes", excerpt(data))


def decode(data: bytes) -> str:
    """Returns the text of a record without its byte order mark.

    Raises:
      RecordError: the bytes are no UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.object[error.start]:#04x} at its byte {error.start}"
        raise bad_encoding(data, message) from error


def bad_encoding(data: bytes, message: str) -> RecordError:
    """Makes the error of a record that is no text.

    Args:
      data: what is no UTF-8, maybe because its own encoding could not be decoded.
      message: what is said of data that should have been UTF-8 from the start.
    """
    bad = first_bad_byte(data)
    if bad:
        message = f"not of its encoding: byte {bad[0]:#04x} at its character {bad[1]}"
    return RecordError("bad_encoding", message, excerpt(bring_back(data)))
