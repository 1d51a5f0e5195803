"""Rows of csv and tsv: the header, the rows below it, and those with broken quotes."""

import csv
import sys
from collections import deque
from collections.abc import Iterator, Sequence

from transforms.files.found import (
    BYTES_PER_JSON_CHAR,
    ColumnsError,
    Found,
    RecordError,
    Values,
    check_columns,
    excerpt,
    read_lines,
)
from transforms.files.storage import open_input
from transforms.records import Extent

# A csv row may be this long however short the texts that are taken: a text that is merely over
# --max_document_chars is then one reject, though it has many lines.
_MIN_ROW_BYTES = 8 << 20


def scan_csv(extent: Extent, columns: Sequence[str], max_chars: int) -> Iterator[Found]:
    limit = max(BYTES_PER_JSON_CHAR * max_chars, _MIN_ROW_BYTES)
    with open_input(extent.uri, extent.compression) as stream:
        rows = _csv_rows(read_lines(stream, 0, limit), limit, extent.format)
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
    check_columns(header, columns)
    return header


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


def parse_csv(content: tuple[list[str], list[str]]) -> Values:
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
