"""What paths of inputs tell becomes columns, whatever the format of the files."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.inspection.inspect_output import inspect_output
from pipeline.inspection.sources import Sources
from tests.jobs import read, read_inputs, run_job

HIVE = "source=%C5%81%C3%B3d%C5%BA Echo/date=2024-01-09"


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "in" / HIVE
    folder.mkdir(parents=True)
    records = [{"id": "1", "text": "Ann"}, {"id": "2", "text": "Bob", "source": "Own", "date": ""}]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    (folder / "b.csv").write_text("id,text\n3,Cy\n")
    pq.write_table(pa.table({"id": ["4"], "text": ["Di"]}), folder / "c.parquet")
    (folder / "five.txt").write_text("Ed")
    plain = tmp_path / "in" / "2023" / "12" / "31"
    plain.mkdir(parents=True)
    (plain / "five.txt").write_text("Flo")
    (tmp_path / "in" / "undated.txt").write_text("Gus")
    return tmp_path / "in"


def documents(output):
    return {
        (row["document_id"], row["source"], row["date"] and str(row["date"]))
        for row in read(output, "documents")
    }


def test_folders_are_fields_of_what_lacks_them(inputs, tmp_path):
    output = run_job([inputs], tmp_path / "out", date_field="date", keep=("source",))
    assert documents(output) == {
        ("1", "Łódź Echo", "2024-01-09"),
        ("2", "Own", None),
        ("3", "Łódź Echo", "2024-01-09"),
        ("4", "Łódź Echo", "2024-01-09"),
        ("five", "Łódź Echo", "2024-01-09"),
        ("five", None, None),
        ("undated", None, None),
    }
    keys = {row["document_key"] for row in read(output, "documents")}
    assert len(keys) == 7
    assert {row["date"] for row in read(output, "entities")} == {date(2024, 1, 9), None}
    assert {row["dates_unparsed"] for row in read_inputs(output).values()} == {0}


def test_dates_are_read_from_paths_and_those_without_one_are_counted(inputs, tmp_path):
    output = run_job(
        [inputs], tmp_path / "out", date_from_name="%Y/%m/%d", keep=("source=paper",), texts=True
    )
    dates = {row["uri"].partition("/in/")[2]: row["date"] for row in read(output, "documents")}
    assert dates["2023/12/31/five.txt"] == date(2023, 12, 31)
    assert dates["undated.txt"] is None
    counts = json.loads(output.require("manifest.json"))
    assert counts["counts"]["dates_unparsed"] == 6
    assert counts["added"]["unread_dates"][0].endswith("/date=2024-01-09/a.jsonl")
    assert inspect_output(output, Sources()).is_sound


def test_a_partition_may_come_from_a_folder(inputs, tmp_path):
    output = run_job(
        [inputs],
        tmp_path / "out",
        date_from_name="%Y-%m-%d",
        keep=("source",),
        partition_by=("source", "month"),
    )
    folders = {path.rpartition("/")[0] for path in output.names("documents")}
    assert folders == {
        "source=Łódź Echo/month=2024-01",
        "source=Own/month=2024-01",
        "source=unknown/month=unknown",
    }
