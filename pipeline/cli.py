"""The command: chooses what to run, and turns its end into an exit code."""

import atexit
import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from typing import NoReturn

from pipeline.arguments import COMMAND, did_you_mean, refuse_flag
from pipeline.commands import COMMANDS, RUN, load_command, make_command_parser
from pipeline.configuration.resolve import naming_places, resolve
from pipeline.configuration.show import show_and_stop
from pipeline.errors import CommandError, ExitCode, Stopped, UsageError
from pipeline.logs import JSON, TEXT, capture, end_process, log_format, set_up_logs
from pipeline.status_line import tell

_GLOB = frozenset("*?[")

_LOGGER = logging.getLogger(__name__)


def process() -> NoReturn:
    """Runs the command of this process, and ends it."""
    threading.excepthook = _log_failure
    if log_format(sys.argv[1:]) == JSON:
        capture()
    try:
        code = main()
    except SystemExit as end:  # --help and --version
        code = end.code if isinstance(end.code, int) else ExitCode.FAILED
    except KeyboardInterrupt:
        stop = Stopped(signal.SIGINT)
        _LOGGER.error("%s", stop)
        code = stop.exit_code
    except BaseException as error:
        _LOGGER.exception("failed with %s", type(error).__name__)
        code = ExitCode.FAILED
    # Beam's runners end the servers that they started in such functions.
    atexit._run_exitfuncs()
    end_process(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code, see `ExitCode`."""
    words = list(sys.argv[1:] if argv is None else argv)
    name = words.pop(0) if words and not words[0].startswith("-") else RUN
    _quieten()
    set_up_logs(log_format(words) if name == RUN else TEXT)
    try:
        if name not in (RUN, *COMMANDS):
            raise UsageError(_unknown(name))
        return _run(words) if name == RUN else _run_command(name, words)
    except UsageError as error:
        command = f" {name}" if name in COMMANDS else ""
        _LOGGER.error("%s\n`%s%s --help` explains the flags.", error, COMMAND, command)
        return error.exit_code
    except (CommandError, Stopped) as error:
        _LOGGER.error("%s", error)
        return error.exit_code


def _unknown(name: str) -> str:
    """Says what a first word may mean that is no command: its misspelling, or an input."""
    if os.path.exists(name) or "://" in name or _GLOB.intersection(name):
        return f"unknown command {name}; did you mean --input {name}?"
    near = did_you_mean(name, (RUN, *COMMANDS))
    return f"unknown command {name}" + (near or f"; there are run, {', '.join(COMMANDS)}")


def _run(words: Sequence[str]) -> int:
    from pipeline.options import parse_options

    options = parse_options(words)
    started = time.monotonic()
    tell("loading libraries")
    # Loading Beam and torch takes seconds, which a person who made a mistake need not wait.
    from pipeline.run import run

    with naming_places(options.origins):
        return run(options, started)


def _run_command(name: str, words: Sequence[str]) -> int:
    parser = make_command_parser(name)
    found = resolve(parser, name, words)
    if found.others:
        refuse_flag(found.others[0], parser.flags)
    if found.args.print_config:
        show_and_stop(parser, name, found)
    parser.check_required(found.args)
    with naming_places(found.origins):
        code: int = load_command(name).run(found.args)
    return code


def _quieten() -> None:
    """Keeps libraries to their warnings; workers inherit the environment."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    warnings.filterwarnings("ignore", category=DeprecationWarning)


def _log_failure(failure: threading.ExceptHookArgs) -> None:
    """Logs what ended a thread of a library, which would go to standard error as it is."""
    error = failure.exc_value
    _LOGGER.error("a thread failed with %s", failure.exc_type.__name__, exc_info=error)
