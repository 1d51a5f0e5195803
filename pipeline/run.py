"""The main job, from checked options to tables: plan, run on a runner, sum up."""

import contextlib
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from types import FrameType
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    SetupOptions,
)
from apache_beam.runners.runner import PipelineResult, PipelineState

from pipeline.credentials import check_credentials
from pipeline.errors import DONE, FAILED, TOO_MANY_REJECTS, WRONG_USAGE, UsageError
from pipeline.estimate import describe
from pipeline.graph import Job, build
from pipeline.logs import end_process
from pipeline.metrics import RunMetrics
from pipeline.plan.clear import clear_replaced, clear_staging
from pipeline.plan.inputs import InputFile, list_inputs
from pipeline.plan.rounds import Round, next_round
from pipeline.progress import Progress, clock
from pipeline.runners import (
    IN_PROCESS,
    check_endpoint,
    check_runner,
    outlast_job,
    workers_are_here,
)
from pipeline.settings import Settings
from pipeline.summary import reject_ratios, summarise
from pipeline.wording import amount
from transforms.files.storage import normalise
from transforms.model.checkpoint import Checkpoint, resolve_checkpoint
from transforms.model.cores import usable_cores
from transforms.model.devices import resolve_device, resolve_precision
from transforms.model.errors import CheckpointError, DeviceError
from transforms.model.loading import load_tagger
from transforms.output.output import Output
from transforms.output.published import load_manifest

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_CORES_A_WORKER = 8
_MAX_WORKERS_A_GPU = 4

_LOGGER = logging.getLogger(__name__)


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
    workers: int | None = None  # as many as suit the device if None
    overwrite: bool = False
    prune: bool = False
    plan_only: bool = False
    max_reject_ratio: float = 0.05
    metrics_file: str | None = None
    runner: str = IN_PROCESS  # the name of its class
    beam_flags: tuple[str, ...] = ()
    # Environment variables, which all that opens files follows; see files/store_settings.py.
    store_variables: dict[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether the workers are processes of this machine that `workers` counts."""
        return self.runner == IN_PROCESS


@dataclass(frozen=True)
class Placement:
    """How a worker's process loads the model."""

    device: str
    precision: str  # never "auto": it is part of the plan
    workers: int  # processes on this machine
    threads: int | None  # as many as suit that machine if None


def run(options: RunOptions) -> int:
    """Runs a job to its end; returns the exit code.

    Raises:
      UsageError: before anything is read, where settings or inputs cannot be right.
    """
    os.environ.update(options.store_variables)
    place = None if options.plan_only else options.metrics_file
    if place:
        check_credentials("--metrics_file", place)
    metrics = RunMetrics(place=place, output=normalise(options.output))
    code = FAILED
    try:
        code = _run(options, metrics)
    except UsageError:
        code = WRONG_USAGE
        raise
    finally:
        metrics.write(code)
    return code


def _run(options: RunOptions, metrics: RunMetrics) -> int:
    FileSystems.set_options(_beam_options(options))
    if not options.is_local:
        check_runner(_beam_options(options))
    output = Output(normalise(options.output))
    check_credentials("--output", output.root)
    checkpoint = _resolve_model(options)
    check_endpoint(_beam_options(options))
    placement = place_model(options)
    settings = replace(
        options.settings,
        model=checkpoint.name,
        model_revision=checkpoint.revision,
        model_fingerprint=checkpoint.fingerprint,
        labels=checkpoint.labels,
        precision=placement.precision,
    )
    loader = partial(
        load_tagger,
        checkpoint,
        device=placement.device,
        precision=placement.precision,
        token_budget=options.token_budget,
        threads=placement.threads,
    )
    if placement.workers == 1 and options.is_local:
        loader()  # what cannot be loaded must not first be found by a worker
    look = partial(
        next_round,
        output,
        _list(options, output),
        settings,
        overwrite=options.overwrite,
        prune=options.prune,
    )
    todo = look()
    if todo is None:
        print(f"{output.root} has all these inputs, with these settings: nothing to do")
    elif options.plan_only:
        # Other machines have a speed of their own.
        tagger = loader() if options.is_local else None
        print(", ".join(describe(todo, tagger, placement.workers)))
    if options.plan_only:
        return DONE
    worst = DONE
    while todo:
        job = Job.of(output, todo.plan, todo.begin(output), loader)
        code = _run_graph(job, todo, options, placement.workers, metrics)
        if code != DONE or _template(options):
            return code
        if not todo.stored:
            break
        # What comes next may be refused, and readers of folders would see rows twice till then.
        clear_replaced(output)
        # What an earlier run began does not know the inputs that have come since.
        todo = look()
        if todo:
            worst = max(worst, _check_rejects(load_manifest(output), options.max_reject_ratio))
    return max(worst, _finish(output, options, metrics))


def _resolve_model(options: RunOptions) -> Checkpoint:
    check_credentials("--model", options.model or "")
    try:
        found = resolve_checkpoint(options.model, options.model_revision, options.label_names)
    except CheckpointError as error:
        raise UsageError(f"--model: {error}") from error
    if found.is_here_only and not workers_are_here(options.runner, _beam_options(options)):
        raise UsageError(
            f"--model {found.name} is a folder of this machine, which workers of {options.runner} "
            "may not see: copy it to a bucket and give that place (gs://... or s3://...), or give "
            "the id of a model on the hub"
        )
    return found


def place_model(options: RunOptions) -> Placement:
    """Chooses device, precision, and how many processes and threads there are.

    Raises:
      UsageError: there is no such device.
    """
    if not options.is_local:
        # Other machines have devices and cores of their own: a launcher without a GPU must not
        # send them to their CPUs. Their precision must be the same, whatever they have.
        if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", options.device):
            raise UsageError(f"--device must be auto, cpu, cuda or cuda:N, got {options.device}")
        precision = "fp32" if options.precision == "auto" else options.precision
        return Placement(options.device, precision, workers=1, threads=None)
    try:
        device = resolve_device(options.device)
        precision = resolve_precision(options.precision, device)
    except DeviceError as error:
        raise UsageError(f"--device {options.device}: {error}") from error
    cores = usable_cores()
    workers = options.workers or _count_workers(device, cores)
    return Placement(device, precision, workers, threads=max(1, cores // workers))


def _count_workers(device: str, cores: int) -> int:
    """Chooses how many processes keep a device busy, each of which loads the model.

    All but the forward pass runs on one core a process, 74,000 words/s: more than 8 cores tag
    together (docs/capacity.md), but less than a GPU does.
    """
    if device == "cpu":
        return max(1, cores // _CORES_A_WORKER)
    return max(1, min(_MAX_WORKERS_A_GPU, cores // 2))


def _list(options: RunOptions, output: Output) -> list[InputFile]:
    # Else a finished job would find its own tables among the inputs of the same command.
    listing = list_inputs(options.input, options.settings.format, output.root)
    if listing.passed_over:
        print(f"passed over, since the name tells no format: {amount(listing.passed_over, 'file')}")
    return listing.files


def _run_graph(
    job: Job, todo: Round, options: RunOptions, workers: int, metrics: RunMetrics
) -> int:
    """Runs the graph to its end; returns the exit code."""
    plan = todo.plan
    for warning in plan.warnings:
        _LOGGER.warning("%s", warning)
    sizes = f"{amount(plan.files, 'file')}, about {amount(plan.blocks, 'block')}"
    print(f"{f'{todo.news}: ' if todo.news else ''}{sizes}, into {job.output.root}")
    start = time.monotonic()
    result = state = None
    try:
        guard = _guard(options.is_local, metrics)
        with guard, Progress(job.output, job.plan_id, plan.blocks):
            beam_options = _beam_options(options, workers)
            outlast_job(beam_options)
            pipeline = beam.Pipeline(options=beam_options)
            build(pipeline, job)
            result = pipeline.run()
            state = result.wait_until_finish()
    except _Stopped as stop:
        _say_how_to_go_on(f"{stop} {_cancel(result, options.runner)}")
        return stop.exit_code
    except Exception as error:
        _LOGGER.exception("the job raised %s", type(error).__name__)
    template = _template(options)
    if result and template:
        print(f"the job is written to {template}; whoever takes it from there starts it")
        return DONE
    if result is None or state != PipelineState.DONE:
        what = f"The job failed{f': {state}' if state else ''}."
        if not options.is_local:
            what += f" See that {options.runner} no longer runs it."
        _say_how_to_go_on(what)
        return FAILED
    metrics.results.append(result)
    print(f"done in {clock(time.monotonic() - start)}")
    return DONE


def _finish(output: Output, options: RunOptions, metrics: RunMetrics) -> int:
    """Clears what the job needed while it ran, sums up, and chooses the exit code."""
    metrics.manifest = manifest = load_manifest(output)
    clear_replaced(output)  # a failure fails the run: readers of folders see rows twice
    # The tables are there: what fails from here on does not undo them.
    with _warning("what was staged is not all removed; the next start removes it"):
        clear_staging(output)
    with _warning("there is no summary"):
        print(summarise(output, manifest))
    return _check_rejects(manifest, options.max_reject_ratio)


def _check_rejects(manifest: dict[str, Any], limit: float) -> int:
    """Returns the exit code for what was added last."""
    code = DONE
    for what, ratio in reject_ratios(manifest).items():
        if ratio > limit:
            said = f"--max_reject_ratio {limit:g}"
            _LOGGER.error("%.1f%% of the %s were rejected, over %s", 100 * ratio, what, said)
            code = TOO_MANY_REJECTS
    return code


@contextlib.contextmanager
def _warning(what: str) -> Iterator[None]:
    """Makes a failure a warning, which says what came of it."""
    try:
        yield
    except Exception as error:
        _LOGGER.warning("%s: %s: %s", what, type(error).__name__, error)


def _beam_options(options: RunOptions, workers: int = 1) -> PipelineOptions:
    flags = [*options.beam_flags]
    if options.is_local:
        flags.append(f"--runner={IN_PROCESS}")
        if workers > 1:
            flags += ["--direct_running_mode=multi_processing"]
            flags += [f"--direct_num_workers={workers}"]
    beam_options = PipelineOptions(flags)
    setup = beam_options.view_as(SetupOptions)
    if setup.setup_file:
        # Beam changes into its folder, and fails for a name without one.
        setup.setup_file = os.path.abspath(setup.setup_file)
    return beam_options


def _template(options: RunOptions) -> str | None:
    """Where the job is written to, in place of being run: so Dataflow's flex templates do it."""
    return _beam_options(options).view_as(GoogleCloudOptions).template_location


class _Stopped(BaseException):
    """The process was told to end while its job ran on other machines."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Stopped by {signal.Signals(number).name}.")
        self.exit_code = 128 + number


@contextlib.contextmanager
def _guard(is_local: bool, metrics: RunMetrics) -> Iterator[None]:
    """Ends a local job when a thread fails, and any job when the process is told to end.

    Beam's runner of several processes waits for ever when one of them dies: it only raises
    in a thread of its own. Every file is written whole, so the end may come at any time.

    Raises:
      _Stopped: the process is told to end; other machines must be told, too.
    """

    def fail(failure: threading.ExceptHookArgs) -> None:
        what = failure.exc_type.__name__
        _LOGGER.error("a thread of the runner raised %s", what, exc_info=failure.exc_value)
        _say_how_to_go_on("A worker failed.")
        metrics.write(FAILED)
        end_process(FAILED)

    def interrupt(number: int, frame: FrameType | None) -> None:
        stop = _Stopped(number)
        if not is_local:
            raise stop
        _say_how_to_go_on(f"{stop}")
        metrics.write(stop.exit_code)
        end_process(stop.exit_code)

    hook = threading.excepthook
    if is_local:
        threading.excepthook = fail
    handlers = {number: signal.signal(number, interrupt) for number in _ENDING_SIGNALS}
    try:
        yield
    finally:
        threading.excepthook = hook
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _cancel(result: PipelineResult | None, runner: str) -> str:
    """Ends a job on other machines, and says what became of it."""
    if result is None:
        return f"If {runner} has begun the job, it goes on there: end it first."
    try:
        result.cancel()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        return f"The job goes on, for {runner} did not cancel it ({why}): end it there first."
    return f"The job on {runner} is cancelled."


def _say_how_to_go_on(what: str) -> None:
    _LOGGER.error("%s The same command goes on where it stopped.", what)
