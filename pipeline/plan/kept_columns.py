"""Which types the kept columns have: known before the first read, since tables need one schema."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.plan.inputs import InputFile
from pipeline.settings import Settings
from transforms.choices import DATE_PARTS
from transforms.files.parquet_rows import read_footer
from transforms.files.path_fields import folder_fields
from transforms.files.remote import StoreError
from transforms.records import DOCUMENTS_SCHEMA

_OPENING_THREADS = 16


def kept_schema(
    files: Sequence[InputFile], settings: Settings, published: pa.Schema | None = None
) -> pa.Schema:
    """Returns the kept columns: Parquet's own types where all inputs agree, else strings.

    Args:
      published: the kept columns that the tables have already.

    Raises:
      UsageError: a column's name is taken or kept twice, or no Parquet input has it; or it has
        another type than in the tables; or a store fails, without which the types cannot be known.
    """
    columns = [column for _, column in settings.kept]
    taken = {*DOCUMENTS_SCHEMA.names, *DATE_PARTS}
    for column in columns:
        if column in taken or columns.count(column) > 1:
            raise UsageError(
                f"--keep {column}: there is a column of this name already; --keep NAME=NEW renames"
            )
    if published is not None:
        _check_types(files, settings, published)
        return published
    if not columns or any(file.format != "parquet" for file in files):
        return pa.schema([(column, pa.string()) for column in columns])
    named = zip((file.stored.uri for file in files), _schemas(files), strict=True)
    schemas = [(uri, schema) for uri, schema in named if schema is not None]
    return pa.schema([pa.field(column, _type_of(name, schemas)) for name, column in settings.kept])


def _type_of(name: str, schemas: Sequence[tuple[str, pa.Schema]]) -> pa.DataType:
    found_types = (_type_in(uri, schema, name) for uri, schema in schemas)
    types = [found for found in found_types if found is not None]
    if schemas and not types:
        found = ", ".join(schemas[0][1].names)
        raise UsageError(f"--keep {name}: no input has such a column; the first has {found}")
    if not types or any(other != types[0] for other in types):
        return pa.string()
    return types[0]


def _type_in(uri: str, schema: pa.Schema, name: str) -> pa.DataType | None:
    """Returns the type of a field in a Parquet file, None if the file does not have it."""
    # A file that has a column twice becomes a reject when it is read.
    if schema.names.count(name) == 1:
        return _plain(schema.field(name).type)
    is_told = name not in schema.names and name in folder_fields(uri)
    return pa.string() if is_told else None


def _check_types(files: Sequence[InputFile], settings: Settings, published: pa.Schema) -> None:
    names = (name for name, _ in settings.kept)
    typed = [pair for pair in zip(names, published, strict=True) if pair[1].type != pa.string()]
    if not typed:  # then anything that an input has is stored as text
        return
    for file, schema in zip(files, _schemas(files), strict=True):
        for name, column in typed:
            if file.format == "parquet":
                found = None if schema is None else _type_in(file.stored.uri, schema, name)
            else:
                found = pa.string()
            if found is not None and found != column.type:
                raise UsageError(
                    f"--keep {name}: {column.type} in the tables of --output, {found} in "
                    f"{file.stored.uri}, which would be added to them: choose another --output"
                )


def _plain(kind: pa.DataType) -> pa.DataType:
    """Makes every kind of string a plain one, however the input stores it."""
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        kind = kind.value_type
    return pa.string() if pa.types.is_large_string(kind) else kind


def _schemas(files: Sequence[InputFile]) -> list[pa.Schema | None]:
    """Returns the schema of each file; None for what is no Parquet, or cannot be read."""
    with ThreadPoolExecutor(_OPENING_THREADS) as pool:
        return list(pool.map(_schema_of, files))


def _schema_of(file: InputFile) -> pa.Schema | None:
    if file.format != "parquet":
        return None
    try:
        footer = read_footer(file.stored.uri)
    except StoreError as error:
        raise UsageError(f"--input {file.stored.uri} cannot be read now: {error}") from error
    # Its reader meets the same failure, and makes it a reject.
    return footer[1] if footer else None
