"""Makes documents of records: texts, an id, a date and the columns that are kept."""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from transforms.arrow_values import Cell, Unfit
from transforms.files.dates import parse_date
from transforms.files.fields import DocumentFields
from transforms.files.found import RecordError, Values, excerpt
from transforms.files.path_fields import date_of_path, stem
from transforms.partitions import MAX_NAME_BYTES, folder
from transforms.records import Document, Extent, TextField, document_key

_EPOCH = date(1970, 1, 1)
_NAME_CHARS = 40
_NAMES_SHOWN = 20
# A header that has one of these in its only name was written for another separator.
_SEPARATORS = ";\t,|^~"


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document, and what else its record gave."""

    document: Document
    kept: list[str | Cell | None]  # a value for each kept column
    unread_date: str | None  # a date that cannot be read, as it stands there


def read_document(
    values: Values, extent: Extent, position: int, fields: DocumentFields
) -> ReadDocument:
    """Makes a document of a record's values.

    Raises:
      RecordError: there is no text, it is no string or too long, UTF-8 cannot hold a value, or
        a value is too long to name a folder.
    """
    fields = fields.of(extent.format)
    key = document_key(extent.uri, position)
    texts = _read_texts(values, extent, fields)
    document_id = _read_id(values, extent, fields)
    days, unread_date = _read_date(values, extent, fields)
    kept = [_read_kept(name, values.get(name)) for name, _ in fields.keep]
    for (name, column), value in zip(fields.keep, kept, strict=True):
        if column in fields.partition_by:
            _check_folder(name, column, value)
    document = Document(key, document_id or key, extent.uri, position, days, texts)
    return ReadDocument(document, kept, unread_date)


def storable_id(values: Values, extent: Extent, fields: DocumentFields) -> str | None:
    """Returns the id of a broken record, None if it has none that can be stored."""
    try:
        return _read_id(values, extent, fields)
    except RecordError:
        return None


def list_names(names: Iterable[str]) -> str:
    """Lists the names of fields for a message, which shows the first ones, shortened.

    >>> list_names(["id", "text"])
    'id, text'
    >>> list_names(["id;text"])
    'id;text (--delimiter says what separates columns in .csv; in .tsv it is a tab)'
    """
    found = list(names)
    shown = [_shorten(name) for name in found[:_NAMES_SHOWN]]
    if len(found) > len(shown):
        shown.append(f"and {len(found) - len(shown)} more")
    # With another separator the whole header looks like one name.
    is_header = len(found) == 1 and any(separator in found[0] for separator in _SEPARATORS)
    hint = " (--delimiter says what separates columns in .csv; in .tsv it is a tab)"
    return ", ".join(shown) + (hint if is_header else "") or "no fields"


def kept_table(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> bytes:
    """Returns the kept columns of a block as an Arrow IPC stream.

    Args:
      rows: a row for each document, a value for each field of the schema.
    """
    columns = [_kept_column([row[i] for row in rows], field) for i, field in enumerate(schema)]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        if columns:
            writer.write_batch(pa.record_batch(columns, schema=schema))
    return sink.getvalue().to_pybytes()


def _kept_column(values: Sequence[Any], field: pa.Field) -> pa.Array:
    if field.type == pa.string():
        return pa.array([_as_text(field.name, value) for value in values], pa.string())
    pieces = [pa.nulls(0, field.type)]
    # A column whose type is kept has cells of that type only, and is never seen in Python.
    for column, cells in itertools.groupby(values, key=lambda cell: cell and cell.column):
        of_one = list(cells)
        if column is None:
            pieces.append(pa.nulls(len(of_one), field.type))
        else:
            pieces.append(column.array.take(pa.array([cell.row for cell in of_one], pa.int64())))
    return pa.concat_arrays(pieces)


def _read_texts(values: Values, extent: Extent, fields: DocumentFields) -> list[TextField]:
    names = fields.text
    if extent.format == "txt":
        names = ("text",)
        values = {"text": values["text"]}
    found = [(name, _plain(values.get(name))) for name in names]
    texts = [_check_text(name, value, fields) for name, value in found if value is not None]
    if not texts:
        message = f"none of the text fields ({', '.join(names)}) has a value"
        raise RecordError("missing_text", f"{message}; the record has: {list_names(values)}")
    if not any(text.text.strip() for text in texts):
        raise RecordError("empty", f"nothing but white space in {' and '.join(names)}")
    return texts


def _shorten(name: str) -> str:
    written = excerpt(name)
    return written if len(written) <= _NAME_CHARS else written[: _NAME_CHARS - 1] + "…"


def _check_text(name: str, value: Any, fields: DocumentFields) -> TextField:
    if isinstance(value, bytes):  # a Parquet column that lacks the annotation for text
        try:
            value = value.decode()
        except UnicodeDecodeError as error:
            raise RecordError("bad_encoding", f"{name}: {error.reason}", excerpt(value)) from error
    if not isinstance(value, str):
        kind = type(value).__name__
        raise RecordError("not_text", f"{name} is no string but {kind}", _shown(value))
    if len(value) > fields.max_chars:
        message = f"{name} has {len(value)} characters, over {fields.max_chars}"
        raise RecordError("too_long", message, excerpt(value))
    _check_utf8(name, value)
    return TextField(name, value)


def _check_utf8(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        surrogate = f"\\u{ord(value[error.start]):04x}"
        message = f"{name} has the lone surrogate {surrogate} at its character {error.start}"
        context = value[max(0, error.start - 20) :]
        raise RecordError("lone_surrogate", message, excerpt(context)) from error


def _read_id(values: Values, extent: Extent, fields: DocumentFields) -> str | None:
    """Returns the id of a record: its own, or else that of its file if that is the document."""
    found = _as_text(fields.id, values.get(fields.id))
    return found or (stem(extent.uri) if extent.format == "txt" else None)


def _read_date(
    values: Values, extent: Extent, fields: DocumentFields
) -> tuple[int | None, str | None]:
    """Returns days since 1970-01-01, and the date as it stands there if it cannot be read."""
    value = _plain(values.get(fields.date)) if fields.date else None
    if value is None or value in ("", b""):
        return _date_from_name(extent.uri, fields.date_from_name)
    try:
        return (parse_date(value, fields.date_format) - _EPOCH).days, None
    except ValueError:
        return None, _shown(value)


def _date_from_name(uri: str, pattern: str | None) -> tuple[int | None, str | None]:
    if pattern is None:
        return None, None
    found = date_of_path(uri, pattern)
    return ((found - _EPOCH).days, None) if found else (None, _shown(uri))


def _read_kept(name: str, value: Any) -> Any:
    return value if isinstance(value, Cell) else _as_text(name, value)


def _check_folder(name: str, column: str, value: Any) -> None:
    # If this were found only when the rows are published, every try of the job would fail there.
    value = _plain(value)
    size = len(folder(column, value).encode())
    if size > MAX_NAME_BYTES:
        message = f"{name} makes a folder's name of {size} bytes, over {MAX_NAME_BYTES}"
        raise RecordError("too_long", message, _shown(value))


def _as_text(name: str, value: Any) -> str | None:
    """Returns an id or a kept value as a string; numbers and lists become JSON."""
    value = _plain(value)
    if value is None:
        return None
    if isinstance(value, bytes):
        value = value.decode(errors="backslashreplace")
    if isinstance(value, Unfit):
        value = str(value)
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str)
    _check_utf8(name, value)
    return value


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Cell) else value


def _shown(value: Any) -> str:
    """Returns a value for a person, shortened."""
    return excerpt(value if isinstance(value, str | bytes) else str(value))
