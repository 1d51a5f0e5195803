"""ReadPlan: reads the rows of the plan from its file, and deals them out to the workers."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam
import pyarrow.parquet as pq

from transforms.files.remote import patiently
from transforms.output.layout import PLAN_PATH
from transforms.output.output import Output, sha256
from transforms.output.published import OvertakenError
from transforms.records import Extent, PlanRow

# Few rows are read at once, since each may have thousands of extents.
_BATCH_ROWS = 64


@dataclass(eq=False, kw_only=True)
class ReadPlan(beam.PTransform):
    """Reads the plan from a file of the output, which keeps the job's graph small.

    Attributes:
      plan_id: the id of the plan that the job is to carry out.
      readers: how many processes there are; None if that is not known.
    """

    output: Output
    plan_id: str
    readers: int | None = None

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection[PlanRow]:
        return (
            root
            | "NamePlan" >> beam.Create([PLAN_PATH])
            # Beam's ReadFromParquet would find no bucket on a worker that has no options.
            | "ReadFile" >> beam.FlatMap(read_rows, self.output, self.plan_id, self.readers)
            | "Deal" >> beam.Reshuffle()
        )


def read_rows(
    path: str, output: Output, plan_id: str, readers: int | None = None
) -> Iterator[PlanRow]:
    """Yields the rows of a plan's file.

    Each stripe of a stream reads all of it. So it gets no more stripes than there are `readers`;
    its blocks stay the same.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError: the store has failed for a while.
      OvertakenError: another run has stored its own plan.
    """
    data = patiently(lambda: output.require(path))
    if plan_id_of(data) != plan_id:
        raise OvertakenError(f"another run has stored its plan in {output.root} meanwhile")
    for batch in pq.ParquetFile(io.BytesIO(data)).iter_batches(_BATCH_ROWS):
        for row in map(parse_row, batch.to_pylist()):
            stripes = min(row.stripes, readers or row.stripes)
            if row.stripe < stripes:
                yield replace(row, stripes=stripes)


def plan_id_of(data: bytes) -> str:
    """Returns the id of a plan's file: 16 hex digits of its bytes."""
    return sha256(data)[:16]


def parse_row(row: dict[str, Any]) -> PlanRow:
    """Makes a plan row of the values that its file holds."""
    extents = [Extent(**extent) for extent in row["extents"]]
    return PlanRow(**{**row, "extents": extents})
