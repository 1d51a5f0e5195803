"""The rows of a plan come out of its file as they were put in."""

import dataclasses

import pyarrow as pa
import pytest
from apache_beam.testing.test_pipeline import TestPipeline
from apache_beam.testing.util import assert_that, equal_to

from transforms.output.layout import PLAN_PATH
from transforms.output.output import Output
from transforms.output.published import OvertakenError
from transforms.output.tables import to_parquet
from transforms.read_plan import ReadPlan, plan_id_of, read_rows
from transforms.records import PLAN_SCHEMA, Extent, PlanRow

ROWS = [
    PlanRow(
        first=number,
        stripe=number % 3,
        stripes=3,
        group=number // 7,
        extents=[Extent(f"{number}.csv", "csv", ".gz", 2**40, "v1", 0, -1)] * (1 + number % 2),
    )
    for number in range(150)
]


@pytest.fixture
def output(tmp_path) -> Output:
    output = Output(str(tmp_path))
    table = pa.Table.from_pylist([dataclasses.asdict(row) for row in ROWS], PLAN_SCHEMA)
    output.put(PLAN_PATH, to_parquet(table))
    return output


@pytest.fixture
def plan_id(output) -> str:
    return plan_id_of(output.require(PLAN_PATH))


def test_rows_are_read_in_their_order(output, plan_id):
    assert list(read_rows(PLAN_PATH, output, plan_id)) == ROWS


def test_a_stream_has_no_more_stripes_than_there_are_processes(output, plan_id):
    assert {row.stripe for row in read_rows(PLAN_PATH, output, plan_id, readers=1)} == {0}
    two = list(read_rows(PLAN_PATH, output, plan_id, readers=2))
    assert two == [dataclasses.replace(row, stripes=2) for row in ROWS if row.stripe < 2]
    assert list(read_rows(PLAN_PATH, output, plan_id, readers=8)) == ROWS


def test_the_transform_deals_out_every_row_once(output, plan_id):
    with TestPipeline() as pipeline:
        assert_that(pipeline | ReadPlan(output=output, plan_id=plan_id), equal_to(ROWS))


def test_an_output_without_a_plan_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=PLAN_PATH):
        list(read_rows(PLAN_PATH, Output(str(tmp_path)), "plan"))


def test_rows_of_another_plan_are_none_of_the_job(output):
    with pytest.raises(OvertakenError, match="another run has stored its plan"):
        list(read_rows(PLAN_PATH, output, "0" * 16))
