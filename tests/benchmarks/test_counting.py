"""An invented output is counted by the real commands."""

import os
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.counting import held_in, make_output, measure, watched
from pipeline.counting.queries import names, pairs
from pipeline.counting.tables import open_tables
from transforms.output.output import Output
from transforms.records import ENTITIES_SCHEMA


def test_the_invented_mentions_are_rows_of_entities(tmp_path):
    make_output(tmp_path / "out", 1000)
    schema = pq.read_schema(tmp_path / "out" / "entities" / "part-00000.parquet")
    assert [(field.name, field.type) for field in schema] == [
        (field.name, field.type) for field in ENTITIES_SCHEMA
    ]
    with open_tables(Output(str(tmp_path / "out")), ("entities", "documents")) as tables:
        assert len(tables.table("documents").fetchall()) == 40
        counted = names(tables).fetchall()
        assert sum(row[2] for row in counted) == 1000
        assert pairs(tables).limit(1).fetchall()


def test_a_line_is_printed_for_each_command(tmp_path):
    make_output(tmp_path / "out", 500)
    first, _, *lines = measure(tmp_path / "out", "1GB")
    assert first.startswith("500 mentions in 0 MB")
    assert [line.split()[0] for line in lines] == ["names", "pairs"]


def test_what_lies_in_the_temporary_folder_is_noted(tmp_path):
    with watched(tmp_path) as sizes:
        assert os.environ["TMPDIR"] == str(tmp_path)
        Path(tmp_path, "spilt").write_bytes(b"1234")
        while sizes[-1] == 0:
            pass
    assert max(sizes) == held_in(tmp_path) == 4
    assert os.environ.get("TMPDIR") != str(tmp_path)
