"""The main job, from checked options to tables: plan, run on a runner, sum up."""

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineState

from pipeline.errors import DONE, FAILED, TOO_MANY_REJECTS, UsageError
from pipeline.graph import Job, build
from pipeline.inputs import list_inputs
from pipeline.kept import kept_schema
from pipeline.plan import Plan, make_plan, plan_differences, save_plan
from pipeline.progress import Progress, clock
from pipeline.settings import Settings
from pipeline.summary import load_manifest, reject_ratio, summarise
from transforms.manifest import INPUTS_PATH, MANIFEST_PATH, PARTS_PATH
from transforms.model.checkpoint import Checkpoint, CheckpointError, resolve_checkpoint
from transforms.model.tagger import DeviceError, load_tagger, resolve_device, resolve_precision
from transforms.read import read_blocks
from transforms.records import TABLES, Block
from transforms.split import split_block
from transforms.storage import Output, exists, normalise
from transforms.tag import tag_block

IN_PROCESS = "FnApiRunner"
_STAGING = ("_run/parts", "_run/receipts", "_run/tmp")
# The manifest goes first, so that nobody takes what is left for a complete run.
_OURS = (MANIFEST_PATH, PARTS_PATH, INPUTS_PATH, *TABLES, "_run")
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOWN_DIFFERENCES = 10
_SPEED_SAMPLE_CHARS = 20_000


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """A job as the command line gives it; `settings` does not know the model yet."""

    input: tuple[str, ...]
    output: str
    settings: Settings
    model: str | None = None
    model_revision: str | None = None
    label_names: tuple[str, ...] = ()
    device: str = "auto"
    precision: str = "auto"
    token_budget: int | None = None
    workers: int = 1
    overwrite: bool = False
    plan_only: bool = False
    max_reject_ratio: float = 0.05
    beam_flags: tuple[str, ...] = ()


def run(options: RunOptions) -> int:
    """Runs a job to its end; returns the exit code.

    Raises:
      UsageError: before anything is read, where settings or inputs cannot be right.
    """
    FileSystems.set_options(_beam_options(options))
    output = Output(normalise(options.output))
    checkpoint = _resolve_model(options)
    device, precision = _resolve_device(options)
    settings = replace(
        options.settings,
        model=checkpoint.name,
        model_revision=checkpoint.revision,
        model_fingerprint=checkpoint.fingerprint,
        labels=checkpoint.labels,
        precision=precision,
    )
    loader = partial(
        load_tagger,
        checkpoint,
        device=device,
        precision=settings.precision,
        token_budget=options.token_budget,
        threads=max(1, _cores() // options.workers),
    )
    if options.workers == 1 and _is_local(options):
        loader()  # what cannot be loaded must not first be found by a worker
    plan, kept = _plan(options, output, settings)
    job = Job(output=output, settings=settings, kept_schema=kept, load_tagger=loader)
    if options.plan_only:
        print(_describe(plan, job, options.workers))
        return DONE
    if _prepare(output, plan, options.overwrite):
        if not _run_graph(job, plan, options):
            return FAILED
    else:
        print(f"{output.root} is complete: the same inputs and settings, nothing to do")
    return _finish(output, options)


def _resolve_model(options: RunOptions) -> Checkpoint:
    try:
        return resolve_checkpoint(options.model, options.model_revision, options.label_names)
    except CheckpointError as error:
        raise UsageError(f"--model: {error}") from error


def _resolve_device(options: RunOptions) -> tuple[str, str]:
    try:
        device = resolve_device(options.device)
        return device, resolve_precision(options.precision, device)
    except DeviceError as error:
        raise UsageError(f"--device {options.device}: {error}") from error


def _plan(options: RunOptions, output: Output, settings: Settings) -> tuple[Plan, pa.Schema]:
    listing = list_inputs(options.input, settings.format)
    if listing.passed_over:
        print(f"{listing.passed_over} files whose name tells no format are passed over")
    root = output.root.rstrip("/") + "/"
    inside = [file.stored.uri for file in listing.files if file.stored.uri.startswith(root)]
    if inside:
        raise UsageError(f"--output {options.output} holds the input {inside[0]}")
    return make_plan(listing.files, settings), kept_schema(listing.files, settings)


def _describe(plan: Plan, job: Job, workers: int) -> str:
    """Says what a job would do; its time is measured on the first of its text."""
    tagger = job.load_tagger()
    block = next(read_blocks(plan.rows[0], plan.settings.fields, job.kept_schema))
    assert isinstance(block, Block)
    sample, chars = _beginning(block, _SPEED_SAMPLE_CHARS)
    start = time.monotonic()
    tag_block(split_block(sample, plan.settings.line_breaks), tagger)
    seconds = time.monotonic() - start
    all_chars = sum(len(field.text) for document in block.documents for field in document.fields)
    total = seconds * all_chars / max(1, chars) * plan.blocks / workers
    return (
        f"{plan.files:,} files, {plan.stored_bytes:,} bytes, about {plan.blocks:,} blocks, "
        f"{clock(total)} estimated with {workers} worker{'s' if workers > 1 else ''}"
    )


def _beginning(block: Block, chars: int) -> tuple[Block, int]:
    """Returns a block of the first documents only, and how many characters they have."""
    documents, taken = [], 0
    for document in block.documents:
        documents.append(document)
        taken += sum(len(field.text) for field in document.fields)
        if taken >= chars:
            break
    return replace(block, documents=documents), taken


def _prepare(output: Output, plan: Plan, overwrite: bool) -> bool:
    """Makes the output ready for a plan; False where it is complete already.

    Raises:
      UsageError: the output holds something else, which only --overwrite removes.
    """
    if overwrite:
        for name in _OURS:
            output.remove(name)
    else:
        found = plan_differences(output, plan)
        if found == []:
            return load_manifest(output) is None
        if found:
            shown = "; ".join(found[:_SHOWN_DIFFERENCES])
            more = len(found) - _SHOWN_DIFFERENCES
            if more > 0:
                shown += f"; and {more} more"
            raise UsageError(
                f"--output {output.root} holds another job ({shown}): choose another place, "
                "or --overwrite"
            )
        foreign = [name for name in _OURS if exists(output.uri(name)) or output.names(name)]
        if foreign:
            raise UsageError(
                f"--output {output.root} holds {foreign[0]}, and no job to go on with: choose "
                "another place, or --overwrite"
            )
    save_plan(output, plan)
    return True


def _run_graph(job: Job, plan: Plan, options: RunOptions) -> bool:
    """Runs the graph to its end; says whether all went well."""
    print(f"{plan.files:,} files, about {plan.blocks:,} blocks, into {job.output.root}")
    start = time.monotonic()
    try:
        with _loud_threads(), Progress(job.output, plan.blocks):
            pipeline = beam.Pipeline(options=_beam_options(options))
            build(pipeline, job)
            state = pipeline.run().wait_until_finish()
    except Exception:
        traceback.print_exc()
        state = None
    if state != PipelineState.DONE:
        _say_how_to_go_on(f"The job failed{f': {state}' if state else ''}.")
        return False
    print(f"done in {clock(time.monotonic() - start)}")
    return True


def _finish(output: Output, options: RunOptions) -> int:
    """Clears what the job needed while it ran, sums up, and chooses the exit code."""
    for path in _STAGING:
        output.remove(path)
    manifest = load_manifest(output)
    if manifest is None:
        raise FileNotFoundError(output.uri(MANIFEST_PATH))
    print(summarise(output, manifest))
    ratio = reject_ratio(manifest)
    if ratio > options.max_reject_ratio:
        message = f"{ratio:.1%} of the records were rejected, over --max_reject_ratio"
        print(f"{message} {options.max_reject_ratio:g}", file=sys.stderr)
        return TOO_MANY_REJECTS
    return DONE


def _is_local(options: RunOptions) -> bool:
    return not any(flag.startswith("--runner") for flag in options.beam_flags)


def _cores() -> int:
    """The cores that this process may use; a container may have fewer than its machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _beam_options(options: RunOptions) -> PipelineOptions:
    flags = [*options.beam_flags]
    if _is_local(options):
        flags.append(f"--runner={IN_PROCESS}")
        if options.workers > 1:
            flags += ["--direct_running_mode=multi_processing"]
            flags += [f"--direct_num_workers={options.workers}"]
    return PipelineOptions(flags)


@contextlib.contextmanager
def _loud_threads() -> Iterator[None]:
    """Ends the process when a thread fails, or when it is told to end.

    Beam's runner of several processes waits for ever when one of them dies: it only raises
    in a thread of its own. Every file is written whole, so the end may come at any time.
    """

    def fail(failure: threading.ExceptHookArgs) -> None:
        traceback.print_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)
        _say_how_to_go_on("A worker failed.")
        os._exit(FAILED)

    def interrupt(number: int, frame: FrameType | None) -> None:
        _say_how_to_go_on(f"\nStopped by {signal.Signals(number).name}.")
        os._exit(128 + number)

    hook, threading.excepthook = threading.excepthook, fail
    handlers = {number: signal.signal(number, interrupt) for number in _ENDING_SIGNALS}
    try:
        yield
    finally:
        threading.excepthook = hook
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _say_how_to_go_on(what: str) -> None:
    print(f"{what} The same command goes on where it stopped.", file=sys.stderr, flush=True)
