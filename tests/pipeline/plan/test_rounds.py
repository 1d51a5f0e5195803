"""Rounds: what was decided on becomes a plan, and the output is made ready for it."""

import os

import pytest

from pipeline.errors import UsageError
from pipeline.plan.decide import Addition, FirstJob, Resume
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan_file import load_plan
from pipeline.plan.rounds import plan_round
from tests.fakes import settings, write_texts
from tests.jobs import run_job
from transforms.output.output import Output
from transforms.output.published import load_manifest, make_base


@pytest.fixture
def inputs(tmp_path):
    return write_texts(tmp_path / "in", a="We met Ann.")


@pytest.fixture
def files(inputs):
    return list_inputs([str(inputs)]).files


def test_a_first_job_stores_its_plan_and_nothing_else(tmp_path, files):
    output = Output(str(tmp_path / "out"))
    todo = plan_round(FirstJob(files), settings())
    assert not os.path.exists(output.root)
    plan_id = todo.begin(output)
    stored = load_plan(output)
    assert stored
    assert (stored.id, [*stored.rows()]) == (plan_id, todo.plan.rows)


def test_a_job_that_is_resumed_keeps_its_plan(tmp_path, files):
    output = Output(str(tmp_path / "out"))
    plan_id = plan_round(FirstJob(files), settings()).begin(output)
    stored = load_plan(output)
    assert stored
    resumed = plan_round(Resume(stored), settings())
    assert resumed.plan.rows == plan_round(FirstJob(files), settings()).plan.rows
    assert resumed.begin(output) == plan_id


def test_another_job_is_cleared_first(tmp_path, inputs, files):
    output = run_job([inputs], tmp_path / "out")
    plan_round(FirstJob(files, clears=True), settings(id_field="key")).begin(output)
    assert sorted(os.listdir(output.root)) == ["_run"]


def test_an_addition_copies_what_is_published_before_its_plan(tmp_path, inputs):
    output = run_job([inputs], tmp_path / "out")
    write_texts(inputs, b="We met Bob.")
    stored = load_plan(output)
    assert stored
    base = make_base(load_manifest(output), [])
    files = [file for file in list_inputs([str(inputs)]).files if file.stored.uri.endswith("b.txt")]
    todo = plan_round(Addition(files, [], base, stored.kept, "1 input new"), settings())
    assert {row.group for row in todo.plan.rows} == {1}
    todo.begin(output)
    copies = os.listdir(f"{output.root}/_run/base/{base.id}")
    assert {"manifest.json", "parts.parquet", "inputs.parquet"} <= {*copies}


def test_an_output_that_cannot_be_written_is_named(tmp_path, files):
    (tmp_path / "file").write_text("x")
    output = Output(str(tmp_path / "file"))
    with pytest.raises(UsageError, match=r"--output .*/file cannot be written: NotADirectoryError"):
        plan_round(FirstJob(files), settings()).begin(output)
