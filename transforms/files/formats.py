"""From the bytes of an input to its records, for every format that is read.

Each format is two functions. `scan` walks an extent and finds the records in it cheaply;
`parse` turns a found record into its values. A stripe scans its whole stream and parses
only the blocks that are its own.
"""

import contextlib
import csv
import gzip
import io
import json
import lzma
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.files.storage import COMPRESSIONS, StoreError, is_http, open_input, patiently, zstd
from transforms.records import EXCERPT_CHARS, Extent

# JSON may write a character as \uXXXX: six bytes.
_BYTES_PER_CHAR = 6
PARQUET_BATCH_ROWS = 512
# A csv row may be this long however short the texts that are taken: a text that is merely over
# --max_document_chars is then one reject, though it has many lines.
_MIN_ROW_BYTES = 8 << 20
# Of a column. Without a buffer, pyarrow loads the columns of a row group whole.
_PARQUET_BUFFER_BYTES = 1 << 20


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


@dataclass(frozen=True, slots=True)
class Format:
    suffixes: tuple[str, ...]
    scan: Callable[[Extent, Sequence[str], int], Iterator[Found]]
    parse: Callable[[Any], Values]


def scan(extent: Extent, columns: Sequence[str], max_chars: int) -> Iterator[Found]:
    """Yields the records that begin in an extent.

    Args:
      columns: the ones wanted (Parquet reads no others).
      max_chars: the longest text that is taken; it bounds the memory for one record.

    Raises:
      OSError: of READ_ERRORS: what the storage, the decompressor or Parquet raises, at its place.
    """
    return FORMATS[extent.format].scan(extent, columns, max_chars)


def parse(extent: Extent, found: Found) -> Values:
    """Returns a found record's values by name.

    Raises:
      RecordError: the record is broken.
    """
    if isinstance(found.content, RecordError):
        raise found.content
    return FORMATS[extent.format].parse(found.content)


def is_corrupt(extent: Extent, error: Exception) -> bool:
    """Tells bad bytes, which stay bad, from a storage that does not give them."""
    # gzip, bz2 and Parquet raise OSErrors without a number, the latter two of no class of
    # their own.
    bare = type(error) in (OSError, gzip.BadGzipFile) and error.errno is None  # type: ignore[attr-defined]
    decoded = extent.compression != "" or extent.format == "parquet"
    return isinstance(error, _CORRUPT) or (bare and decoded)


def format_of(name: str) -> tuple[str, str] | None:
    """Tells the format and the compression by a file's name; None where it tells nothing.

    >>> format_of("news/2024.jsonl.gz")
    ('jsonl', '.gz')
    """
    lower = name.lower()
    compression = next((c for c in COMPRESSIONS if lower.endswith(c)), "")
    stem = lower.removesuffix(compression)
    for format_name, known in FORMATS.items():
        if stem.endswith(known.suffixes) and not (format_name == "parquet" and compression):
            return format_name, compression
    return None


def excerpt(content: bytes | str) -> str:
    r"""Returns the beginning of broken content, fit to be stored: bad bytes as \xNN.

    >>> print(excerpt(b"caf\xe9"))
    caf\xe9
    """
    if isinstance(content, str):
        content = content[:EXCERPT_CHARS].encode("utf-8", "surrogatepass")
    return content[: 4 * EXCERPT_CHARS].decode("utf-8", "backslashreplace")[:EXCERPT_CHARS]


def _scan_text(extent: Extent, columns: Sequence[str], max_chars: int) -> Iterator[Found]:
    limit = 4 * max_chars
    with open_input(extent.uri, extent.compression) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        yield Found(0, _too_long(data, limit))
    else:
        yield Found(0, data)


def _parse_text(data: bytes) -> Values:
    return {"text": _decode(data)}


def _scan_jsonl(extent: Extent, columns: Sequence[str], max_chars: int) -> Iterator[Found]:
    # A line belongs to the extent in which it begins: stepping back one byte and dropping
    # the rest of that line leads to the first.
    start = max(0, extent.start - 1)
    limit = _BYTES_PER_CHAR * max_chars
    with open_input(extent.uri, extent.compression, start) as stream:
        for position, line in _lines(stream, start, limit):
            if position < extent.start:
                continue
            if 0 <= extent.end <= position:
                return
            if isinstance(line, RecordError) or line.strip():
                yield Found(position, line)


def _parse_json(line: bytes) -> Values:
    text = _decode(line)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError("bad_json", str(error), excerpt(text)) from error
    if not isinstance(values, dict):
        raise RecordError("bad_json", f"not an object but {type(values).__name__}", excerpt(text))
    return values


def _scan_csv(extent: Extent, columns: Sequence[str], max_chars: int) -> Iterator[Found]:
    limit = max(_BYTES_PER_CHAR * max_chars, _MIN_ROW_BYTES)
    with open_input(extent.uri, extent.compression) as stream:
        rows = _csv_rows(_lines(stream, 0, limit), limit, extent.format)
        header = _read_header(rows, columns)
        for position, row in rows:
            if 0 <= extent.end <= position:
                return
            yield Found(position, row if isinstance(row, RecordError) else (header, row))


def _read_header(
    rows: Iterator[tuple[int, list[str] | RecordError]], columns: Sequence[str]
) -> list[str]:
    _, header = next(rows, (0, []))
    if isinstance(header, RecordError):
        # No later row may be taken for it.
        raise ColumnsError(f"the header cannot be read: {header.message}")
    _check_columns(header, columns)
    return header


def _check_columns(names: Sequence[str], wanted: Iterable[str]) -> None:
    """Refuses a file that has a wanted column more than once: none of them is the one meant."""
    for name in wanted:
        if names.count(name) > 1:
            raise ColumnsError(f"{names.count(name)} columns are called {name!r}")


def _csv_rows(
    lines: Iterator[tuple[int, bytes | RecordError]], limit: int, format_name: str
) -> Iterator[tuple[int, list[str] | RecordError]]:
    """Yields rows, or why they are none, and their offsets; blank lines are passed over.

    After a broken row it goes on at the line below the one where that began, so that a stray
    quote costs its own row and not those it would swallow.
    """
    csv.field_size_limit(limit)  # no more than a row: _RowLines is the one that stops
    row_lines = _RowLines(lines, limit)
    if format_name == "tsv":
        reader = csv.reader(row_lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(row_lines, strict=True)
    while True:
        row_lines.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except RecordError as error:
            yield row_lines.rewind(), error
        except csv.Error as error:
            message = f"broken quotes or line ends: {str(error).partition(' - ')[0]}"
            found = RecordError("bad_row", message, row_lines.excerpt())
            yield row_lines.rewind(), found
        else:
            if row:
                yield row_lines.position, row


def _parse_csv(content: tuple[list[str], list[str]]) -> Values:
    header, row = content
    whole = ",".join(row)
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        message = f"not UTF-8 in the row, at its character {error.start}"
        raw = whole.encode("utf-8", "surrogateescape")
        raise RecordError("bad_encoding", message, excerpt(raw)) from error
    if len(row) > len(header):
        message = f"{len(row)} cells in the row, {len(header)} in the header"
        raise RecordError("bad_row", message, excerpt(whole))
    return dict(zip(header, row, strict=False))


def _scan_parquet(extent: Extent, columns: Sequence[str], max_chars: int) -> Iterator[Found]:
    with open_parquet(extent.uri) as file:
        _check_columns(file.schema_arrow.names, columns)
        there = [name for name in columns if name in file.schema_arrow.names]
        end = extent.end if extent.end >= 0 else file.metadata.num_rows
        first = 0
        for group in range(file.metadata.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if first < end and extent.start < first + rows:
                for row, batch in _batches(file, group, first, there):
                    if row >= end:
                        return
                    wanted = range(max(0, extent.start - row), min(batch.num_rows, end - row))
                    yield from (Found(row + index, (batch, index)) for index in wanted)
            first += rows


def _batches(
    file: pq.ParquetFile, group: int, row: int, columns: list[str]
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yields the batches of a row group, each with the number of its first row."""
    for batch in file.iter_batches(PARQUET_BATCH_ROWS, row_groups=[group], columns=columns):
        yield row, batch
        row += batch.num_rows


def _parse_parquet(content: tuple[pa.RecordBatch, int]) -> Values:
    batch, index = content
    return {name: batch.column(name)[index] for name in batch.schema.names}


@contextlib.contextmanager
def open_parquet(uri: str) -> Iterator[pq.ParquetFile]:
    """Opens a Parquet file; over http it is read whole, for servers that know no ranges."""
    with (
        open_input(uri) as stored,
        pq.ParquetFile(
            io.BytesIO(stored.read()) if is_http(uri) else stored,
            buffer_size=_PARQUET_BUFFER_BYTES,
            pre_buffer=False,
        ) as file,
    ):
        yield file


def read_footer(uri: str) -> tuple[pq.FileMetaData, pa.Schema] | None:
    """Returns what a Parquet file says of itself; None where it says nothing fit to be read.

    Raises:
      StoreError: a remote store fails, and has failed for a while.
    """

    def read() -> tuple[pq.FileMetaData, pa.Schema]:
        with open_parquet(uri) as file:
            return file.metadata, file.schema_arrow

    try:
        return patiently(read)
    except StoreError:
        raise
    except READ_ERRORS:
        return None


class _RowLines:
    """Gives csv.reader its lines, and keeps those of the row that it is reading.

    An open quote takes in all lines up to the next quote, which may be far. So a row is given up
    at a limit, and what is kept of it is bounded. A row of many lines that is truly so long is
    not told from an open quote: its lines are read as rows, and most of them become rejects.
    """

    def __init__(self, lines: Iterator[tuple[int, bytes | RecordError]], limit: int) -> None:
        self._lines = lines
        self._limit = limit
        self._row: list[tuple[int, bytes | RecordError]] = []
        self._row_bytes = 0
        self._again: deque[tuple[int, bytes | RecordError]] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        position, line = self._again.popleft() if self._again else next(self._lines)
        self._row.append((position, line))
        if isinstance(line, RecordError):
            raise line
        # As it lies in memory: the lines of a row may be many and short. A line alone is no
        # longer than the limit.
        self._row_bytes += sys.getsizeof(line)
        if len(self._row) > 1 and self._row_bytes > self._limit:
            raise RecordError("too_long", f"more than {self._limit} bytes", self.excerpt())
        # Bad bytes must not end the file: they are found again when the row is parsed.
        return line.decode("utf-8" if position else "utf-8-sig", "surrogateescape")

    def begin(self) -> None:
        """The next line begins a row."""
        self._row.clear()
        self._row_bytes = 0

    def rewind(self) -> int:
        """Gives all lines of the row again but its first; returns where that one begins."""
        self._again.extendleft(reversed(self._row[1:]))
        return self.position

    @property
    def position(self) -> int:
        """The byte at which the row begins."""
        return self._row[0][0]

    def excerpt(self) -> str:
        line = self._row[0][1]
        return excerpt(line) if isinstance(line, bytes) else ""


FORMATS = {
    "txt": Format((".txt", ".text"), _scan_text, _parse_text),
    "jsonl": Format((".jsonl", ".ndjson"), _scan_jsonl, _parse_json),
    "csv": Format((".csv",), _scan_csv, _parse_csv),
    "tsv": Format((".tsv",), _scan_csv, _parse_csv),
    "parquet": Format((".parquet", ".pq"), _scan_parquet, _parse_parquet),
}


def _lines(
    stream: BinaryIO, position: int, limit: int
) -> Iterator[tuple[int, bytes | RecordError]]:
    """Yields lines and their offsets; of a line over the limit only its beginning is kept."""
    while line := stream.readline(limit):
        if len(line) == limit and not line.endswith(b"\n"):
            yield position, _too_long(line, limit)
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


def _too_long(data: bytes, limit: int) -> RecordError:
    return RecordError("too_long", f"more than {limit} bytes", excerpt(data))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.object[error.start]:#04x} at its byte {error.start}"
        raise RecordError("bad_encoding", message, excerpt(data)) from error
