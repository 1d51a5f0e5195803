"""A whole output, file after file."""

import json

import pyarrow.parquet as pq
import pytest

from pipeline.errors import UsageError
from pipeline.inspection.inspect_output import inspect_output
from pipeline.plan.clear import clear_staging
from tests.fakes import write_texts
from tests.inspection import list_anew
from tests.jobs import run_job
from transforms.output.output import Output


@pytest.fixture
def output(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.", b="then kaboom. Bob left.", c="")
    output = run_job([inputs], tmp_path / "out")
    clear_staging(output)
    return output


def found(output):
    inspection = inspect_output(output)
    names = {uri.rpartition("/")[2] for uri in inspection.inputs}
    return {each.path: each.what for each in inspection.findings}, names


def test_what_a_job_wrote_is_sound(output):
    inspection = inspect_output(output)
    assert inspection.is_sound
    assert inspection.counts.documents == 2
    assert inspection.counts.by_reason == {"empty": 1, "model_failed": 1}
    assert len(inspection.sound) == 4


def test_a_part_that_is_lost_concerns_the_inputs_with_rows_in_it(output):
    output.remove("entities/part-00000.parquet")
    assert found(output) == ({"entities/part-00000.parquet": "is gone"}, {"a.txt", "b.txt"})
    output.put("rejects/part-00000.parquet", b"x")
    files, names = found(output)
    assert files["rejects/part-00000.parquet"] == "has other bytes than were written"
    assert names == {"a.txt", "b.txt", "c.txt"}


def test_lost_documents_take_the_rows_that_are_theirs_along(output):
    output.remove("documents/part-00000.parquet")
    assert found(output) == ({"documents/part-00000.parquet": "is gone"}, {"a.txt", "b.txt"})
    assert [part.table for part in inspect_output(output).sound] == ["rejects"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda rows: rows.slice(1), "has 2 rows, and 3 are listed"),
        (lambda rows: rows.drop_columns(["name"]), "has other columns"),
    ],
)
def test_a_part_with_other_rows_or_columns_is_told_though_the_list_has_its_bytes(
    output, change, what
):
    path = "entities/part-00000.parquet"
    pq.write_table(change(pq.read_table(output.uri(path))), output.uri(path))
    list_anew(output, path)
    assert found(output)[0][path] == what


def test_counts_that_the_tables_do_not_have_are_told(output):
    manifest = json.loads(output.require("manifest.json"))
    manifest["counts"]["words"] += 1
    manifest["counts"]["entities_by_label"] = {"PER": 9}
    output.put("manifest.json", json.dumps(manifest).encode())
    findings = [str(each) for each in inspect_output(output).findings]
    assert len(findings) == 2
    assert findings[1].startswith("manifest.json counts {'PER': 9} entities_by_label, not {'PER': ")


def test_a_stray_is_told(output):
    output.put("entities/part-00009.parquet", b"x")
    output.put("entities/notes.txt", b"x")
    inspection = inspect_output(output)
    assert inspection.strays == ["entities/part-00009.parquet"]
    assert not inspection.is_sound


def test_a_place_without_a_finished_job_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no job that has come to its end"):
        inspect_output(Output(str(tmp_path)))
