"""What is wrong with parts, as far as their names, sizes and bytes tell."""

import json

import pytest

from pipeline.errors import DamagedError, JobError
from pipeline.plan.clear import clear_staging
from pipeline.plan.damage import (
    altered_parts,
    blaming_parts,
    damaged,
    damaged_parts,
    find_unlisted,
    numbers_of,
    sizes_of_tables,
    split_unlisted,
)
from pipeline.plan.plan_file import load_plan
from tests.fakes import write_texts
from tests.jobs import run_job
from transforms.output.copies import save_copy
from transforms.output.published import load_manifest, load_parts, make_base, save_base


@pytest.fixture
def output(tmp_path):
    return run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")


def test_sound_parts_are_neither_damaged_nor_altered(output):
    parts = load_parts(output)
    assert damaged_parts(parts, sizes_of_tables(output)) == {}
    assert altered_parts(output, parts) == {}
    assert find_unlisted(parts, sizes_of_tables(output)) == []


def test_what_is_gone_or_of_another_size_is_damaged(output):
    parts = load_parts(output)
    output.remove("entities/part-00000.parquet")
    output.put("documents/part-00000.parquet", b"xyz")
    found = damaged_parts(parts, sizes_of_tables(output))
    assert found["entities/part-00000.parquet"] == "is gone"
    assert found["documents/part-00000.parquet"].startswith("has 3 bytes, where ")
    assert found.keys() == altered_parts(output, parts).keys()


def test_a_message_names_some_files_and_what_mends_them():
    message = str(damaged("/out", {f"entities/{n}": "is gone" for n in range(12)}))
    assert message.startswith("--output /out is damaged: entities/0 is gone; entities/1 is gone; ")
    assert "; and 2 more. `news-entities repair /out` mends it" in message


def split(output, *paths):
    return split_unlisted(output, paths, load_plan(output))


def test_what_nobody_lists_is_a_stray_once_the_job_has_cleared(output):
    path = "entities/month=2024-01/part-00000.parquet"
    assert split(output, path) == ([path], [])  # a try that was killed may have written it
    assert split(output, "entities/part-00009.parquet") == ([], ["entities/part-00009.parquet"])
    clear_staging(output)
    assert split(output, path) == ([], [path])


def test_what_an_older_list_names_was_left_by_a_job(output):
    clear_staging(output)
    path = "entities/part-00000.parquet"
    assert split(output, path) == ([], [path])
    save_copy(output)
    assert split(output, path) == ([path], [])


def test_numbers_are_those_of_groups_and_of_rounds():
    assert numbers_of(["entities/part-00003.parquet", "a/part-00001-r00007.parquet"]) == {3, 7}


def test_a_failed_job_blames_the_part_that_it_had_to_read(output):
    base = make_base(load_manifest(output), ["a"])
    save_base(output, base, ["a"])
    with pytest.raises(JobError), blaming_parts(output, base):
        raise JobError("failed")
    output.put("entities/part-00000.parquet", b"x")
    with (
        pytest.raises(DamagedError, match=r"entities/part-00000.parquet has other bytes"),
        blaming_parts(output, base),
    ):
        raise JobError("failed")


def test_what_another_run_has_replaced_or_cleared_up_is_no_damage(output):
    manifest = load_manifest(output)
    base = make_base(manifest, ["a"])
    save_base(output, base, ["a"])
    output.remove("entities/part-00000.parquet")
    output.put("manifest.json", json.dumps({**manifest, "plan": "another"}).encode())
    with pytest.raises(JobError), blaming_parts(output, base):
        raise JobError("failed")
    output.remove("_run/base")
    with pytest.raises(JobError), blaming_parts(output, base):
        raise JobError("failed")
