"""Sorts the rows of documents into Hive-style folders by the values of columns.

The names of folders are such that DuckDB, pandas, polars, pyarrow and Spark read the same values.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrow_values import plain_values
from transforms.choices import DATE_PARTS, HIVE_NULL
from transforms.errors import HopelessError

PARTITIONED = ("entities", "sentences", "documents", "texts")
MAX_PARTITIONS = 1000
# Disks take no longer names of folders.
MAX_NAME_BYTES = 255

_FOLDER = "__folder__"
# Hive's own name for null makes pandas fail. This one is a string to every reader.
_UNKNOWN = "unknown"
_NO_VALUES = (None, "", HIVE_NULL)
# Beyond ASCII only control characters are escaped, and what XML cannot hold: Spark takes each %XX
# for a character, where others take it for a byte of UTF-8.
_ESCAPED = re.compile("[\\x00-\\x9f\\ufffe\\uffff]")
_SECONDS_A_DAY = 86_400


def folders(dates: Sequence[int | None], kept: pa.Table, partition_by: Sequence[str]) -> list[str]:
    """Returns the folder of each document, such as "source=Gazette/year=2024".

    Args:
      dates: (document,), days since 1970-01-01.
      kept: (document, column), the kept columns.
      partition_by: names of kept columns, or keys of DATE_PARTS.

    Returns:
      (document,).
    """
    columns = [
        [_date_part(days, DATE_PARTS[name]) for days in dates]
        if name in DATE_PARTS
        else plain_values(kept[name].combine_chunks())
        for name in partition_by
    ]
    return [
        "/".join(folder(name, value) for name, value in zip(partition_by, values, strict=True))
        for values in zip(*columns, strict=True)
    ]


def folder(name: str, value: Any) -> str:
    """Returns the name of the folder for one value.

    >>> folder("source", "A/B"), folder("source", None)
    ('source=A%2FB', 'source=unknown')
    """
    return f"{name}={_escape(value)}"


def add_folders(table: pa.Table, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Notes the folder of each row in a column of strings, which `split` takes away again."""
    return table.append_column(pa.field(_FOLDER, pa.string()), column)


def split(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yields each folder with its rows, in their order; a table without folders has "" only."""
    if _FOLDER not in table.column_names:
        yield "", table
        return
    column = table[_FOLDER]
    rows = table.drop_columns([_FOLDER])
    for folder in sorted(pc.unique(column).to_pylist()):
        yield folder, rows.filter(pc.equal(column, folder))


def check_count(found: int, partition_by: Sequence[str]) -> None:
    """Makes sure that there are no more folders than readers can bear.

    Raises:
      HopelessError: there are more.
    """
    if found > MAX_PARTITIONS:
        raise HopelessError(
            f"partition_by {' '.join(partition_by)} gives {found} folders or more, over "
            f"{MAX_PARTITIONS}: choose columns with fewer values"
        )


def _date_part(days: int | None, form: str) -> str | None:
    if days is None:
        return None
    return datetime.fromtimestamp(days * _SECONDS_A_DAY, UTC).strftime(form)


def _escape(value: Any) -> str:
    if value in _NO_VALUES:
        return _UNKNOWN
    return _ESCAPED.sub(lambda found: quote(found[0], safe=" "), str(value))
