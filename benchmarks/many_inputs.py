"""Measures the time and memory of a job's own bookkeeping: a million inputs, 300,000 blocks.

    python -m benchmarks.many_inputs [--inputs 1000000] [--receipts 300000] [Beam's flags]

The inputs lie in a store that makes them up: it is asked as a bucket is, through Beam's
filesystems and smart-open, but answers at once. Every input is a .txt of 3,000 bytes. A step's
memory is the most that this process held during it, and what it held after, over what it held when
the first step began. With Beam's flags (--runner=PrismRunner --prism_location=...), the plan and
the receipts go through that runner too, whose own memory comes on top.
"""

import argparse
import functools
import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, TypeVar

import apache_beam as beam
import pyarrow as pa
import smart_open.transport
from apache_beam.io.filesystem import FileMetadata, FileSystem
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions

from pipeline.plan.changes import find_changes
from pipeline.plan.inputs import InputFile, list_inputs
from pipeline.plan.plan import Plan, make_plan
from pipeline.plan.plan_file import save_plan
from pipeline.settings import Settings
from transforms.files.places import StoredFile
from transforms.output.layout import PLAN_PATH, block_id
from transforms.output.output import Output, sha256
from transforms.output.published import Turn, load_manifest, make_base, save_base
from transforms.output.tables import table_schemas, to_parquet
from transforms.publish_tables import PublishTables, publish_group
from transforms.read_plan import ReadPlan, plan_id_of
from transforms.records import (
    DOCUMENTS_SCHEMA,
    InputCount,
    InputStatus,
    Receipt,
    TableFile,
    document_key,
)
from transforms.write_manifest import WriteManifest, write_manifest

SCHEME = "made-up"
TEXT = b"QUITO - Ana Duran of Kestrel Robotics opened a plant in Ecuador on Monday.\n" * 40
BLOCKS_A_GROUP = 256
PLAN_ID = "published"
SCHEMAS = table_schemas(pa.schema([]), {})

Result = TypeVar("Result")


class MadeUpStore(FileSystem):
    """A bucket of as many equal texts as the place names: `made-up://1000000/`."""

    @classmethod
    def scheme(cls) -> str:
        return SCHEME

    def has_dirs(self) -> bool:
        return False

    def split(self, path: str) -> tuple[str, str]:
        head, _, tail = path.rpartition("/")
        return head, tail

    def _list(self, dir_or_prefix: str) -> Iterator[FileMetadata]:
        count = int(dir_or_prefix.removeprefix(f"{SCHEME}://").partition("/")[0])
        for i in range(count):
            folder = f"{SCHEME}://{count}/news-archive/{i // 10_000:05d}"
            yield self.metadata(f"{folder}/article-{i:09d}.txt")

    def metadata(self, path: str) -> FileMetadata:
        modified = int(path[-13:-4])  # as many seconds as the article's number
        return FileMetadata(path, len(TEXT), 1.7e9 + modified)

    def exists(self, path: str) -> bool:
        return path.endswith(".txt")

    def _refuse(self, *arguments: Any, **options: Any) -> Any:
        raise NotImplementedError("its files are only listed; smart-open opens them")

    join = mkdirs = create = open = copy = rename = size = last_updated = delete = _refuse


@functools.cache  # smart-open takes it only once
def register_transport() -> None:
    """Makes smart-open give the text for whatever is opened."""

    def open_uri(uri: str, mode: str, transport_params: dict[str, Any]) -> io.BytesIO:
        return io.BytesIO(TEXT)

    def parse_uri(uri: str) -> dict[str, str]:
        return {"scheme": SCHEME, "uri_path": uri}

    transport: Any = SimpleNamespace(
        __name__="made_up", SCHEME=SCHEME, open=open_uri, open_uri=open_uri, parse_uri=parse_uri
    )
    smart_open.transport.register_transport(transport)


class Steps:
    """Prints a line a step: its seconds, those of the processor, and the memory that it took."""

    def __init__(self) -> None:
        self._before = held_bytes("VmRSS")
        print(f"{'step':58} {'seconds':>8} {'CPU':>8} {'peak MB':>8} {'held MB':>8}")

    def take(self, name: str, work: Callable[[], Result]) -> Result:
        forget_peak()
        start, start_cpu = time.perf_counter(), time.process_time()
        result = work()
        seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        figures = (held_bytes(field) - self._before for field in ("VmHWM", "VmRSS"))
        peak, held = (figure / 1e6 for figure in figures)
        print(f"{name:58} {seconds:8.1f} {cpu:8.1f} {peak:8.0f} {held:8.0f}", flush=True)
        return result


def held_bytes(field: str) -> int:
    """Reads how much memory this process holds (VmRSS), or held at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = (line for line in lines if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    arguments, others = parse_arguments()
    register_transport()
    runners = {"in-process": ["--runner=FnApiRunner"]}
    if others:
        name = PipelineOptions(others).view_as(StandardOptions).runner or "Beam's default"
        runners[name] = others
    with TemporaryDirectory() as folder:
        steps = Steps()
        output = Output(folder)
        time_rows(steps, output)
        time_plan(steps, output, arguments.inputs)
        for name, flags in runners.items():
            time_dealing(steps, output, name, flags)
            time_publishing(steps, output, name, flags, arguments.receipts, arguments.inputs)
        time_addition(steps, output)
        time_merging(steps, output)


def parse_arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--receipts", type=int, default=300_000)
    return parser.parse_known_args()


def time_rows(steps: Steps, output: Output, files: int = 1000) -> None:
    """Plans files of 1 GiB, which make many rows of one extent; small files make few of many."""
    names = (f"/news-archive/part-{i:05d}.jsonl" for i in range(files))
    inputs = [InputFile(StoredFile(name, 1 << 30, "v"), "jsonl", "") for name in names]
    plan = steps.take(f"plan {files:,} files of 1 GiB", lambda: make_plan(inputs, Settings()))
    steps.take(f"save their {len(plan.rows):,} rows", lambda: save_plan(output, plan))


def time_plan(steps: Steps, output: Output, inputs: int) -> None:
    settings = Settings()
    pattern = f"{SCHEME}://{inputs}/"
    listing = steps.take(f"list {inputs:,} inputs", lambda: list_inputs([pattern]))
    plan = steps.take("plan them", lambda: make_plan(listing.files, settings))
    steps.take("save the plan", lambda: save_plan(output, plan))
    published = pa.table(
        {
            "uri": [file.stored.uri for file in listing.files],
            "size": [file.stored.size for file in listing.files],
            "version": [file.stored.version for file in listing.files],
            "format": [file.format + file.compression for file in listing.files],
        }
    )
    changes = steps.take("find none changed", lambda: find_changes(listing.files, published))
    assert not str(changes)
    blocks = steps.take("count its blocks, files and bytes", lambda: count(plan))
    stored = os.path.getsize(output.uri("_run/plan.parquet"))
    print(f"{blocks}; the plan's file has {stored:,} bytes")


def count(plan: Plan) -> str:
    return f"{plan.count_blocks():,} blocks, {plan.files:,} files, {plan.stored_bytes:,} bytes"


def time_dealing(steps: Steps, output: Output, runner: str, flags: list[str]) -> None:
    plan_id = plan_id_of(output.require(PLAN_PATH))

    def deal() -> None:
        with beam.Pipeline(options=PipelineOptions(flags)) as pipeline:
            rows = pipeline | ReadPlan(output=output, plan_id=plan_id)
            _ = rows | beam.Map(lambda row: len(row.extents)) | beam.CombineGlobally(sum)

    steps.take(f"{runner}: deal out the plan", deal)


def time_publishing(
    steps: Steps, output: Output, runner: str, flags: list[str], receipts: int, inputs: int
) -> None:
    turn = Turn(output, PLAN_ID, None)

    def publish() -> None:
        with beam.Pipeline(options=PipelineOptions(flags)) as pipeline:
            made = (
                pipeline
                | beam.Create(range(receipts))
                | beam.Map(make_receipt, max(1, inputs // receipts)).with_output_types(Receipt)
            )
            _ = (
                (made,)
                | PublishTables(schemas=SCHEMAS, turn=turn)
                | WriteManifest(
                    schemas=SCHEMAS, header={"plan": PLAN_ID, "next_group": 1}, turn=turn
                )
            )

    steps.take(f"{runner}: publish {receipts:,} receipts without staged files", publish)


def time_addition(steps: Steps, output: Output) -> None:
    """Adds a block to what was published."""
    manifest = load_manifest(output)
    inputs = manifest["counts"]["inputs"]
    base = make_base(manifest, [])
    steps.take(f"copy {inputs:,} published inputs", lambda: save_base(output, base, []))
    summary = publish_group([make_receipt(BLOCKS_A_GROUP, 0)], output, SCHEMAS)
    header = {"plan": "added", "next_group": 2}
    turn = Turn(output, "added", base)
    steps.take(
        f"write the manifest of {inputs:,} inputs and one more block",
        lambda: write_manifest([summary], SCHEMAS, header, turn),
    )


def make_receipt(block: int, inputs: int, staged: Sequence[TableFile] = ()) -> Receipt:
    """Makes the receipt of a block of small inputs."""
    version = "2024-01-09T08:00:00.000001+00:00"
    folder = f"{SCHEME}://{inputs}/news-archive/{block // 1000:05d}"
    counts = [
        InputCount(
            f"{folder}/{block}-{i}.txt", len(TEXT), version, "txt", InputStatus.COMPLETE, 1, 1, 0, 0
        )
        for i in range(inputs)
    ]
    return Receipt(
        block_id(block, 0, 0),
        block // BLOCKS_A_GROUP,
        0,
        [*staged],
        counts,
        sentences=25,
        words=500,
    )


def time_merging(steps: Steps, output: Output, blocks: int = 10 * BLOCKS_A_GROUP) -> None:
    """Publishes blocks of one row, which tells what a staged file costs whatever it holds."""
    told = ("en", 0.99, True)  # language, language_share, tagged
    values = (document_key("", 0), "id", "uri", 0, None, "", 0, *told, 0, 0, 0, 0, "model")
    row = dict(zip(DOCUMENTS_SCHEMA.names, values, strict=True))
    data = to_parquet(pa.Table.from_pylist([row], DOCUMENTS_SCHEMA))
    staged = [TableFile("documents", "_run/staged.parquet", 1, len(data), sha256(data))]
    output.put(staged[0].path, data)

    def merge() -> None:
        for first in range(0, blocks, BLOCKS_A_GROUP):
            group = [make_receipt(first + i, 1, staged) for i in range(BLOCKS_A_GROUP)]
            publish_group(group, output, SCHEMAS)

    steps.take(f"merge {blocks:,} staged files of one row", merge)


if __name__ == "__main__":
    main()
