"""Runs the job's graph on a runner to its end, whatever ends it."""

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

import apache_beam as beam
from apache_beam.runners.runner import PipelineResult, PipelineState

from pipeline.errors import ExitCode, JobError, Stopped
from pipeline.graph import Job, build
from pipeline.logs import end_process
from pipeline.metrics import RunMetrics
from pipeline.progress import Progress
from pipeline.runners import Runner
from pipeline.terminal import say
from pipeline.wording import clock
from transforms.errors import HopelessError
from transforms.files.remote import RefusedError
from transforms.model.errors import CheckpointError, DeviceError

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)
GOES_ON = "The same command goes on where it stopped."
_HOPELESS = "The same command would end in the same way until that is mended."
# Errors of workers come as text inside others.
_HOPELESS_ERRORS = tuple(
    error.__name__
    for error in (HopelessError, CheckpointError, DeviceError, RefusedError, PermissionError)
)

_LOGGER = logging.getLogger(__name__)


def run_graph(job: Job, blocks: int, runner: Runner, workers: int, metrics: RunMetrics) -> None:
    """Runs the graph to its end; with a template, writes it down for others to run.

    Args:
      blocks: about how many the plan has, for the progress.
      metrics: to which the result is added.

    Raises:
      JobError: the job failed.
      Stopped: the process was told to end, and the job on other machines has been cancelled, or
        the message says that it goes on.
    """
    start = time.monotonic()
    result = state = failure = None
    try:
        with _guard(runner.is_local, metrics), Progress(job.output, job.plan_id, blocks):
            pipeline = beam.Pipeline(options=runner.prepare(workers))
            build(pipeline, job)
            result = pipeline.run()
            state = result.wait_until_finish()
    except Stopped as stop:
        raise Stopped(stop.number, f"{_cancel(result, runner.name)} {GOES_ON}") from None
    except Exception as error:
        failure = error
        _LOGGER.exception("the job raised %s", type(error).__name__)
    if result and runner.template:
        say(f"the job is written to {runner.template}; whoever takes it from there starts it")
        return
    if result is None or state != PipelineState.DONE:
        raise JobError(f"The job failed{f': {state}' if state else ''}. {_advice(runner, failure)}")
    metrics.results.append(result)
    say(f"done in {clock(time.monotonic() - start)}")


def _advice(runner: Runner, failure: BaseException | None) -> str:
    look = "" if runner.is_local else f"See that {runner.name} no longer runs it. "
    return look + _what_next(failure)


def _what_next(failure: BaseException | None) -> str:
    """Says whether the same command goes on."""
    told = f"{type(failure)} {failure}"
    return _HOPELESS if any(name in told for name in _HOPELESS_ERRORS) else GOES_ON


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


@contextlib.contextmanager
def _guard(is_local: bool, metrics: RunMetrics) -> Iterator[None]:
    """Ends a local job when a thread fails, and any job when the process is told to end.

    Beam's runner of several processes waits for ever when one of them dies: it only raises
    in a thread of its own. Every file is written whole, so the end may come at any time.

    Raises:
      Stopped: the process is told to end; other machines must be told, too.
    """

    def fail(failure: threading.ExceptHookArgs) -> None:
        what = failure.exc_type.__name__
        _LOGGER.error("a thread of the runner raised %s", what, exc_info=failure.exc_value)
        _end(f"A worker failed. {_what_next(failure.exc_value)}", ExitCode.FAILED)

    def interrupt(number: int, frame: FrameType | None) -> None:
        if not is_local:
            raise Stopped(number)
        stop = Stopped(number, GOES_ON)
        _end(str(stop), stop.exit_code)

    def _end(message: str, code: int) -> None:
        _LOGGER.error("%s", message)
        metrics.write(code)
        end_process(code)

    hook = threading.excepthook
    if is_local:
        threading.excepthook = fail
    # Python takes signals in its main thread only.
    here = threading.current_thread() is threading.main_thread()
    numbers = _ENDING_SIGNALS if here else ()
    handlers = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        threading.excepthook = hook
        for number, handler in handlers.items():
            signal.signal(number, handler)
