"""What --overwrite may remove, and what it leaves."""

import json
from pathlib import Path

import pytest

from pipeline.plan import clear
from pipeline.plan.clear import clear_job, find_foreign, tell_contents
from transforms.output.output import Output

MANIFEST = '{"schema_version": 1, "counts": {}}'


def write(folder: Path, *names: str, content: str = "x") -> Output:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return Output(str(folder))


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("documents/thesis.docx", "documents/"),
        ("manifest.json", "manifest.json"),
        ("parts.parquet", "parts.parquet"),
        ("_run/parts/x", "_run/parts/"),
        ("notes.txt", None),
        ("_run/tmp/0", None),
    ],
)
def test_what_no_job_wrote_is_foreign_where_a_job_would_write(tmp_path, name, said):
    assert find_foreign(write(tmp_path, name)) == said


def test_beside_a_plan_or_a_manifest_nothing_is_foreign(tmp_path):
    write(tmp_path / "a", "documents/x", "_run/plan.parquet")
    assert find_foreign(Output(str(tmp_path / "a"))) is None
    write(tmp_path / "b", "documents/x")
    write(tmp_path / "b", "manifest.json", content=MANIFEST)
    assert find_foreign(Output(str(tmp_path / "b"))) is None


def test_only_what_a_job_wrote_is_removed(tmp_path):
    write(tmp_path, "manifest.json", content=MANIFEST)
    ours = (
        "parts.parquet",
        "inputs.parquet",
        "entities/part-00000.parquet",
        "sentences/month=2024-01/part-00001-0001.parquet",
        "documents/part-00000.parquet",
        "documents/month=2024-01/source=a/part-00000.parquet",
        "documents/month=2024-02/part-00000.parquet",
        "_run/receipts/0/00000.json",
        "_run/tmp/0",
    )
    theirs = ("documents/month=2024-02/mine.txt", "documents/part-of-it.parquet", "notes/a.txt")
    output = write(tmp_path, *ours, *theirs)
    clear_job(output)
    assert names(tmp_path) == sorted(
        ["_run", "_run/plan.parquet", "documents", "documents/month=2024-02", "notes", *theirs]
    )


def test_what_a_job_wrote_is_told_in_documents_and_files(tmp_path):
    manifest = json.dumps({"schema_version": 1, "counts": {"documents": 1200}})
    write(tmp_path, "manifest.json", content=manifest)
    output = write(tmp_path, "documents/part-00000.parquet", "entities/mine.parquet")
    assert tell_contents(output) == "its 1,200 documents in 1 file of tables"


def test_of_a_job_that_has_not_come_to_its_end_blocks_are_told(tmp_path):
    output = write(tmp_path, "_run/plan.parquet", "_run/receipts/0/00000/1.json")
    assert tell_contents(output) == "what it has done: 1 block, 0 files of tables"


def test_whoever_is_killed_while_clearing_may_clear_again(tmp_path, monkeypatch):
    output = write(tmp_path, "_run/plan.parquet", "documents/part-00000.parquet", "parts.parquet")

    def die(output: Output) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clear, "clear_staging", die)
    with pytest.raises(KeyboardInterrupt):
        clear_job(output)
    assert (tmp_path / "documents" / "part-00000.parquet").exists()
    assert find_foreign(output) is None
