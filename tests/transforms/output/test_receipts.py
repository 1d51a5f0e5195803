"""Receipts that were left: those of another plan, and those of a job that ends in the middle."""

import shutil
from pathlib import Path

import pytest

from pipeline import launch
from pipeline.options import parse_options
from pipeline.progress import Progress
from pipeline.run import run
from tests.fakes import load_capital_tagger
from transforms.output.layout import RECEIPTS_FOLDER
from transforms.output.output import Output
from transforms.output.receipts import load_receipt, parse_receipt, save_receipt
from transforms.records import InputCount, Receipt, TableFile

MINE, OTHER = "0" * 16, "1" * 16
RECEIPT = Receipt(
    "00000007-00000-0000000",
    group=1,
    part=0,
    staged=[TableFile("entities", "a.parquet", 1, 2, "3")],
    inputs=[InputCount("a.txt", 1, "v", "txt", "complete", 1, 1, 0, 0)],
    sentences=2,
    words=3,
)


def test_the_receipts_of_another_plan_are_neither_taken_nor_counted(tmp_path):
    output = Output(str(tmp_path))
    save_receipt(output, OTHER, RECEIPT)
    assert load_receipt(output, OTHER, RECEIPT.block_id) == RECEIPT
    assert load_receipt(output, MINE, RECEIPT.block_id) is None
    progress = Progress(output, MINE, blocks=1)
    progress.look()
    assert progress.line().startswith("0 of about 1 block")


class Killed(BaseException):
    pass


def kill_after(removals, monkeypatch):
    """Ends a job when it has removed so many files."""
    left = removals

    def remove(output: Output, path: str) -> None:
        nonlocal left
        place = Path(output.uri(path))
        files = [place] if place.is_file() else sorted(place.rglob("*.*"))
        for file in files:
            if left == 0:
                raise Killed
            file.unlink()
            left -= 1

    monkeypatch.setattr(Output, "remove", remove)


@pytest.mark.parametrize("flags", [[], ["--overwrite", "--line_breaks", "wrapped"]])
def test_no_receipt_outlives_the_files_that_it_names(flags, tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
    (tmp_path / "a.txt").write_text("we met Ann.")
    out, copy = tmp_path / "out", tmp_path / "copy"
    command = ["--input", str(tmp_path / "a.txt"), "--output", str(out)]
    kill_after(0, monkeypatch)
    with pytest.raises(Killed):
        run(parse_options(command))
    out.rename(copy)
    [receipt] = (copy / RECEIPTS_FOLDER).rglob("*.json")
    staged = parse_receipt(receipt.read_bytes()).staged
    before = 2 if flags else 0  # another job's start removes the manifest and the plan first
    for removals in range(before + 1 + len(staged)):
        shutil.copytree(copy, out)
        kill_after(removals, monkeypatch)
        with pytest.raises(Killed):
            run(parse_options([*command, *flags]))
        assert sum(1 for _ in out.rglob("*.*")) == sum(1 for _ in copy.rglob("*.*")) - removals
        if (out / receipt.relative_to(copy)).exists():
            assert all((out / file.path).exists() for file in staged)
        shutil.rmtree(out)
