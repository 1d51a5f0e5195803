"""What a repair does follows from what is wrong."""

import pytest

from pipeline.errors import DamagedError
from pipeline.inspection.inspect_output import inspect_output
from pipeline.inspection.mend import (
    find_sources,
    move_strays,
    needs_round,
    plan_repair,
    refuse_loss,
    restore_lists,
)
from pipeline.plan.clear import clear_staging
from tests.fakes import settings, write_texts
from tests.jobs import run_job
from transforms.output.copies import save_copy
from transforms.output.published import load_manifest, load_parts


@pytest.fixture
def output(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.", b="in kaboom", c="nobody")
    output = run_job([inputs], tmp_path / "out")
    clear_staging(output)
    save_copy(output)
    return output


def test_what_there_are_copies_of_needs_no_round(output):
    sound = output.require("inputs.parquet")
    assert not needs_round(inspect_output(output))
    output.put("inputs.parquet", b"x")
    found = inspect_output(output)
    assert not needs_round(found)
    assert restore_lists(output, found) == ["inputs.parquet"]
    assert output.require("inputs.parquet") == sound


def test_a_round_tags_the_inputs_whose_rows_are_lost_and_adds_to_the_rest(output):
    output.remove("entities/part-00000.parquet")
    found = inspect_output(output)
    assert needs_round(found)
    todo = plan_repair(found, find_sources(found), settings())
    assert [e.uri.rpartition("/")[2] for row in todo.plan.rows for e in row.extents] == ["a.txt"]
    assert [uri.rpartition("/")[2] for uri in todo.dropped] == ["a.txt"]
    todo.begin(output)
    base = todo.plan.base
    assert base
    assert (base.first_group, base.drops) == (1, True)
    assert [part.table for part in load_parts(output, base)] == [
        "sentences",
        "documents",
        "rejects",
    ]
    assert load_manifest(output, base)["counts"]["entities_by_label"] == {}
    # Whoever is killed now goes on with it.
    assert plan_repair(inspect_output(output), find_sources(found), settings()).stored


def test_inputs_that_are_gone_are_not_dropped_unasked(output, tmp_path):
    (tmp_path / "in" / "a.txt").unlink()
    output.remove("entities/part-00000.parquet")
    sources = find_sources(inspect_output(output))
    assert [uri.rpartition("/")[2] for uri in sources.lost] == ["a.txt"]
    assert [file.stored.uri for file in sources.files] == sources.lost
    with pytest.raises(DamagedError, match=r"1 input with lost rows cannot be read any more \(.*a"):
        refuse_loss(sources)


def test_strays_are_moved_and_not_deleted(output):
    output.put("entities/part-00009.parquet", b"mine")
    move_strays(output, inspect_output(output).strays)
    assert output.get("entities/part-00009.parquet") is None
    assert output.get("_run/strays/entities/part-00009.parquet") == b"mine"
    assert inspect_output(output).is_sound
