"""What is counted are the parts that an output lists, wherever they lie."""

import os
import shutil

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.counting import tables
from pipeline.counting.tables import open_tables
from pipeline.errors import CommandError, DamagedError, UsageError
from tests.fakes import write_texts
from tests.jobs import read, run_job
from transforms.output.output import Output
from transforms.records import TABLES

ROWS = """{"id": "1", "text": "We met Ann.", "n": "07"}
{"id": "2", "text": "Bo met Ann.", "n": "*[x]?"}
{"id": "3", "text": "It rained.", "n": ""}
"""


def rows_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict]:
    return connection.table(table).to_arrow_table().to_pylist()


def sort(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=str)


def test_every_table_has_the_rows_of_the_listed_parts(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.", b="")], tmp_path / "out")
    (tmp_path / "out" / "entities" / "part-99999.parquet").write_bytes(b"not listed")
    with open_tables(output, TABLES) as connection:
        for table in TABLES:
            assert sort(rows_of(connection, table)) == sort(read(output, table))


def test_partitions_are_columns_of_documents_and_strings(tmp_path):
    (tmp_path / "a.jsonl").write_text(ROWS)
    output = run_job([tmp_path / "a.jsonl"], tmp_path / "out[*]?", keep=("n",), partition_by=("n",))
    with open_tables(output, ("documents", "entities")) as connection:
        pages = dict(connection.sql("SELECT document_id, n FROM documents").fetchall())
        assert sort(rows_of(connection, "entities")) == sort(read(output, "entities"))
    assert (pages["1"], pages["2"]) == ("07", "*[x]?")


def test_a_bucket_is_read_as_a_folder_is(tmp_path, bucket):
    bucket.put("counting/a.txt", b"We met Ann.")
    output = run_job([f"{bucket.root}/counting/a.txt"], f"{bucket.root}/counted")
    with open_tables(output, ["entities"]) as connection:
        found = connection.sql("SELECT text FROM entities ORDER BY start_char").fetchall()
    assert found == [("We",), ("Ann",)]


def test_nothing_stays_in_the_temporary_folder(tmp_path, monkeypatch, s3):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    s3.put("counting/a.txt", b"We met Ann.")
    output = run_job([f"{s3.root}/counting/a.txt"], f"{s3.root}/counted-again")
    before = os.listdir(tmp_path)
    with open_tables(output, ["entities"]):
        assert len(os.listdir(tmp_path)) == len(before) + 1
    assert os.listdir(tmp_path) == before


def test_a_table_without_parts_is_empty(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="")], tmp_path / "out")
    listed = pq.read_table(tmp_path / "out" / "parts.parquet")
    kept = listed.filter(pa.compute.not_equal(listed["table"], "entities"))
    pq.write_table(kept, tmp_path / "out" / "parts.parquet")
    with open_tables(output, ["entities"]) as connection:
        assert rows_of(connection, "entities") == []
        assert "resolved_name" in connection.table("entities").columns


def test_a_part_that_is_gone_is_damage(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / "entities")
    with (
        pytest.raises(DamagedError, match=r"entities/part-00000\.parquet is gone"),
        open_tables(output, ["entities"]),
    ):
        pass


def test_a_list_that_was_replaced_meanwhile_is_read_again(tmp_path, monkeypatch):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    (old,) = (part for part in tables.load_parts(output) if part.table == "entities")
    lists = iter([[type(old)("entities", "entities/part-00009.parquet", 1, 1, "")]])
    load = tables.load_parts
    monkeypatch.setattr(tables, "load_parts", lambda output: next(lists, None) or load(output))
    with open_tables(output, ["entities"]) as connection:
        assert len(rows_of(connection, "entities")) == 2


def test_a_part_that_cannot_be_read_is_told(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    part = tmp_path / "out" / "entities" / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-100])
    with (
        pytest.raises(CommandError, match="try again"),
        open_tables(output, ["entities"]),
    ):
        pass


def test_too_little_memory_is_told(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    with (
        pytest.raises(CommandError, match="memory does not suffice"),
        open_tables(output, ["entities"], memory="1MB") as connection,
    ):
        connection.execute("SELECT list(range) FROM range(10_000_000)")


def test_an_output_that_is_not_finished_cannot_be_counted(tmp_path):
    with (
        pytest.raises(UsageError, match="holds no job that has come to its end"),
        open_tables(Output(str(tmp_path)), ["entities"]),
    ):
        pass


def test_tables_of_an_older_version_are_refused(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    part = tmp_path / "out" / "entities" / "part-00000.parquet"
    pq.write_table(pq.ParquetFile(part).read().drop_columns(["resolved_name"]), part)
    with (
        pytest.raises(UsageError, match="an older version made the tables"),
        open_tables(output, ["entities"]),
    ):
        pass
