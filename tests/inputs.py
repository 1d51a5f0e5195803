"""Reads the records of an input as a stage does, for tests of every format."""

from pathlib import Path

from transforms.arrow_values import Cell
from transforms.files.fields import DocumentFields
from transforms.files.formats import parse, scan
from transforms.files.found import PassedOver, RecordError
from transforms.files.storage import stat
from transforms.records import Extent

MAX_CHARS = 1000
FIELDS = DocumentFields(max_chars=MAX_CHARS)


def extent(
    path: Path | str, format_name: str, compression: str = "", start: int = 0, end: int = -1
) -> Extent:
    stored = stat(str(path))
    return Extent(str(path), format_name, compression, stored.size, stored.version, start, end)


def read(
    path: Path,
    format_name: str,
    compression: str = "",
    start: int = 0,
    end: int = -1,
    fields: DocumentFields = FIELDS,
) -> list[tuple[int, object]]:
    """Returns (position, values or the reason why there are none)."""
    here = extent(path, format_name, compression, start, end)
    records: list[tuple[int, object]] = []
    for found in scan(here, fields.columns, fields):
        if isinstance(found.content, PassedOver):
            continue
        try:
            values = {
                k: v.value if isinstance(v, Cell) else v for k, v in parse(here, found).items()
            }
            records.append((found.position, values))
        except RecordError as error:
            records.append((found.position, error.reason))
    return records


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
