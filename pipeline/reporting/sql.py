"""Asks DuckDB, and keeps what several figures need of its tables."""

from collections.abc import Sequence
from typing import Any

import duckdb


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """Returns the rows that a query gives; each ? in it stands for one of the values."""
    return connection.execute(query, [*values]).fetchall()


def row(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()
) -> tuple[Any, ...]:
    """Returns the only row that a query gives."""
    [only] = rows(connection, query, values)
    return only


def records(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Returns the rows that a query gives, as values by column."""
    done = connection.execute(query, [*values])
    columns = [column[0] for column in done.description or ()]
    return [dict(zip(columns, values, strict=True)) for values in done.fetchall()]


def make_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: str,
    values: Sequence[Sequence[Any]],
) -> None:
    """Makes a table of a few rows, in place of one of that name.

    Args:
      columns: as CREATE TABLE takes them.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if values:
        marks = ", ".join("?" * len(values[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [[*each] for each in values])
