"""The command that makes a page of an output, and the flag by which a job does."""

import pytest

from pipeline import launch
from pipeline.cli import main
from pipeline.errors import ExitCode
from pipeline.options import parse_options
from pipeline.run import run
from tests.fakes import load_capital_tagger, write_texts
from tests.jobs import run_job


@pytest.fixture
def output(tmp_path):
    return run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")


def test_the_command_says_where_the_page_is(output, tmp_path, capsys):
    assert main(["report", output.root]) == ExitCode.DONE
    assert capsys.readouterr().out == f"report: {output.root}/report.html\n"
    assert main(["report", output.root, "--output", str(tmp_path)]) == ExitCode.DONE
    assert capsys.readouterr().out == f"report: {tmp_path}/report.html\n"


def test_the_command_needs_an_output(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == ExitCode.WRONG_USAGE
    assert "holds no job that has come to its end" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ([], None),
        (["--report"], ""),
        (["--report=true"], ""),
        (["--report=false"], None),
        (["--report", "page.html"], "page.html"),
    ],
)
def test_the_flag_takes_a_place_or_none(words, place):
    assert parse_options(["--input", "in", "--output", "out", *words]).report == place


def test_the_flag_refuses_keys_in_an_address(capsys):
    words = ["--input", "in", "--output", "out", "--report", "s3://key:secret@news/page.html"]
    assert main(words) == ExitCode.WRONG_USAGE
    assert "--report" in capsys.readouterr().err


@pytest.fixture
def tag(tmp_path, monkeypatch):
    """Runs a job with some flags; returns its exit code."""
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    places = ["--input", str(inputs), "--output", str(tmp_path / "out")]
    return lambda *flags: run(parse_options([*places, *flags]))


def test_a_job_makes_the_page_at_its_end_and_again_when_there_is_nothing_to_do(
    tag, tmp_path, capsys
):
    assert tag("--report") == ExitCode.DONE
    page = tmp_path / "out" / "report.html"
    assert f"report: {page}" in capsys.readouterr().out
    page.unlink()
    assert tag("--report") == ExitCode.DONE
    assert page.exists()


def test_without_the_flag_there_is_no_page(tag, tmp_path):
    assert tag() == ExitCode.DONE
    assert not (tmp_path / "out" / "report.html").exists()


def test_a_page_that_cannot_be_written_is_a_warning_since_the_tables_are_there(
    tag, tmp_path, capsys
):
    (tmp_path / "taken").write_text("a file")
    assert tag("--report", str(tmp_path / "taken" / "page.html")) == ExitCode.DONE
    said = capsys.readouterr().err
    assert "there is no report; `news-entities report" in said
    assert "NotADirectoryError" in said or "FileExistsError" in said
