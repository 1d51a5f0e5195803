"""The main job: look at what there is, decide what to do, run the graph, finish."""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from apache_beam.io.filesystems import FileSystems

from pipeline.credentials import check_credentials
from pipeline.errors import CommandError, ExitCode, Stopped, UsageError
from pipeline.estimate import describe
from pipeline.graph import Job
from pipeline.metrics import RunMetrics
from pipeline.placement import Placement, place_model
from pipeline.plan.clear import clear_replaced, clear_staging
from pipeline.plan.decide import NothingToDo, Refused, Resume, Work, decide
from pipeline.plan.inputs import InputFile, list_inputs
from pipeline.plan.output_state import look
from pipeline.plan.rounds import Round, plan_round
from pipeline.run_graph import run_graph
from pipeline.runners import Runner
from pipeline.settings import RunOptions, Settings
from pipeline.summary import reject_ratios, summarise
from pipeline.wording import amount
from transforms.files.storage import normalise
from transforms.model.checkpoint import Checkpoint, resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.loading import load_tagger
from transforms.model.tags import WordTagger
from transforms.output.output import Output
from transforms.output.published import load_manifest

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Launch:
    """All that is known once the flags have been checked."""

    options: RunOptions
    runner: Runner
    output: Output
    settings: Settings
    placement: Placement
    load_tagger: Callable[[], WordTagger]
    metrics: RunMetrics


def run(options: RunOptions) -> ExitCode:
    """Runs a job to its end; returns how it ended.

    Raises:
      UsageError: before anything is read, where settings or inputs cannot be right.
      JobError: the job failed.
      Stopped: the process was told to end while the job ran on other machines.
    """
    os.environ.update(options.beam.store_variables)
    place = None if options.plan_only else options.metrics_file
    if place:
        place = normalise(place)
        check_credentials("--metrics_file", place)
    metrics = RunMetrics(place=place, output=normalise(options.output))
    code: int = ExitCode.FAILED
    try:
        code = _carry_out(_check(options, metrics))
        return ExitCode(code)
    except (CommandError, Stopped) as error:
        code = error.exit_code
        raise
    finally:
        metrics.write(code)


def _check(options: RunOptions, metrics: RunMetrics) -> _Launch:
    """Checks all that the flags name, before any input is read.

    Raises:
      UsageError: something cannot be right.
    """
    runner = Runner(options.beam)
    FileSystems.set_options(runner.options)
    runner.check()
    output = Output(normalise(options.output))
    check_credentials("--output", output.root)
    checkpoint = _find_model(options, runner)
    runner.check_endpoint()
    placement = place_model(options)
    loader = partial(
        load_tagger,
        checkpoint,
        device=placement.device,
        precision=placement.precision,
        token_budget=options.token_budget,
        threads=placement.threads,
    )
    if placement.workers == 1 and runner.is_local:
        loader()  # a model that cannot be loaded must not first be found by a worker
    settings = replace(
        options.settings,
        model=checkpoint.name,
        model_revision=checkpoint.revision,
        model_fingerprint=checkpoint.fingerprint,
        labels=checkpoint.labels,
        precision=placement.precision,
    )
    return _Launch(
        options=options,
        runner=runner,
        output=output,
        settings=settings,
        placement=placement,
        load_tagger=loader,
        metrics=metrics,
    )


def _find_model(options: RunOptions, runner: Runner) -> Checkpoint:
    choice = options.model
    check_credentials("--model", choice.model or "")
    try:
        found = resolve_checkpoint(choice.model, choice.model_revision, choice.label_names)
    except CheckpointError as error:
        raise UsageError(f"--model: {error}") from error
    if found.is_here_only and not runner.workers_are_here:
        raise UsageError(
            f"--model {found.name} is a folder of this machine, which workers of {runner.name} "
            "may not see: copy it to a bucket and give that place (gs://... or s3://...), or give "
            "the id of a model on the hub"
        )
    return found


def _carry_out(launch: _Launch) -> ExitCode:
    """Does what there is to do, round after round; returns the exit code."""
    files = _list_inputs(launch)
    todo = _decide(launch, files)
    if isinstance(todo, NothingToDo):
        print(f"{launch.output.root} has all these inputs, with these settings: nothing to do")
    if launch.options.plan_only:
        return _describe(launch, todo)
    code = ExitCode.DONE
    while not isinstance(todo, NothingToDo):
        _run_round(launch, plan_round(todo, launch.settings))
        if launch.runner.template:  # the job is written down, and others run it
            return ExitCode.DONE
        if not isinstance(todo, Resume):
            break
        # The next round may be refused, and readers of folders would see rows twice till then.
        clear_replaced(launch.output)
        # The plan of an earlier run does not know the inputs that have come since.
        todo = _decide(launch, files)
        if not isinstance(todo, NothingToDo):
            code = _check_rejects(launch, load_manifest(launch.output))
    return max(code, _finish(launch))


def _list_inputs(launch: _Launch) -> list[InputFile]:
    options = launch.options
    # Files in the output are left out: a finished job would find its own tables.
    listing = list_inputs(options.input, options.settings.format, launch.output.root)
    if listing.passed_over:
        print(f"passed over, since the name tells no format: {amount(listing.passed_over, 'file')}")
    return listing.files


def _decide(launch: _Launch, files: list[InputFile]) -> Work | NothingToDo:
    output, settings, options = launch.output, launch.settings, launch.options
    state = look(output, files, settings)
    todo = decide(state, files, settings, overwrite=options.overwrite, prune=options.prune)
    if isinstance(todo, Refused):
        raise UsageError(todo.message(output.root))
    return todo


def _describe(launch: _Launch, todo: Work | NothingToDo) -> ExitCode:
    """Says what there is to do, for --plan_only."""
    if not isinstance(todo, NothingToDo):
        # Other machines have a speed of their own.
        tagger = launch.load_tagger() if launch.runner.is_local else None
        planned = plan_round(todo, launch.settings)
        print(", ".join(describe(planned, tagger, launch.placement.workers)))
    return ExitCode.DONE


def _run_round(launch: _Launch, todo: Round) -> None:
    plan = todo.plan
    for warning in plan.warnings:
        _LOGGER.warning("%s", warning)
    sizes = f"{amount(plan.files, 'file')}, about {amount(plan.blocks, 'block')}"
    print(f"{f'{todo.news}: ' if todo.news else ''}{sizes}, into {launch.output.root}")
    job = Job.of(launch.output, plan, todo.begin(launch.output), launch.load_tagger)
    run_graph(job, plan.blocks, launch.runner, launch.placement.workers, launch.metrics)


def _finish(launch: _Launch) -> ExitCode:
    """Clears what the job needed while it ran, sums up, and chooses the exit code."""
    launch.metrics.manifest = manifest = load_manifest(launch.output)
    # A failure fails the run, since readers of folders would see rows twice.
    clear_replaced(launch.output)
    # The tables are there, and no failure from here on undoes them.
    with _warning("what was staged is not all removed; the next start removes it"):
        clear_staging(launch.output)
    with _warning("there is no summary"):
        print(summarise(launch.output, manifest))
    return _check_rejects(launch, manifest)


def _check_rejects(launch: _Launch, manifest: dict[str, Any]) -> ExitCode:
    """Returns the exit code for what the last round added."""
    limit = launch.options.max_reject_ratio
    code = ExitCode.DONE
    for what, ratio in reject_ratios(manifest).items():
        if ratio > limit:
            said = f"--max_reject_ratio {limit:g}"
            _LOGGER.error("%.1f%% of the %s were rejected, over %s", 100 * ratio, what, said)
            code = ExitCode.TOO_MANY_REJECTS
    return code


@contextlib.contextmanager
def _warning(what: str) -> Iterator[None]:
    """Makes a failure a warning, which says what came of it."""
    try:
        yield
    except Exception as error:
        _LOGGER.warning("%s: %s: %s", what, type(error).__name__, error)
