"""The made-up store is asked as a bucket is, and every step prints what it took."""

from pathlib import Path

import pytest

from benchmarks.many_inputs import (
    SCHEME,
    TEXT,
    Steps,
    make_receipt,
    register_transport,
    time_merging,
    time_plan,
    time_rows,
)
from pipeline.plan.inputs import list_inputs
from transforms.files.storage import open_input
from transforms.output.output import Output

CLEAR_REFS = Path("/proc/self/clear_refs")


@pytest.fixture(autouse=True, scope="module")
def transport():
    register_transport()


def test_a_store_has_as_many_equal_texts_as_its_place_says():
    files = list_inputs([f"{SCHEME}://7/"]).files
    assert len({file.stored.uri for file in files}) == 7
    assert {file.stored.size for file in files} == {len(TEXT)}
    with open_input(files[-1].stored.uri) as stream:
        assert stream.read() == TEXT


@pytest.mark.skipif(not CLEAR_REFS.exists(), reason="memory is measured on Linux only")
def test_every_step_has_a_row_of_four_figures(tmp_path, capsys):
    steps, output = Steps(), Output(str(tmp_path))
    time_rows(steps, output, files=2)
    time_plan(steps, output, inputs=30)
    time_merging(steps, output, blocks=256)
    title, *rows = capsys.readouterr().out.splitlines()
    assert title[58:].split() == ["seconds", "CPU", "peak", "MB", "held", "MB"]
    [told] = (row for row in rows if row.startswith("1 blocks, 30 files, 90,000 bytes; "))
    rows.remove(told)
    assert len(rows) == 8
    for row in rows:
        assert len([float(figure) for figure in row[58:].split()]) == 4


def test_a_receipt_counts_its_inputs():
    receipt = make_receipt(300, 3)
    assert receipt.group == 1
    assert len(receipt.inputs) == 3
