import pyarrow.parquet as pq

from pipeline.plan.inputs import InputFile, list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import load_plan, save_plan
from tests.fakes import settings
from transforms.files.places import StoredFile
from transforms.output.output import Output
from transforms.output.published import Base


def test_a_plan_comes_back_as_it_was(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    files = list_inputs([str(tmp_path / "a.txt")]).files
    for base in (None, Base("0123456789abcdef", 7, True)):
        plan = make_plan(files, settings(), base)
        output = Output(str(tmp_path / "out"))
        plan_id = save_plan(output, plan)
        stored = load_plan(output)
        assert stored
        assert stored.id == plan_id
        assert stored.plan(plan.settings) == plan
        assert stored.settings == plan.settings.as_json()


def test_equal_plans_are_equal_files_and_have_one_name(tmp_path):
    for i in range(70):
        (tmp_path / f"{i:02}.txt").write_text("a")
    files = list_inputs([str(tmp_path / "*.txt")]).files
    output = Output(str(tmp_path / "out"))
    names = [
        save_plan(output, make_plan(files, settings(block_bytes=1, line_breaks=breaks), base))
        for breaks, base in (
            ("auto", None),
            ("auto", None),
            ("wrapped", None),
            ("auto", Base("0", 1, False)),
            ("auto", Base("1", 1, False)),
        )
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 4


def test_a_row_group_of_the_plan_has_few_extents_however_many_a_row_has(tmp_path):
    gone = (StoredFile(str(tmp_path / f"{i}.txt"), 1, "v") for i in range(25_000))
    plan = make_plan([InputFile(stored, "txt", "") for stored in gone], settings())
    output = Output(str(tmp_path))
    save_plan(output, plan)
    # A worker has few in memory at once when it reads them.
    groups = pq.read_metadata(tmp_path / "_run" / "plan.parquet")
    assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [1, 1, 1]
    stored = load_plan(output)
    assert stored
    assert [*stored.rows()] == plan.rows


def test_a_small_corpus_keeps_its_size_of_blocks(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    plan = make_plan(list_inputs([str(tmp_path / "a.txt")]).files, settings())
    output = Output(str(tmp_path / "out"))
    save_plan(output, plan)
    stored = load_plan(output)
    assert stored
    assert stored.block_bytes == plan.block_bytes < plan.settings.block_bytes


def test_a_plan_that_tells_no_size_of_blocks_has_that_of_its_settings(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    plan = make_plan(list_inputs([str(tmp_path / "a.txt")]).files, settings())
    output = Output(str(tmp_path / "out"))
    save_plan(output, plan)
    path = tmp_path / "out" / "_run" / "plan.parquet"
    table = pq.read_table(path)
    others = {
        k: v for k, v in table.schema.metadata.items() if k not in (b"block_bytes", b"sha256")
    }
    pq.write_table(table.replace_schema_metadata(others), path)
    stored = load_plan(output)
    assert stored
    assert stored.block_bytes == plan.settings.block_bytes
