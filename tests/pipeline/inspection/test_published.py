"""What was published last is found, whatever became of the files that tell it."""

import pyarrow as pa
import pytest

from pipeline.errors import DamagedError
from pipeline.inspection.published import find_published
from pipeline.plan.clear import clear_staging
from pipeline.plan.lists import read_lists
from tests.fakes import settings, write_texts
from tests.jobs import run_job
from transforms.output.copies import COPIED, save_copy


@pytest.fixture
def output(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    clear_staging(output)
    return output


def find(output):
    return find_published(output, read_lists(output))


@pytest.mark.parametrize("path", COPIED)
def test_a_file_that_is_damaged_is_found_in_the_copy(output, path):
    save_copy(output)
    data = {each: output.require(each) for each in COPIED}
    before = find(output)
    output.put(path, b"x")
    after = find(output)
    assert after.data | {path: data[path]} == before.data | {path: data[path]}
    assert (after.manifest, after.settings, after.parts) == (
        before.manifest,
        before.settings,
        before.parts,
    )
    assert after.inputs == before.inputs


def test_without_a_plan_the_manifest_tells_the_settings(output):
    before = find(output)
    output.remove("_run/plan.parquet")
    after = find(output)
    assert after.stored is None
    assert after.settings == before.settings == settings()
    assert after.kept == pa.schema([])


def test_without_parts_parquet_the_files_tell_it(output):
    before = find(output)
    output.remove("parts.parquet")
    assert find(output).data == before.data
    output.remove("entities/part-00000.parquet")
    with pytest.raises(DamagedError, match=r"parts.parquet is damaged, and there is no copy"):
        find(output)
