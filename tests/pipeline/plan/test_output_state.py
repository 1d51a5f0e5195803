"""What an output holds, looked at without writing."""

import pytest

from pipeline.plan.clear import clear_staging
from pipeline.plan.inputs import list_inputs
from pipeline.plan.output_state import OutputState, look
from tests.fakes import settings, write_texts
from tests.jobs import run_job
from transforms.output.output import Output


@pytest.fixture
def inputs(tmp_path):
    return write_texts(tmp_path / "in", a="We met Ann.", b="We met Bob.")


def files_in(folder):
    return list_inputs([str(folder)]).files


def test_a_place_that_is_not_there_is_empty(tmp_path, inputs):
    state = look(Output(str(tmp_path / "out")), files_in(inputs), settings())
    assert state == OutputState()
    assert not state.is_complete
    assert not (tmp_path / "out").exists()


def test_what_no_job_wrote_is_seen(tmp_path, inputs):
    (tmp_path / "out" / "documents").mkdir(parents=True)
    (tmp_path / "out" / "documents" / "thesis.docx").write_text("x")
    assert look(Output(str(tmp_path / "out")), files_in(inputs), settings()).foreign == "documents/"


def test_a_finished_job_is_complete_with_its_inputs(tmp_path, inputs):
    output = run_job([inputs], tmp_path / "out")
    state = look(output, files_in(inputs), settings())
    assert state.is_complete
    assert state.broken is None
    assert state.published is not None
    assert state.published["uri"].to_pylist() == [f"{inputs}/a.txt", f"{inputs}/b.txt"]


@pytest.mark.parametrize("name", ["parts.parquet", "inputs.parquet", "_run/plan.parquet"])
def test_what_a_finished_job_lacks_is_named(tmp_path, inputs, name):
    output = run_job([inputs], tmp_path / "out")
    output.remove(name)
    assert look(output, files_in(inputs), settings()).damage == {name: "is gone"}


@pytest.mark.parametrize("name", ["manifest.json", "_run/plan.parquet"])
def test_what_cannot_be_read_is_damage(tmp_path, inputs, name):
    output = run_job([inputs], tmp_path / "out")
    output.put(name, b"{")
    state = look(output, files_in(inputs), settings())
    assert state.damage[name].startswith("cannot be read: ")


def test_a_plan_that_cannot_be_read_is_broken_where_nothing_is_published(tmp_path, inputs):
    output = Output(str(tmp_path / "out"))
    output.put("_run/plan.parquet", b"removed")
    state = look(output, files_in(inputs), settings())
    assert str(state.broken).startswith("its _run/plan.parquet cannot be read: ")
    assert state.damage == {}


def test_a_file_with_the_name_of_a_part_that_nobody_lists_is_a_stray(tmp_path, inputs):
    output = run_job([inputs], tmp_path / "out")
    clear_staging(output)
    output.put("entities/part-00009.parquet", b"x")
    state = look(output, files_in(inputs), settings())
    assert (state.damage, state.strays) == ({}, ["entities/part-00009.parquet"])


def test_a_job_that_was_not_finished_is_not_complete(tmp_path, inputs):
    output = run_job([inputs], tmp_path / "out")
    output.remove("manifest.json")
    state = look(output, files_in(inputs), settings())
    assert state.stored
    assert not state.is_complete


def test_only_a_job_with_a_limit_is_planned_to_be_compared(tmp_path, inputs):
    output = run_job([inputs], tmp_path / "out", limit=1)
    limited = look(output, files_in(inputs), settings(limit=1)).limited
    assert limited
    assert [*limited] == [f"{inputs}/a.txt"]
    assert look(output, files_in(inputs), settings(limit=1, id_field="key")).limited is None
