"""Makes Arrow tables of records, and Parquet files of tables."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.records import (
    DOCUMENTS_SCHEMA,
    ENTITIES_SCHEMA,
    REJECTS_SCHEMA,
    SENTENCES_SCHEMA,
    TEXTS_SCHEMA,
)

ROW_GROUP_ROWS = 1 << 17


def table_schemas(kept: pa.Schema, metadata: Mapping[str, str]) -> dict[str, pa.Schema]:
    """Returns the schema of every table.

    Args:
      kept: the kept columns, which the documents table gets.
      metadata: what every file is to say of itself.
    """
    schemas = {
        "entities": ENTITIES_SCHEMA,
        "sentences": SENTENCES_SCHEMA,
        "documents": pa.schema([*DOCUMENTS_SCHEMA, *kept]),
        "texts": TEXTS_SCHEMA,
        "rejects": REJECTS_SCHEMA,
    }
    return {table: schema.with_metadata(dict(metadata)) for table, schema in schemas.items()}


def to_table(rows: Sequence[Any], schema: pa.Schema) -> pa.Table:
    """Makes a table of records, whose fields have the names of the schema.

    Returns:
      (row, column).
    """
    columns = [
        pa.array([getattr(row, field.name) for row in rows], type=field.type) for field in schema
    ]
    return pa.table(columns, schema=schema)


class ParquetBuffer:
    """A Parquet file in memory: the same rows in the same order give the same bytes.

    Small tables are joined into row groups of a size that suits readers.

    Args:
      one_chunk: whether the rows of a row group are copied together first. Arrow writes each chunk
        of a column by itself, and chooses anew how to encode it; so the bytes would tell in which
        tables the rows came.
    """

    def __init__(self, schema: pa.Schema, one_chunk: bool = False) -> None:
        self._one_chunk = one_chunk
        self._sink = io.BytesIO()
        self._writer = pq.ParquetWriter(self._sink, schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Adds the rows of a table at the end."""
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        self.rows += table.num_rows
        if self._waiting_rows >= ROW_GROUP_ROWS:
            self._flush()

    def close(self) -> bytes:
        """Returns the bytes of the file, to which nothing can be added any more."""
        self._flush()
        self._writer.close()
        return self._sink.getvalue()

    def _flush(self) -> None:
        if self._waiting_rows:
            table = pa.concat_tables(self._waiting)
            if self._one_chunk:
                table = table.combine_chunks()
            self._writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
        self._waiting, self._waiting_rows = [], 0


def to_parquet(table: pa.Table) -> bytes:
    """Returns the bytes of a Parquet file with the rows of a table."""
    file = ParquetBuffer(table.schema)
    file.add(table)
    return file.close()
