"""The files that list the others: each tells whether another is what was written."""

import json

import pytest

from pipeline.plan.clear import clear_staging
from pipeline.plan.inputs import list_inputs
from pipeline.plan.lists import read_lists
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import save_plan
from tests.fakes import settings, write_texts
from tests.jobs import run_job
from transforms.output.copies import save_copy


@pytest.fixture
def output(tmp_path):
    """A job that has ended, as its launcher leaves it but for the copies."""
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    clear_staging(output)
    return output


def test_a_finished_job_is_complete_and_sound(output):
    lists = read_lists(output)
    assert lists.is_complete
    assert lists.is_published
    assert lists.damage == {}


def test_an_empty_place_has_published_nothing(tmp_path, output):
    output.remove("")
    lists = read_lists(output)
    assert not lists.is_published
    assert lists.damage == {}


@pytest.mark.parametrize(
    "path", ["manifest.json", "_run/plan.parquet", "inputs.parquet", "parts.parquet"]
)
def test_what_is_gone_is_named(output, path):
    output.remove(path)
    assert read_lists(output).damage == {path: "is gone"}


def test_a_job_that_was_killed_before_its_manifest_is_not_damaged(output):
    stored = read_lists(output).stored
    assert stored
    output.put(f"_run/receipts/{stored.id}/0/0.json", b"{}")
    output.remove("manifest.json")
    lists = read_lists(output)
    assert (lists.is_published, lists.damage) == (False, {})


@pytest.mark.parametrize("place", [10, -40])
@pytest.mark.parametrize("is_published", [True, False])
def test_a_plan_with_a_flipped_bit_was_altered(output, place, is_published):
    if not is_published:
        output.remove("manifest.json")
        output.remove("parts.parquet")
    data = bytearray(output.require("_run/plan.parquet"))
    data[place] ^= 1
    output.put("_run/plan.parquet", bytes(data))
    assert [*read_lists(output).damage] == ["_run/plan.parquet"]


def test_a_plan_whose_manifest_is_of_another_run_is_overtaken_and_not_damaged(output, tmp_path):
    inputs = [write_texts(tmp_path / "others", b="We met Bob.")]
    save_plan(output, make_plan(list_inputs([str(inputs[0])]).files, settings()))
    lists = read_lists(output)
    assert (lists.is_overtaken, lists.is_complete, lists.damage) == (True, True, {})


@pytest.mark.parametrize("name", ["plan", "offset_unit"])
def test_the_copy_tells_whichever_entry_of_the_manifest_was_altered(output, name):
    save_copy(output)
    manifest = json.loads(output.require("manifest.json"))
    output.put("manifest.json", json.dumps(manifest | {name: "x"}).encode())
    lists = read_lists(output)
    assert lists.damage == {"manifest.json": "has other bytes than were written"}
    assert lists.copy
    assert lists.copy.manifest == manifest
