"""ReadPlan: reads the rows of the plan from its file, and deals them out to the workers."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam
import pyarrow.parquet as pq

from transforms.files.remote import patiently
from transforms.output.layout import PLAN_PATH
from transforms.output.output import Output
from transforms.records import Extent, PlanRow

# Few rows are read at once, since each may have thousands of extents.
_BATCH_ROWS = 64


@dataclass(eq=False, kw_only=True)
class ReadPlan(beam.PTransform):
    """Reads the plan from a file of the output, which keeps the job's graph small.

    Attributes:
      readers: how many processes there are; None if that is not known.
    """

    output: Output
    readers: int | None = None

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection[PlanRow]:
        return (
            root
            | "NamePlan" >> beam.Create([PLAN_PATH])
            # Beam's ReadFromParquet would find no bucket on a worker that has no options.
            | "ReadFile" >> beam.FlatMap(read_rows, self.output, self.readers)
            | "Deal" >> beam.Reshuffle()
        )


def read_rows(path: str, output: Output, readers: int | None = None) -> Iterator[PlanRow]:
    """Yields the rows of a plan's file.

    Each stripe of a stream reads all of it. So it gets no more stripes than there are `readers`;
    its blocks stay the same.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError: the store has failed for a while.
    """
    data = patiently(lambda: output.require(path))
    for batch in pq.ParquetFile(io.BytesIO(data)).iter_batches(_BATCH_ROWS):
        for row in map(parse_row, batch.to_pylist()):
            stripes = min(row.stripes, readers or row.stripes)
            if row.stripe < stripes:
                yield replace(row, stripes=stripes)


def parse_row(row: dict[str, Any]) -> PlanRow:
    """Makes a plan row of the values that its file holds."""
    extents = [Extent(**extent) for extent in row["extents"]]
    return PlanRow(**{**row, "extents": extents})
