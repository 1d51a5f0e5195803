"""A job that fails, or is told to end, ends the command as it should."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from apache_beam.runners.runner import PipelineResult, PipelineRunner, PipelineState

from pipeline.errors import ExitCode, JobError
from pipeline.graph import Job
from pipeline.metrics import RunMetrics
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import save_plan
from pipeline.run_graph import run_graph
from pipeline.runners import Runner
from pipeline.settings import BeamFlags
from tests.fakes import load_capital_tagger, settings, write_texts
from tests.places import HANG_SECONDS, ROOT
from transforms.errors import HopelessError
from transforms.files.remote import RefusedError, StoreError
from transforms.output.output import Output


class LosingRunner(PipelineRunner):
    """Loses the job: it ends in a state that is not done."""

    def run_pipeline(self, pipeline: object, options: object) -> PipelineResult:
        return LostResult(PipelineState.RUNNING)


class LostResult(PipelineResult):
    def wait_until_finish(self, duration: int | None = None) -> str:
        return PipelineState.FAILED


@pytest.fixture
def job(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    plan = make_plan(list_inputs([str(inputs)]).files, settings())
    output = Output(str(tmp_path / "out"))
    return Job.of(output, plan, save_plan(output, plan), load_capital_tagger)


def metrics() -> RunMetrics:
    return RunMetrics(place=None, output="out")


def test_a_job_that_comes_to_its_end_has_its_result_counted(job, capsys):
    kept = metrics()
    run_graph(job, 1, Runner(BeamFlags()), 1, kept)
    assert len(kept.results) == 1
    assert capsys.readouterr().out.startswith("done in 0:")
    assert job.output.get("manifest.json")


def test_a_job_that_another_machine_lost_says_where_to_look(job):
    flags = BeamFlags(runner="LosingRunner", flags=(f"--runner={__name__}.LosingRunner",))
    with pytest.raises(JobError, match=r"failed: FAILED\. See that LosingRunner no longer runs it"):
        run_graph(job, 1, Runner(flags), 1, metrics())


class RefusingRunner(PipelineRunner):
    """Fails as a worker does: with the text of an error inside another one."""

    error: Exception = RuntimeError()

    def run_pipeline(self, pipeline: object, options: object) -> PipelineResult:
        raise RuntimeError(f"Traceback ...\n{type(self.error).__name__}: {self.error}")


@pytest.mark.parametrize(
    ("error", "goes_on"),
    [
        (OSError(28, "No space left on device"), True),  # once there is some
        (StoreError("503 slow down"), True),
        (PermissionError(13, "Permission denied", "/out/_run/parts"), False),
        (RefusedError("403 forbidden"), False),
        (HopelessError("too many folders"), False),
    ],
)
def test_the_same_command_goes_on_where_that_may_help(job, monkeypatch, error, goes_on):
    monkeypatch.setattr(RefusingRunner, "error", error)
    flags = BeamFlags(runner="RefusingRunner", flags=(f"--runner={__name__}.RefusingRunner",))
    with pytest.raises(JobError) as raised:
        run_graph(job, 1, Runner(flags), 1, metrics())
    assert ("The same command goes on where it stopped." in str(raised.value)) == goes_on
    assert ("would end in the same way until that is mended" in str(raised.value)) != goes_on


THREAD = """
import threading
from pipeline.logs import set_up_logs
from pipeline.metrics import RunMetrics
from pipeline.run_graph import _guard

set_up_logs("text")
with _guard(True, RunMetrics(place=None, output="out")):
    threading.Thread(target=lambda: 1 / 0).start()
    threading.Event().wait()
"""


def test_a_thread_that_fails_ends_a_local_job_which_would_wait_for_ever():
    done = subprocess.run(
        [sys.executable, "-c", THREAD],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == ExitCode.FAILED
    assert "a thread of the runner raised ZeroDivisionError" in done.stderr
    assert "A worker failed. The same command goes on where it stopped." in done.stderr


def test_a_job_runs_in_another_thread_than_the_main_one(job):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run_graph, job, 1, Runner(BeamFlags()), 1, metrics()).result()
    assert job.output.get("manifest.json")


def test_handlers_of_signals_are_put_back(job):
    before = signal.getsignal(signal.SIGTERM)
    run_graph(job, 1, Runner(BeamFlags()), 1, metrics())
    assert signal.getsignal(signal.SIGTERM) is before
