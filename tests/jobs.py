"""Runs whole jobs with the tagger of fakes.py, in process, and reads their tables."""

from collections.abc import Callable
from pathlib import Path

import apache_beam as beam
import duckdb
import pyarrow.parquet as pq
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.graph import Job, build
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import save_plan
from tests.fakes import load_capital_tagger, settings
from transforms.model.tags import WordTagger
from transforms.output.output import Output


def run_job(
    inputs: list[Path | str],
    output: Path | str,
    workers: int = 1,
    load_tagger: Callable[[], WordTagger] = load_capital_tagger,
    **changes: object,
) -> Output:
    """Plans and runs a job; `changes` are settings. Several workers are processes."""
    job_settings = settings(**changes)
    listing = list_inputs([str(path) for path in inputs], job_settings.format)
    out = Output(str(output))
    plan = make_plan(listing.files, job_settings)
    job = Job.of(out, plan, save_plan(out, plan), load_tagger, listing)
    flags = ["--runner=FnApiRunner"]
    if workers > 1:
        flags += ["--direct_running_mode=multi_processing", f"--direct_num_workers={workers}"]
    pipeline = beam.Pipeline(options=PipelineOptions(flags))
    build(pipeline, job)
    pipeline.run().wait_until_finish()
    return out


def read(output: Output, table: str) -> list[dict]:
    """Reads a table's rows, part after part as parts.parquet lists them."""
    parts = pq.read_table(f"{output.root}/parts.parquet").to_pylist()
    rows: list[dict] = []
    for part in parts:
        if part["table"] == table:
            path = f"{output.root}/{part['path']}"
            rows += pq.ParquetFile(path).read().to_pylist()
    return rows


def read_inputs(output: Output) -> dict[str, dict]:
    rows = pq.read_table(f"{output.root}/inputs.parquet").to_pylist()
    return {Path(row["uri"]).name: row for row in rows}


def tables_of(output: Output) -> dict[str, bytes]:
    """Returns every published file's bytes by path."""
    root = Path(output.root)
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*.parquet"))
        if "_run" not in path.parts
    }


def rows(query: str) -> list[tuple]:
    """Answers a query of SQL over the current folder."""
    return duckdb.connect().execute(query).fetchall()
