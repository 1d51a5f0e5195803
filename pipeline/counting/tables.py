"""Opens an output's tables for SQL: the parts that parts.parquet lists, and no others."""

import contextlib
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.counting.flags import MEMORY
from pipeline.counting.queries import literal
from pipeline.errors import CommandError, UsageError
from pipeline.plan.damage import damaged
from transforms.files.places import is_local
from transforms.files.remote import patiently
from transforms.files.storage import open_input
from transforms.output.output import GONE, Output
from transforms.output.published import load_parts
from transforms.output.tables import table_schemas
from transforms.records import TableFile

# The first version of results that had names to count by brought this column.
_NEEDED = "resolved_name"


@contextlib.contextmanager
def open_tables(
    output: Output, tables: Sequence[str], memory: str = MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Connects to a database in memory that has a view of each table, named as the table is.

    Of the columns that name folders, only `documents` has any, as strings. What does not fit into
    memory goes into a temporary folder in TMPDIR, and so do the parts of an output in a bucket.

    Args:
      tables: some of records.TABLES.
      memory: how much of it DuckDB may take, such as "4GB".

    Raises:
      UsageError: no job has come to its end there, or an older version made the tables.
      DamagedError: a part is gone.
      CommandError: memory or the disk do not suffice, or a part cannot be read.
      OSError: a store cannot be read.
    """
    with (
        tempfile.TemporaryDirectory(prefix="news-entities-") as folder,
        _in_our_words(output),
        duckdb.connect(config=_settings(folder, memory)) as connection,
    ):
        for table, paths in _find(output, tables, folder).items():
            _create_view(connection, table, paths)
        if "entities" in tables:
            _check_version(output, connection)
        yield connection


def _settings(folder: str, memory: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": memory,
        "temp_directory": folder,
        # Rows need no order before they are sorted, and to keep one takes memory.
        "preserve_insertion_order": False,
        # DuckDB would look in the network for what it does not have.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


@contextlib.contextmanager
def _in_our_words(output: Output) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise CommandError(f"{output.root}: the memory does not suffice: {error}") from error
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise CommandError(
            f"{output.root}: {error}. If a job has added to it meanwhile, try again"
        ) from error


def _find(output: Output, tables: Sequence[str], folder: str) -> dict[str, list[str]]:
    """Returns where the parts of each table lie on this machine."""
    while True:
        listed = _listed(output)
        try:
            return {
                table: [_local(output, part, folder) for part in listed if part.table == table]
                for table in tables
            }
        except FileNotFoundError as gone:
            # A job that adds to the output replaces the list before it removes what was on it.
            if _listed(output) == listed:
                raise damaged(output.root, {str(gone): GONE}) from None


def _listed(output: Output) -> list[TableFile]:
    try:
        return load_parts(output)
    except FileNotFoundError:
        raise UsageError(f"{output.root} holds no job that has come to its end") from None


def _local(output: Output, part: TableFile, folder: str) -> str:
    """Returns where a part lies on this machine, to which that of a bucket is fetched.

    Raises:
      FileNotFoundError: there is none; the message is its path in the output.
    """
    place = output.uri(part.path)
    if is_local(place):
        if not os.path.exists(place):
            raise FileNotFoundError(part.path)
        return place
    copy = Path(folder, part.path)
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        patiently(lambda: _fetch(place, copy))
    except FileNotFoundError:
        raise FileNotFoundError(part.path) from None
    return str(copy)


def _fetch(place: str, copy: Path) -> None:
    with open_input(place) as stream, copy.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)


def _create_view(connection: duckdb.DuckDBPyConnection, table: str, paths: list[str]) -> None:
    if not paths:
        connection.register(table, table_schemas(pa.schema([]), {})[table].empty_table())
        return
    # DuckDB takes names for patterns, and a folder's value for that of any column of its name.
    listed = ", ".join(literal(glob.escape(path)) for path in paths)
    folders = f"hive_partitioning = {table == 'documents'}, hive_types_autocast = false"
    connection.execute(f"CREATE VIEW {table} AS FROM read_parquet([{listed}], {folders})")


def _check_version(output: Output, connection: duckdb.DuckDBPyConnection) -> None:
    if _NEEDED not in connection.view("entities").columns:
        raise UsageError(
            f"{output.root}: an older version made the tables, which have no column {_NEEDED}; "
            "tag anew with this version"
        )
