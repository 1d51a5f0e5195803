"""ReadPlan: the plan's rows, from the file that holds them, dealt out to the workers."""

from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from transforms.records import Extent, PlanRow
from transforms.storage import Output

PLAN_PATH = "_run/plan.parquet"


@dataclass(eq=False, kw_only=True)
class ReadPlan(beam.PTransform):
    """Reads the plan from the output: a file, since the job's graph must stay small."""

    output: Output

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection[PlanRow]:
        return (
            root
            | "ReadFile" >> beam.io.ReadFromParquet(self.output.uri(PLAN_PATH))
            | "Parse" >> beam.Map(parse_row)
            | "Deal" >> beam.Reshuffle()
        )


def parse_row(row: dict[str, Any]) -> PlanRow:
    extents = [Extent(**extent) for extent in row["extents"]]
    return PlanRow(**{**row, "extents": extents})
