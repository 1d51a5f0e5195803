"""Tables are the same bytes for the same rows, in row groups of a good size."""

import io
import random
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.output import tables
from transforms.output.tables import ParquetBuffer, table_schemas, to_parquet, to_table
from transforms.records import DOCUMENTS_SCHEMA, TABLES

SCHEMA = pa.schema([pa.field("number", pa.int32(), nullable=False), ("day", pa.date32())])


def rows_of(numbers):
    return [SimpleNamespace(number=number, day=number or None) for number in numbers]


def test_records_become_columns_of_the_schemas_types():
    table = to_table(rows_of([0, 2]), SCHEMA)
    assert table.schema == SCHEMA
    assert table["day"].cast(pa.int32()).to_pylist() == [None, 2]
    assert to_table([], SCHEMA).num_rows == 0


def test_a_value_that_the_schema_cannot_hold_is_an_error():
    with pytest.raises(pa.ArrowInvalid, match="Value 1099511627776 too large"):
        to_table(rows_of([2**40]), SCHEMA)


@given(st.lists(st.integers(0, 99), max_size=40), st.lists(st.integers(0, 40), max_size=4))
def test_bytes_do_not_depend_on_how_rows_came_in(numbers, cuts):
    table = to_table(rows_of(numbers), SCHEMA)
    file = ParquetBuffer(SCHEMA)
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 40], strict=True):
        file.add(table.slice(start, end - start))
    assert file.rows == len(numbers)
    data = file.close()
    assert data == to_parquet(table)
    assert pq.read_table(io.BytesIO(data)) == table


def test_in_one_chunk_the_bytes_do_not_tell_in_which_tables_the_rows_came():
    chance = random.Random(0)
    # Arrow gives up its dictionary once that has a MiB of texts.
    table = pa.table({"text": [f"{chance.getrandbits(256)}" for _ in range(30_000)]})
    files = [ParquetBuffer(table.schema, one_chunk) for one_chunk in (True, False)]
    for file in files:
        for start in range(0, table.num_rows, 4_097):
            file.add(pa.table(pa.Table.from_pylist(table.slice(start, 4_097).to_pylist())))
    joined, apart = (file.close() for file in files)
    assert joined == to_parquet(table) != apart


def test_small_tables_share_a_row_group_and_large_ones_are_cut(monkeypatch):
    monkeypatch.setattr(tables, "ROW_GROUP_ROWS", 10)
    file = ParquetBuffer(SCHEMA)
    for size in (3, 3, 3, 3, 25, 1):
        file.add(to_table(rows_of(range(size)), SCHEMA))
    metadata = pq.ParquetFile(io.BytesIO(file.close())).metadata
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert sizes == [10, 2, 10, 10, 5, 1]


def test_every_table_has_a_schema_and_documents_have_what_is_kept():
    schemas = table_schemas(pa.schema([("source", pa.string())]), {"model": "m"})
    assert tuple(schemas) == TABLES
    assert schemas["documents"].names == [*DOCUMENTS_SCHEMA.names, "source"]
    assert {schema.metadata[b"model"] for schema in schemas.values()} == {b"m"}
