"""Which types the kept columns have: known before the first read, since tables need one schema."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.inputs import InputFile
from pipeline.settings import Settings
from transforms.formats import read_footer
from transforms.partitions import DATE_PARTS
from transforms.records import DOCUMENTS_SCHEMA
from transforms.storage import StoreError

_OPENING_THREADS = 16


def kept_schema(files: Sequence[InputFile], settings: Settings) -> pa.Schema:
    """Returns the kept columns: Parquet's own types where all inputs agree, else strings.

    Raises:
      UsageError: a column's name is taken or kept twice, or no Parquet input has it; or a
        store fails, without which the types cannot be known.
    """
    columns = [column for _, column in settings.kept]
    taken = {*DOCUMENTS_SCHEMA.names, *DATE_PARTS}
    for column in columns:
        if column in taken or columns.count(column) > 1:
            raise UsageError(
                f"--keep {column}: there is a column of this name already; --keep NAME=NEW renames"
            )
    if not columns or any(file.format != "parquet" for file in files):
        return pa.schema([(column, pa.string()) for column in columns])
    with ThreadPoolExecutor(_OPENING_THREADS) as pool:
        schemas = [schema for schema in pool.map(_schema_of, files) if schema is not None]
    return pa.schema([pa.field(column, _type_of(name, schemas)) for name, column in settings.kept])


def _type_of(name: str, schemas: Sequence[pa.Schema]) -> pa.DataType:
    types = [schema.field(name).type for schema in schemas if name in schema.names]
    if schemas and not types:
        found = ", ".join(schemas[0].names)
        raise UsageError(f"--keep {name}: no input has such a column; the first has {found}")
    if not types or any(other != types[0] for other in types):
        return pa.string()
    # A plain string however the input stores it.
    kind = types[0].value_type if pa.types.is_dictionary(types[0]) else types[0]
    return pa.string() if pa.types.is_large_string(kind) else kind


def _schema_of(file: InputFile) -> pa.Schema | None:
    try:
        footer = read_footer(file.stored.uri)
    except StoreError as error:
        raise UsageError(f"--input {file.stored.uri} cannot be read now: {error}") from error
    # None: whoever reads it meets the same failure, and makes it a reject.
    return footer[1] if footer else None
