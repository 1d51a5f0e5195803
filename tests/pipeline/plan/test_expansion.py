"""How long compressed inputs get is measured, where they can be read."""

import gzip
import lzma

import pytest

from pipeline.plan.expansion import measure_expansion, spread
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import EXPANSION, make_plan
from tests.fakes import settings

LINE = b'{"text": "We met Ann."}\n'


def plan_of(folder):
    return make_plan(list_inputs([str(folder)]).files, settings())


def test_it_is_the_mean_of_the_inputs(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINE * 100, compresslevel=0))
    packed = lzma.compress(LINE * 10_000)
    (tmp_path / "b.jsonl.xz").write_bytes(packed)
    alone = len(LINE) * 10_000 / len(packed)
    assert measure_expansion(plan_of(tmp_path)) == pytest.approx((1 + alone) / 2, rel=0.02)


def test_what_cannot_be_read_says_nothing(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(LINE)
    (tmp_path / "b.jsonl.gz").write_bytes(b"no gzip")
    assert measure_expansion(plan_of(tmp_path)) == EXPANSION


def test_a_corpus_that_compresses_well_has_more_blocks(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINE * 40_000))
    plan = plan_of(tmp_path)
    assert plan.count_blocks() == 1
    assert plan.count_blocks(measure_expansion(plan)) == 8  # of 128 KiB


@pytest.mark.parametrize(
    ("count", "spread_out"),
    [(1, [5]), (3, [1, 5, 8]), (10, [*range(10)]), (20, [*range(10)])],
)
def test_some_are_taken_from_all_over(count, spread_out):
    assert spread([*range(10)], count) == spread_out
