"""The main job: look at what there is, decide what to do, run the graph, finish."""

import contextlib
import logging
import os
import time
from collections.abc import Iterator

from pipeline import live
from pipeline.credentials import check_credentials
from pipeline.errors import CommandError, ExitCode, JobError, Stopped, UsageError
from pipeline.estimate import describe
from pipeline.graph import Job
from pipeline.launch import Launch, check_options
from pipeline.lease import hold
from pipeline.metrics import RunMetrics
from pipeline.plan.clear import clear_replaced, clear_staging, tell_contents
from pipeline.plan.damage import STRAY, blaming_parts, damaged
from pipeline.plan.decide import Damaged, NothingToDo, Refused, Resume, Work, decide
from pipeline.plan.expansion import measure_expansion
from pipeline.plan.inputs import Listing, list_inputs
from pipeline.plan.output_state import look
from pipeline.plan.rounds import Round, plan_round
from pipeline.plan.skipped import tell as tell_skipped
from pipeline.rejects import check_rejects
from pipeline.run_graph import run_graph
from pipeline.settings import RunOptions
from pipeline.status_line import tell
from pipeline.summary import summarise
from pipeline.terminal import Screen, say
from pipeline.wording import amount
from transforms.files.places import normalise
from transforms.output.copies import save_copy
from transforms.output.layout import receipts_folder
from transforms.output.published import OvertakenError, load_manifest

_LOGGER = logging.getLogger(__name__)


def run(options: RunOptions, started: float | None = None) -> ExitCode:
    """Runs a job to its end; returns how it ended.

    Args:
      started: when the command began to load its libraries, by time.monotonic().

    Raises:
      UsageError: before anything is read, where settings or inputs cannot be right.
      JobError: the job failed.
      Stopped: the process was told to end while the job ran on other machines.
    """
    os.environ.update(options.beam.store_variables)
    # A worker must not take a pipeline.py of the folder that it is started in for ours.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    started = time.monotonic() if started is None else started
    place = None if options.plan_only else options.metrics_file
    if place:
        place = normalise(place)
        check_credentials("--metrics_file", place)
    if options.report and not options.plan_only:
        check_credentials("--report", normalise(options.report))
    metrics = RunMetrics(place=place, output=normalise(options.output))
    code: int = ExitCode.FAILED
    try:
        tell("loading the model")
        code = _carry_out(check_options(options), metrics, started)
        return ExitCode(code)
    except (CommandError, Stopped) as error:
        code = error.exit_code
        raise
    finally:
        live.clear()
        metrics.write(code)


def _carry_out(launch: Launch, metrics: RunMetrics, started: float) -> ExitCode:
    """Does what there is to do, round after round; returns the exit code."""
    listing = _list_inputs(launch)
    if launch.options.plan_only:
        return _describe(launch, _decide_first(launch, listing), started)
    with hold(launch.output, launch.options.wait):
        return _work(launch, listing, metrics)


def _work(launch: Launch, listing: Listing, metrics: RunMetrics) -> ExitCode:
    """Carries out round after round, and finishes; no other run may change the output meanwhile."""
    todo = _decide_first(launch, listing)
    code = ExitCode.DONE
    while not isinstance(todo, NothingToDo):
        try:
            _run_round(launch, plan_round(todo, launch.settings), listing, metrics)
        except OvertakenError as error:  # its lease was lost
            _LOGGER.warning("%s: what is left to do is planned again", error)
            todo = _decide(launch, listing)
            continue
        if launch.runner.template:  # the job is written down, and others run it
            return ExitCode.DONE
        if not isinstance(todo, Resume):
            break
        # The next round may be refused, and readers of folders would see rows twice till then.
        clear_replaced(launch.output)
        # The plan of an earlier run does not know the inputs that have come since.
        todo = _decide(launch, listing)
        if not isinstance(todo, NothingToDo):
            limit = launch.options.max_reject_ratio
            code = check_rejects(load_manifest(launch.output), limit)
    return max(code, _finish(launch, listing, metrics))


def run_repair(launch: Launch, todo: Round, listing: Listing) -> None:
    """Carries out a round that a repair has planned, as any other.

    Raises:
      JobError: the job failed.
      Stopped: the process was told to end.
    """
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    metrics = RunMetrics(place=None, output=launch.output.root)
    _run_round(launch, todo, listing, metrics)
    _finish(launch, listing, metrics)


def _list_inputs(launch: Launch) -> Listing:
    options = launch.options
    tell("looking for inputs")
    # Files in the output are left out: a finished job would find its own tables.
    listing = list_inputs(options.input, options.settings.format, launch.output.root)
    for line in tell_skipped(listing.skipped):
        say(line)
    return listing


def _decide_first(launch: Launch, listing: Listing) -> Work | NothingToDo:
    todo = _decide(launch, listing)
    if isinstance(todo, NothingToDo):
        say(f"{launch.output.root} has all these inputs, with these settings: nothing to do")
    return todo


def _decide(launch: Launch, listing: Listing) -> Work | NothingToDo:
    output, settings, options = launch.output, launch.settings, launch.options
    tell("planning")
    state = look(output, listing.files, settings)
    todo = decide(state, listing.files, settings, overwrite=options.overwrite, prune=options.prune)
    for path in state.strays:
        _LOGGER.warning(STRAY, output.uri(path))
    if isinstance(todo, Refused):
        raise UsageError(todo.message(output.root, tell_contents(output)))
    if isinstance(todo, Damaged):
        raise damaged(output.root, todo.damage)
    return todo


def _describe(launch: Launch, todo: Work | NothingToDo, started: float) -> ExitCode:
    """Says what there is to do, for --plan_only."""
    if isinstance(todo, NothingToDo):
        return ExitCode.DONE
    tell("taking samples")
    # Other machines have a speed of their own.
    tagger = launch.load_tagger() if launch.runner.is_local else None
    planned = plan_round(todo, launch.settings)
    # The job loads and lists what this command has loaded and listed until now.
    start_seconds = time.monotonic() - started
    done = launch.output.names(receipts_folder(planned.stored)) if planned.stored else []
    told = describe(planned, tagger, launch.placement.workers, start_seconds, len(done))
    say(", ".join(told))
    return ExitCode.DONE


def _run_round(launch: Launch, todo: Round, listing: Listing, metrics: RunMetrics) -> None:
    plan = todo.plan
    for warning in plan.warnings:
        _LOGGER.warning("%s", warning)
    blocks = plan.count_blocks(measure_expansion(plan))
    sizes = f"{amount(plan.files, 'file')}, about {amount(blocks, 'block')}"
    say(f"{f'{todo.news}: ' if todo.news else ''}{sizes}, into {launch.output.root}")
    plan_id = todo.begin(launch.output)
    workers = launch.placement.workers
    readers = workers if launch.runner.is_local else None
    stall = launch.options.stall_minutes
    job = Job.of(launch.output, plan, plan_id, launch.load_tagger, listing, readers, stall)
    with blaming_parts(launch.output, plan.base):
        try:
            run_graph(job, blocks, launch.runner, workers, metrics)
        except JobError:
            job.turn.check()  # perhaps it failed because another run had published
            raise


def _finish(launch: Launch, listing: Listing, metrics: RunMetrics) -> ExitCode:
    """Clears what the job needed while it ran, sums up, and chooses the exit code."""
    tell("summing up")
    metrics.manifest = manifest = load_manifest(launch.output)
    # A failure fails the run, since readers of folders would see rows twice.
    clear_replaced(launch.output)
    with _warning("the lists of what is published are not copied; the next run copies them"):
        save_copy(launch.output)
    # The tables are there, and no failure from here on undoes them.
    with _warning("what was staged is not all removed; the next start removes it"):
        clear_staging(launch.output)
    report = None
    if launch.options.report is not None:
        with _warning(f"there is no report; `news-entities report {launch.output.root}` makes it"):
            report = _report(launch)
    with _warning("there is no summary"):
        screen = Screen.of_output()
        say(summarise(launch.output, manifest, listing.skipped, report, screen))
    return check_rejects(manifest, launch.options.max_reject_ratio)


def _report(launch: Launch) -> str:
    """Writes the page to look at; returns its place."""
    tell("making the report")
    # Most jobs make none, and need not load DuckDB.
    from pipeline.reporting.write import write_report

    return write_report(launch.output, launch.options.report)


@contextlib.contextmanager
def _warning(what: str) -> Iterator[None]:
    """Makes a failure a warning, which says what came of it."""
    try:
        yield
    except Exception as error:
        _LOGGER.warning("%s: %s: %s", what, type(error).__name__, error)
