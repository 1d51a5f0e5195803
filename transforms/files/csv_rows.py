"""Reads the rows of csv and tsv, and keeps a broken quote from spoiling more than its own row."""

import csv
import itertools
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from transforms.files.encodings import to_utf8
from transforms.files.fields import DocumentFields
from transforms.files.found import (
    BYTES_PER_JSON_CHAR,
    ColumnsError,
    Found,
    RecordError,
    Values,
    bad_encoding,
    check_columns,
    excerpt,
)
from transforms.files.lines import EMPTY, Lines
from transforms.files.separators import named_separator, tell_separator
from transforms.files.text_streams import open_text
from transforms.records import Extent

# A row may be this long even if --max_document_chars allows only short texts. A text that is a
# little too long is then one reject, although it has many lines.
_MIN_ROW_BYTES = 8 << 20


def scan_csv(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    """Yields the rows of a csv or tsv file, each with its header; see `formats.scan`."""
    limit = max(BYTES_PER_JSON_CHAR * fields.max_chars, _MIN_ROW_BYTES)
    with open_text(extent, fields, by_line=True) as text:
        row_lines = _RowLines(Lines(text.stream, 0, limit), limit, text.encoding)
        if extent.format == "tsv":
            rows = _csv_rows(row_lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            rows = _csv_rows(row_lines, delimiter=_separator(row_lines, fields), strict=True)
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
        # The file ends here, since a later row must not be taken for the header.
        raise ColumnsError(f"the header cannot be read: {header.message}")
    # A name that is asked for with its spaces is left as it is.
    header = [name if name in columns else name.strip() for name in header]
    check_columns(header, columns)
    return header


def _separator(row_lines: "_RowLines", fields: DocumentFields) -> str:
    """Returns what separates the columns; only a line that names it is passed over."""
    named = named_separator(row_lines.peek())
    if named:
        row_lines.drop()
    return fields.delimiter or named or tell_separator(row_lines.peek_written())


def _csv_rows(
    row_lines: "_RowLines", **dialect: Any
) -> Iterator[tuple[int, list[str] | RecordError]]:
    """Yields each row, or the error that it is, with its offset; blank lines are left out.

    After a broken row, reading goes on at the second line of that row. A stray quote then costs
    its own row, and not the rows that it would swallow.
    """
    csv.field_size_limit(row_lines.limit)  # a field is no longer than a row, which this limits
    reader = csv.reader(row_lines, **dialect)
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
            else:
                row_lines.skip_empty()


def parse_csv(content: tuple[list[str], list[str]]) -> Values:
    """Returns the values of a row by the names in its header; see `formats.parse`."""
    header, row = content
    whole = ",".join(row)
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        message = f"not UTF-8 in the row, at its character {error.start}"
        raw = whole.encode("utf-8", "surrogateescape")
        raise bad_encoding(raw, message) from error
    if len(row) > len(header):
        message = f"{len(row)} cells in the row, {len(header)} in the header"
        raise RecordError("bad_row", message, excerpt(whole))
    return dict(zip(header, row, strict=False))


class _RowLines:
    """Gives csv.reader its lines, and keeps those of the row that it is reading.

    An open quote takes in all lines up to the next quote, which may be far away. So a row is given
    up when it reaches a limit, which also bounds the memory. A row that truly has so many lines
    looks the same: its lines are read as rows, and most of them become rejects.
    """

    def __init__(self, lines: Lines, limit: int, encoding: str) -> None:
        self._lines = lines
        self.limit = limit
        self._encoding = encoding
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
        # The size in memory counts, since a row may have very many short lines. A single line is
        # never longer than the limit.
        self._row_bytes += sys.getsizeof(line)
        if len(self._row) > 1 and self._row_bytes > self.limit:
            raise RecordError("too_long", f"more than {self.limit} bytes", self.excerpt())
        return self._decode(position, line)

    def _decode(self, position: int, line: bytes) -> str:
        # Bad bytes must not end the file here. They are found again when the row is parsed.
        encoding = "utf-8" if position else "utf-8-sig"
        return to_utf8(line, self._encoding).decode(encoding, "surrogateescape")

    def peek(self) -> str:
        """Returns the next line, which stays the next; "" at the end and for a broken line."""
        if not self._again:
            self._again.extend(itertools.islice(self._lines, 1))
        position, line = self._again[0] if self._again else (0, b"")
        return "" if isinstance(line, RecordError) else self._decode(position, line)

    def peek_written(self) -> str:
        """Passes over blank lines; returns the next one, which stays the next."""
        while (line := self.peek()) and not line.strip("\r\n"):
            self.drop()
            self.skip_empty()
        return line

    def skip_empty(self) -> None:
        """Passes over the empty lines that come next, unless lines are to come again."""
        if not self._again:
            self._lines.skip_all(EMPTY)

    def drop(self) -> None:
        """Passes over the line that `peek` returned."""
        self._again.popleft()

    def begin(self) -> None:
        """Forgets the row so far: the next line begins another one."""
        self._row.clear()
        self._row_bytes = 0

    def rewind(self) -> int:
        """Has all lines of the row but the first come again; returns where the first begins."""
        self._again.extendleft(reversed(self._row[1:]))
        return self.position

    @property
    def position(self) -> int:
        """Returns the byte at which the row begins."""
        return self._row[0][0]

    def excerpt(self) -> str:
        line = self._row[0][1]
        return excerpt(line) if isinstance(line, bytes) else ""
