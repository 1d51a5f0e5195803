"""The main job from its flags to its exit code, with a quick tagger."""

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from apache_beam.runners.runner import PipelineResult, PipelineRunner, PipelineState

from pipeline import launch
from pipeline import run as run_module
from pipeline.errors import DamagedError, ExitCode, JobError, Stopped, UsageError
from pipeline.logs import TEXT, set_up_logs
from pipeline.options import parse_options
from pipeline.run import run
from tests.checkpoints import albert_checkpoint
from tests.fakes import CapitalTagger, write_texts
from tests.jobs import tables_of
from transforms.columns import Words
from transforms.model.tags import Tags
from transforms.output.output import Output

tagged: list[list[str]] = []  # every sentence that was tagged


class RememberingTagger(CapitalTagger):
    def tag(self, words: Words) -> Tags:
        tagged.extend(words.lists())
        return super().tag(words)


def load_remembering_tagger(*args: object, **kwargs: object) -> RememberingTagger:
    return RememberingTagger()


@pytest.fixture(autouse=True)
def quick_tagger(monkeypatch):
    monkeypatch.setattr(launch, "load_tagger", load_remembering_tagger)
    tagged.clear()
    set_up_logs(TEXT)


def run_command(inputs: Path, output: Path, *flags: str) -> int:
    options = parse_options(["--input", str(inputs), "--output", str(output), *flags])
    # A block a file.
    return run(replace(options, settings=replace(options.settings, block_bytes=10)))


@pytest.fixture
def stopped(tmp_path, monkeypatch):
    """The inputs and the output of a job that was stopped when all its blocks were done."""
    inputs, output = (
        write_texts(tmp_path / "in", a="We met Ann.", b="We met Bob."),
        tmp_path / "out",
    )
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "clear_staging", lambda output: None)
        patch.setattr(run_module, "save_copy", lambda output: None)
        assert run_command(inputs, output) == ExitCode.DONE
    (output / "manifest.json").unlink()
    tagged.clear()
    return inputs, output


def test_with_overwrite_too_a_command_goes_on_where_it_stopped(stopped):
    inputs, output = stopped
    assert run_command(inputs, output, "--overwrite") == ExitCode.DONE
    assert tagged == []
    assert (output / "manifest.json").exists()


def test_with_overwrite_too_a_finished_job_has_nothing_to_do(stopped, capsys):
    inputs, output = stopped
    assert run_command(inputs, output) == ExitCode.DONE
    assert run_command(inputs, output, "--overwrite") == ExitCode.DONE
    assert "nothing to do" in capsys.readouterr().out


def test_overwrite_removes_a_job_that_knows_inputs_which_are_not_given(stopped, tmp_path):
    inputs, output = stopped
    (inputs / "b.txt").unlink()
    write_texts(inputs, c="We met Cy.")
    with pytest.raises(UsageError, match=r"b\.txt is no longer there"):
        run_command(inputs, output)
    assert run_command(inputs, output, "--overwrite") == ExitCode.DONE
    assert len(tagged) == 2
    assert run_command(inputs, tmp_path / "fresh") == ExitCode.DONE
    assert tables_of(Output(str(output))) == tables_of(Output(str(tmp_path / "fresh")))


def test_overwrite_removes_a_plan_that_cannot_be_read(stopped):
    inputs, output = stopped
    (output / "_run" / "plan.parquet").write_bytes(b"of another version")
    with pytest.raises(UsageError, match=r"its _run/plan\.parquet cannot be read"):
        run_command(inputs, output)
    assert run_command(inputs, output, "--overwrite") == ExitCode.DONE
    assert len(tagged) == 2


@pytest.mark.parametrize("flags", [(), ("--overwrite",)])
@pytest.mark.parametrize(
    ("name", "said"), [("documents/thesis.docx", "documents/"), ("manifest.json", "manifest.json")]
)
def test_what_no_job_wrote_stays_with_overwrite_too(tmp_path, flags, name, said):
    inputs, output = write_texts(tmp_path / "in", a="We met Ann."), tmp_path / "out"
    foreign = output / name
    foreign.parent.mkdir(parents=True)
    foreign.write_text("x")
    with pytest.raises(UsageError, match=rf"holds {said}, which no job wrote: .* place$"):
        run_command(inputs, output, *flags)
    assert [path for path in output.rglob("*") if path.is_file()] == [foreign]


def test_tables_without_their_plan_are_a_job_too(tmp_path):
    inputs, output = write_texts(tmp_path / "in", a="We met Ann."), tmp_path / "out"
    assert run_command(inputs, output) == ExitCode.DONE
    (output / "_run" / "plan.parquet").unlink()
    with pytest.raises(DamagedError, match=r"_run/plan\.parquet is gone.*--overwrite"):
        run_command(inputs, output)
    assert run_command(inputs, output, "--overwrite") == ExitCode.DONE


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    inputs, output = write_texts(tmp_path / "in", a="We met Ann."), tmp_path / "mk.py"
    output.write_text("x")
    with pytest.raises(UsageError, match=r"mk\.py cannot be written: NotADirectoryError"):
        run_command(inputs, output)


@pytest.mark.parametrize("name", ["entities", "_run"])
def test_an_output_with_a_link_in_it_is_refused(tmp_path, name):
    inputs, output = write_texts(tmp_path / "in", a="We met Ann."), tmp_path / "out"
    assert run_command(inputs, output) == ExitCode.DONE
    moved = (output / name).rename(tmp_path / "elsewhere")
    (output / name).symlink_to(moved)
    before = sorted(moved.rglob("*"))
    with pytest.raises(UsageError, match="a link"):
        run_command(inputs, output, "--overwrite")
    assert sorted(moved.rglob("*")) == before


def test_an_output_within_the_inputs_is_none_of_them(tmp_path, capsys):
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    output = inputs / "out"
    assert run_command(inputs, output, "--format", "txt") == ExitCode.DONE
    assert run_command(inputs, output, "--format", "txt") == ExitCode.DONE
    assert "nothing to do" in capsys.readouterr().out
    with pytest.raises(UsageError, match=r"holds all that --input .*/in names"):
        run_command(inputs, inputs)
    (inputs / "newest").symlink_to(output / "entities")
    assert run_command(inputs, output, "--format", "txt") == ExitCode.DONE
    assert "nothing to do" in capsys.readouterr().out


def test_what_cannot_be_cleared_is_a_warning_and_the_next_start_clears_it(
    tmp_path, monkeypatch, capsys
):
    inputs, output = write_texts(tmp_path / "in", a="We met Ann."), tmp_path / "out"

    def fail(self: Output, path: str) -> None:
        raise OSError("503 slow down")

    with monkeypatch.context() as patch:
        patch.setattr(Output, "remove", fail)
        assert run_command(inputs, output) == ExitCode.DONE
    assert "warning: what was staged is not all removed" in capsys.readouterr().err
    assert (output / "_run" / "receipts").exists()
    assert run_command(inputs, output) == ExitCode.DONE
    assert sorted(os.listdir(output / "_run")) == ["copy", "plan.parquet"]


def test_a_summary_that_fails_is_a_warning(tmp_path, monkeypatch, capsys):
    def fail(*args: object, **named: object) -> str:
        raise OSError("503 slow down")

    monkeypatch.setattr(run_module, "summarise", fail)
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    assert run_command(inputs, tmp_path / "out") == ExitCode.DONE
    assert "warning: there is no summary: OSError: 503" in capsys.readouterr().err


@pytest.mark.parametrize("sentences", ["text", "none"])
def test_rejected_sentences_count(tmp_path, capsys, sentences):
    inputs = write_texts(tmp_path / "in", a="We met Ann. The kaboom came. We left. It was late.")
    flags = ("--sentences", sentences)
    assert run_command(inputs, tmp_path / "out", *flags) == ExitCode.TOO_MANY_REJECTS
    errors = capsys.readouterr().err
    assert "25.0% of the sentences were rejected, over --max_reject_ratio 0.05" in errors
    assert (
        run_command(inputs, tmp_path / "out", *flags, "--max_reject_ratio", "0.25") == ExitCode.DONE
    )


def test_a_model_that_fails_on_everything_fails_the_job(tmp_path, capsys):
    texts = {f"a{n}": f"The kaboom of {n} came." for n in range(10)}
    inputs = write_texts(tmp_path / "in", **texts)
    with pytest.raises(JobError, match=r"The job failed\. The same command would end in the same"):
        run_command(inputs, tmp_path / "out")
    errors = capsys.readouterr().err
    assert "the model failed on most sentences of 10 of 10 documents, on the last one" in errors
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_folder_with_a_model_is_refused_where_workers_may_not_see_it(tmp_path):
    inputs, folder = (
        write_texts(tmp_path / "in", a="We met Ann."),
        albert_checkpoint(tmp_path / "model"),
    )
    elsewhere = ("--runner", "PortableRunner", "--job_endpoint", "h:1", "--model", str(folder))
    with pytest.raises(UsageError, match=r"a folder of this machine.* copy it to a bucket"):
        run_command(inputs, tmp_path / "out", *elsewhere)
    assert run_command(inputs, tmp_path / "out", "--model", str(folder)) == ExitCode.DONE


def test_flags_of_s3_are_followed_by_the_launcher(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    run_command(inputs, tmp_path / "out", "--plan_only", "--s3_region_name=eu-north-1")
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-north-1"


class StoppedResult(PipelineResult):
    """Of a job whose launcher is told to end while it waits."""

    refuses = False

    def __init__(self) -> None:
        super().__init__(PipelineState.RUNNING)

    def wait_until_finish(self, duration: int | None = None) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
        return PipelineState.DONE

    def cancel(self) -> None:
        if self.refuses:
            raise NotImplementedError("cancel")


class StoppedRunner(PipelineRunner):
    def run_pipeline(self, pipeline: object, options: object) -> StoppedResult:
        return StoppedResult()


@pytest.mark.parametrize(
    ("refuses", "said"),
    [
        (False, "The job on StoppedRunner is cancelled. The same command goes on"),
        (True, "The job goes on, for StoppedRunner did not cancel it"),
    ],
)
def test_a_job_elsewhere_is_cancelled_or_said_to_go_on(tmp_path, monkeypatch, refuses, said):
    monkeypatch.setattr(StoppedResult, "refuses", refuses)
    handler = signal.getsignal(signal.SIGTERM)
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    runner = f"--runner={__name__}.StoppedRunner"
    with pytest.raises(Stopped, match=rf"^Stopped by SIGTERM\. {said}") as stop:
        run_command(inputs, tmp_path / "out", runner)
    assert stop.value.exit_code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == handler


def manifest_of(output: Path) -> dict[str, Any]:
    return json.loads((output / "manifest.json").read_bytes())


def test_what_a_run_passed_over_is_in_its_plan_its_summary_and_its_manifest(stopped, capsys):
    inputs, output = stopped
    page = inputs / "c.pdf"
    page.write_text("<p>We met Cy.</p>")
    line = f"passed over: .pdf 1 ({page})"
    skipped = {"why": "unknown ending", "ending": ".pdf", "count": 1, "examples": [str(page)]}
    assert run_command(inputs, output, "--plan_only") == ExitCode.DONE
    assert line in capsys.readouterr().out
    assert run_command(inputs, output) == ExitCode.DONE
    summary = capsys.readouterr().out.partition("done in")[2]
    assert line in summary
    assert manifest_of(output)["skipped"] == [skipped]
    page.rename(inputs / "c.txt")
    assert run_command(inputs, output) == ExitCode.DONE
    assert manifest_of(output)["skipped"] == []
    assert manifest_of(output)["counts"]["documents"] == 3
