import duckdb

from pipeline.reporting.sql import make_table, records, row, rows


def test_rows_come_as_tuples_one_row_or_values_by_column():
    with duckdb.connect() as connection:
        make_table(connection, "few", "a INTEGER, b VARCHAR", [(1, "x"), (2, "'")])
        assert rows(connection, "SELECT b FROM few WHERE a > ? ORDER BY a", [0]) == [("x",), ("'",)]
        assert row(connection, "SELECT max(a) FROM few") == (2,)
        assert records(connection, "FROM few WHERE a = 2") == [{"a": 2, "b": "'"}]


def test_a_table_is_made_anew_and_may_be_empty():
    with duckdb.connect() as connection:
        make_table(connection, "few", "a INTEGER", [(1,)])
        make_table(connection, "few", "b VARCHAR", [])
        assert records(connection, "FROM few") == []
