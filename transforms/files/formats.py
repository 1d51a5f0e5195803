"""Finds the records in the bytes of an input, for every format.

Each format is two functions. `scan` walks an extent and finds the records in it cheaply;
`parse` turns a found record into its values. A stripe scans its whole stream and parses
only the blocks that are its own.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from transforms.files.csv_rows import parse_csv, scan_csv
from transforms.files.encodings import to_utf8
from transforms.files.feeds import is_json_feed, parse_feed, scan_feed
from transforms.files.fields import DocumentFields
from transforms.files.found import (
    BYTES_PER_JSON_CHAR,
    READ_ERRORS,
    Found,
    RecordError,
    Values,
    WrongFormatError,
    decode,
    excerpt,
    too_long,
)
from transforms.files.json_values import find_values, holds_array
from transforms.files.lines import BLANK, Lines
from transforms.files.pages import parse_page, scan_page
from transforms.files.parquet_rows import parse_parquet, scan_parquet
from transforms.files.path_fields import folder_fields
from transforms.files.remote import StoreError, patiently
from transforms.files.text_streams import open_text
from transforms.files.warc_records import parse_warc, scan_warc
from transforms.records import Extent

# A value that is nested deeper can be read in one place and not be written in another, as both
# depend on how deep the calls of the process are just then.
_MAX_DEPTH = 100


class _Format(NamedTuple):
    scan: Callable[[Extent, Sequence[str], DocumentFields], Iterator[Found]]
    parse: Callable[[Any], Values]


def scan(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    """Yields the records that begin in an extent.

    Args:
      columns: the names that are wanted; of Parquet no others are read.
      fields: how inputs are read, and the longest text that is taken, which bounds the memory for
        one record.

    Raises:
      Exception: one of READ_ERRORS, once the records before the failure have come out.
    """
    return _FORMATS[extent.format].scan(extent, columns, fields)


def parse(extent: Extent, found: Found) -> Values:
    """Returns a found record's values by name, and what it lacks and the path of its input tells.

    Raises:
      RecordError: the record is broken.
    """
    if isinstance(found.content, RecordError):
        raise found.content
    values = _FORMATS[extent.format].parse(found.content)
    told = folder_fields(extent.uri)
    return {**told, **values} if told else values


def can_be_cut(extent: Extent, fields: DocumentFields) -> bool:
    """Tells whether bytes cut the lines of a plain .jsonl, as far as its beginning shows.

    Raises:
      StoreError: a remote store has failed for a while.
    """

    def look() -> bool:
        with open_text(extent, fields, by_line=True) as text:
            return not text.is_recoded and not holds_array(text.head)

    try:
        return patiently(look)
    except StoreError:
        raise
    except READ_ERRORS:
        # Its reader meets the same failure, and makes one reject of it.
        return False


def _scan_text(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    limit = 4 * fields.max_chars
    with open_text(extent, fields) as text:
        data = text.stream.read(limit + 1)
    if len(data) > limit:
        yield Found(0, too_long(data, limit))
    else:
        yield Found(0, data)


def _parse_text(data: bytes) -> Values:
    return {"text": decode(data)}


def _scan_jsonl(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    # A line belongs to the extent in which it begins. Reading starts one byte early, and the rest
    # of the line at that byte is dropped: the next line is the first that begins in the extent.
    start = max(0, extent.start - 1)
    limit = BYTES_PER_JSON_CHAR * fields.max_chars
    with open_text(extent, fields, start, by_line=True) as text:
        # Only what is read from its beginning shows this; can_be_cut saw it of what is not.
        if holds_array(text.head):
            yield from _scan_json(extent, columns, fields)
            return
        lines = Lines(text.stream, start, limit, extent.end)
        if start < extent.start:
            lines.skip_line()
        for position, line in _written(lines):
            recoded = line if isinstance(line, RecordError) else to_utf8(line, text.encoding)
            yield Found(position, recoded)


def _written(lines: Lines) -> Iterator[tuple[int, bytes | RecordError]]:
    """Yields the lines that are not blank."""
    blanks = 0
    for position, line in lines:
        if isinstance(line, RecordError) or line.strip():
            yield position, line
            blanks = 0
            continue
        blanks += 1
        if blanks > 1:  # a single one between two records is no reason to look ahead
            lines.skip_all(BLANK)


def _scan_json(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    limit = BYTES_PER_JSON_CHAR * fields.max_chars
    with open_text(extent, fields) as text:
        if is_json_feed(text.head):
            message = f"looks like a JSON Feed, not like {extent.format}; --format feed reads it"
            raise WrongFormatError(message)
        for position, value in find_values(text.stream, limit):
            if 0 <= extent.end <= position:
                return
            yield Found(position, value)


def _parse_json(line: bytes) -> Values:
    text = decode(line)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError("bad_json", str(error), excerpt(text)) from error
    if not isinstance(values, dict):
        raise RecordError("bad_json", f"not an object but {type(values).__name__}", excerpt(text))
    if text.count("[") + text.count("{") > _MAX_DEPTH and _is_deep(values):
        raise RecordError("bad_json", f"nested over {_MAX_DEPTH} levels deep", excerpt(text))
    return values


def _is_deep(value: Any) -> bool:
    """Tells whether a JSON value is nested so deep that it is refused."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        nested = [item for item in level if isinstance(item, dict | list)]
        level = [
            child
            for item in nested
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return any(isinstance(item, dict | list) for item in level)


# The keys are those of file_names.FORMATS.
_FORMATS = {
    "txt": _Format(_scan_text, _parse_text),
    "jsonl": _Format(_scan_jsonl, _parse_json),
    "json": _Format(_scan_json, _parse_json),
    "csv": _Format(scan_csv, parse_csv),
    "tsv": _Format(scan_csv, parse_csv),
    "parquet": _Format(scan_parquet, parse_parquet),
    "html": _Format(scan_page, parse_page),
    "warc": _Format(scan_warc, parse_warc),
    "feed": _Format(scan_feed, parse_feed),
}
