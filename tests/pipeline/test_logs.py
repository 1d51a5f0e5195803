"""What goes to standard error: text, or JSON lines with nothing between them."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from apache_beam.portability.api import beam_fn_api_pb2
from apache_beam.runners.portability.local_job_service import BeamFnLoggingServicer

from pipeline.cli import main
from pipeline.errors import ExitCode
from pipeline.logs import JSON, TEXT, log_format, set_up_logs
from tests.places import HANG_SECONDS, ROOT


def entries(errors: str) -> list[dict]:
    return [json.loads(line) for line in errors.splitlines()]


@pytest.fixture(autouse=True)
def text_again():
    yield
    set_up_logs(TEXT)


def fail() -> None:
    try:
        raise ValueError("of no use")
    except ValueError:
        logging.getLogger("library").exception("it\nfailed")


def test_a_record_is_a_line_with_its_time_severity_logger_message_and_exception(capsys):
    set_up_logs(JSON)
    fail()
    (entry,) = entries(capsys.readouterr().err)
    assert datetime.fromisoformat(entry.pop("time")).utcoffset() == timedelta(0)
    assert entry.pop("exception").endswith("ValueError: of no use")
    assert entry == {"severity": "ERROR", "logger": "library", "message": "it\nfailed"}


def test_in_text_our_own_messages_are_sentences(capsys):
    set_up_logs(TEXT)
    logging.getLogger("pipeline.progress").info("1 of about 2 blocks")
    logging.getLogger("transforms.files.storage").warning("slow")
    logging.getLogger("library").warning("old")
    logging.getLogger("library").info("new")
    assert capsys.readouterr().err == "1 of about 2 blocks\nwarning: slow\nWARNING library: old\n"


@pytest.mark.parametrize("form", [TEXT, JSON])
def test_a_workers_record_is_told_as_it_was(form, capsys):
    trace = 'Traceback (most recent call last):\nValueError: "quoted"\n'
    of_a_worker = beam_fn_api_pb2.LogEntry(
        severity=beam_fn_api_pb2.LogEntry.Severity.ERROR,
        message=f"it\nfailed\n{trace.rstrip()}",
        trace=trace,
    )
    of_a_worker.timestamp.FromSeconds(1)
    of_no_use = beam_fn_api_pb2.LogEntry(
        severity=beam_fn_api_pb2.LogEntry.Severity.WARN,
        message="No semi_persistent_directory found: functions defined in main may fail",
    )
    set_up_logs(form)
    records = beam_fn_api_pb2.LogEntry.List(log_entries=[of_no_use, of_a_worker])
    BeamFnLoggingServicer().Logging([records])
    errors = capsys.readouterr().err
    if form == TEXT:
        assert errors == f"ERROR worker: it\nfailed\n{trace}"
    else:
        assert entries(errors) == [
            {
                "time": "1970-01-01T00:00:01.000+00:00",
                "severity": "ERROR",
                "logger": "worker",
                "message": "it\nfailed",
                "exception": trace.rstrip(),
            }
        ]


def test_wrong_usage_is_told_in_the_format_that_was_asked_for(capsys):
    assert main(["--inputs", "x", "--log-format=json"]) == ExitCode.WRONG_USAGE
    (entry,) = entries(capsys.readouterr().err)
    assert entry["severity"] == "ERROR"
    assert "did you mean --input?" in entry["message"]


def test_a_format_that_is_none_is_wrong_usage(capsys):
    assert log_format(["--log_format", "xml"]) == TEXT
    assert main(["--log_format", "xml"]) == ExitCode.WRONG_USAGE
    assert "error: argument --log_format: invalid choice: 'xml'" in capsys.readouterr().err


LOUD = """
import os, subprocess, sys, threading, warnings
from pipeline.logs import JSON, capture, end_process, set_up_logs

capture()
set_up_logs(JSON)
warnings.warn("a warning")
os.write(2, b"from C++")
threading.Event().wait(0.2)
subprocess.run([sys.executable, "-c", "import sys; sys.exit('line 1\\\\nline 2')"])
print("{}", file=sys.stderr)
end_process(3)
"""


def test_what_is_written_past_the_logs_by_other_processes_too_becomes_lines_of_json():
    done = subprocess.run(
        [sys.executable, "-c", LOUD], cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS
    )
    assert done.returncode == 3, done.stderr
    first, *others = entries(done.stderr)
    assert first["logger"] == "py.warnings"
    assert "UserWarning: a warning" in first["message"]
    assert {(entry["severity"], entry["logger"]) for entry in others} == {("WARNING", "stderr")}
    said = "\n".join(entry["message"] for entry in others)
    assert said == "from C++\nline 1\nline 2\n{}"


@pytest.mark.parametrize("form", [TEXT, JSON])
def test_what_is_secret_in_an_address_is_in_no_log(form, capsys):
    set_up_logs(form)
    place = "http://ann:hush@news/a.txt?token=hush&day=1"
    try:
        raise ValueError(f'"{place}"')
    except ValueError:
        logging.getLogger("library").exception("no %s", place)
    written = capsys.readouterr().err
    assert written.count("http://news/a.txt?day=1") == 2
    assert "hush" not in written
