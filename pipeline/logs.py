"""What the command writes to standard error: text for a person, or JSON lines for a collector."""

import argparse
import json
import logging
import os
import select
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NoReturn

from pipeline import live
from pipeline.arguments import Parser, add_config_arguments
from pipeline.commands import RUN
from pipeline.configuration.resolve import peek
from pipeline.errors import UsageError
from pipeline.terminal import printable
from transforms.files.addresses import hide_secrets

TEXT, JSON = "text", "json"

# These terminals cannot write over a line.
_DUMB = ("dumb", "unknown")
_OURS = ("pipeline", "transforms")
_STDERR = 2
_CHUNK_BYTES = 64 << 10
# A traceback comes line by line: a line that follows this soon belongs to the same message.
_PAUSE_SECONDS = 0.05
_DRAIN_SECONDS = 1.0

_WORKERS = "apache_beam.runners.portability.local_job_service"
_WORKER_PREFIX = "Worker: "


def add_log_argument(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--log_format",
        choices=[TEXT, JSON],
        default=TEXT,
        help="of standard error: text, or JSON lines with time, severity, logger, message and "
        "exception (default: text)",
    )


def log_format(words: Sequence[str]) -> str:
    """Finds the format among settings that may be wrong: what is wrong is told in it, too."""
    parser = Parser(add_help=False)
    add_log_argument(parser)
    add_config_arguments(parser)
    try:
        return peek(parser, RUN, words).log_format
    except UsageError:
        return TEXT


def set_up_logs(form: str) -> None:
    """Sends logs to standard error: ours, and of libraries and workers the warnings."""
    _HANDLER.setFormatter(_JsonFormatter() if form == JSON else _TextFormatter())
    logging.getLogger().addHandler(_HANDLER)
    logging.captureWarnings(True)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger(_WORKERS).addFilter(_unwrap)


def has_terminal() -> bool:
    """Whether a person watches standard error, where a line may be written over."""
    if isinstance(_HANDLER.formatter, _JsonFormatter) or os.environ.get("TERM") in _DUMB:
        return False
    return sys.stderr.isatty()


def capture() -> None:
    """Makes logs of what goes to standard error past all logs, of workers here as well.

    Libraries write there in C++, or have handlers of their own, and Beam's workers print what
    failed.
    """
    source, sink = os.pipe()
    _HANDLER.kept = os.dup(_STDERR)
    os.dup2(sink, _STDERR)
    os.close(sink)
    _HANDLER.relay = threading.Thread(target=_log_all, args=(source,), name="stderr", daemon=True)
    _HANDLER.relay.start()


def end_process(code: int) -> NoReturn:
    """Ends the process at once, when what it has written so far is out.

    Beam leaves daemon threads inside C++, which abort the process when Python winds up.
    """
    live.clear()
    sys.stdout.flush()
    sys.stderr.flush()
    if _HANDLER.kept is not None and _HANDLER.relay is not None:
        # This closes our end of the pipe. Workers have it, too, and may live a little longer.
        os.dup2(_HANDLER.kept, _STDERR)
        _HANDLER.relay.join(_DRAIN_SECONDS)
    os._exit(code)


def _log_all(source: int) -> None:
    while data := os.read(source, _CHUNK_BYTES):
        while len(data) < _CHUNK_BYTES and (more := _read_soon(source)):
            data += more
        text = data.decode(errors="backslashreplace").strip()
        if text:
            logging.getLogger("stderr").warning("%s", text)


def _read_soon(source: int) -> bytes:
    comes = select.select([source], [], [], _PAUSE_SECONDS)[0]
    return os.read(source, _CHUNK_BYTES) if comes else b""


class _StandardError(logging.Handler):
    """Writes to whatever standard error is by then; past its capture, if it is captured."""

    kept: int | None = None  # the descriptor of standard error, while that is captured
    relay: threading.Thread | None = None  # logs what is captured

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            if self.kept is not None:
                os.write(self.kept, f"{line}\n".encode(errors="backslashreplace"))
                return
            if not live.print_above(line):
                print(line, file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


class _TextFormatter(logging.Formatter):
    """Our own messages are sentences for whoever runs the job; others tell where they are from."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(hide_secrets(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:
        if not record.name.startswith(_OURS):
            return f"{record.levelname} {record.name}: {record.message}"
        if record.levelno < logging.WARNING:
            return record.message
        return f"{record.levelname.lower()}: {record.message}"


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC)
        entry = {
            "time": time.isoformat(timespec="milliseconds"),
            "severity": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        elif record.exc_text:  # the record comes from a worker
            entry["exception"] = record.exc_text
        shown = {name: printable(hide_secrets(text)) for name, text in entry.items()}
        return json.dumps(shown, ensure_ascii=False)


def _unwrap(record: logging.LogRecord) -> bool:
    """Turns what Beam logs of a worker's record into that record; drops what is of no use.

    Beam writes the record as text, whole, into the message of one of its own.
    """
    text = record.getMessage()
    if not text.startswith(_WORKER_PREFIX):
        return True
    # A job with workers has loaded these already, and the other commands need not wait for them.
    from apache_beam.portability.api import beam_fn_api_pb2
    from google.protobuf import text_format

    try:
        entry = text_format.Parse(text.removeprefix(_WORKER_PREFIX), beam_fn_api_pb2.LogEntry())
    except text_format.ParseError:
        return True
    trace = entry.trace.rstrip()
    record.name, record.msg, record.args = "worker", entry.message.removesuffix(f"\n{trace}"), ()
    record.exc_text = trace or None
    record.created = entry.timestamp.ToMicroseconds() / 1e6
    # Each worker on this machine warns that it has no folder which only other runners give.
    return not entry.message.startswith("No semi_persistent_directory found")


_HANDLER = _StandardError()
