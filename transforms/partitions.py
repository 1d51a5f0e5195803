"""Hive-style partitions: which folder of its table a document's rows go to."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from transforms.choices import DATE_PARTS

PARTITIONED = ("entities", "sentences", "documents")
MAX_PARTITIONS = 1000
# Of a folder's name: no more fits on a disk.
MAX_NAME_BYTES = 255

_FOLDER = "__folder__"
_NULL = "__HIVE_DEFAULT_PARTITION__"
_SECONDS_A_DAY = 86_400


def folders(dates: Sequence[int | None], kept: pa.Table, partition_by: Sequence[str]) -> list[str]:
    """Returns the folder of each document, such as "source=Gazette/year=2024".

    Args:
      dates: days since 1970-01-01.
      kept: the kept columns, a row a document.
    """
    columns = [
        [_date_part(days, DATE_PARTS[name]) for days in dates]
        if name in DATE_PARTS
        else kept[name].to_pylist()
        for name in partition_by
    ]
    return [
        "/".join(folder(name, value) for name, value in zip(partition_by, values, strict=True))
        for values in zip(*columns, strict=True)
    ]


def folder(name: str, value: Any) -> str:
    """Returns the folder of one value.

    >>> folder("source", "A/B")
    'source=A%2FB'
    """
    return f"{name}={_escape(value)}"


def add_folders(table: pa.Table, column: Sequence[str]) -> pa.Table:
    """Notes the folder of each row, until `split` takes them apart."""
    return table.append_column(pa.field(_FOLDER, pa.string()), pa.array(column, pa.string()))


def split(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yields each folder and its rows, in their order; "" for a table that has no folders."""
    if _FOLDER not in table.column_names:
        yield "", table
        return
    column = table[_FOLDER]
    rows = table.drop_columns([_FOLDER])
    for folder in sorted(pc.unique(column).to_pylist()):
        yield folder, rows.filter(pc.equal(column, folder))


def check_count(found: int, partition_by: Sequence[str]) -> None:
    """Raises ValueError where there are more folders than readers can bear."""
    if found > MAX_PARTITIONS:
        raise ValueError(
            f"partition_by {' '.join(partition_by)} gives {found} folders or more, over "
            f"{MAX_PARTITIONS}: choose columns with fewer values"
        )


def _date_part(days: int | None, form: str) -> str | None:
    if days is None:
        return None
    return datetime.fromtimestamp(days * _SECONDS_A_DAY, UTC).strftime(form)


def _escape(value: Any) -> str:
    return _NULL if value is None or value == "" else quote(str(value), safe=" ")
