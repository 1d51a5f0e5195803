"""The command: chooses what to run, and turns its end into an exit code."""

import atexit
import importlib
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import NoReturn

from pipeline.arguments import Parser, did_you_mean
from pipeline.errors import FAILED, WRONG_USAGE, UsageError

# Beside the main job; each module has add_arguments(parser) and run(args).
_COMMANDS = ("tag", "train", "evaluate")
_GLOB = frozenset("*?[")


def process() -> NoReturn:
    """Runs the command of this process, and ends it."""
    try:
        code = main()
    except SystemExit as end:  # --help
        code = end.code if isinstance(end.code, int) else FAILED
    except BaseException:
        traceback.print_exc()
        code = FAILED
    # Beam's runners end the servers that they started in such functions.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    # Beam leaves daemon threads inside C++, which abort the process when Python winds up.
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code: 0 all well, 1 failed, 2 wrong usage, 3 rejects."""
    words = list(sys.argv[1:] if argv is None else argv)
    name = words.pop(0) if words and not words[0].startswith("-") else "run"
    _quieten()
    try:
        if name not in ("run", *_COMMANDS):
            raise UsageError(_unknown(name))
        return _run(words) if name == "run" else _run_command(name, words)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        command = f" {name}" if name in _COMMANDS else ""
        print(f"`python -m pipeline{command} --help` explains the flags.", file=sys.stderr)
        return WRONG_USAGE


def _unknown(name: str) -> str:
    """Says what a first word may mean that is no command: its misspelling, or an input."""
    if os.path.exists(name) or "://" in name or _GLOB.intersection(name):
        return f"unknown command {name}; did you mean --input {name}?"
    near = did_you_mean(name, ("run", *_COMMANDS))
    return f"unknown command {name}" + (near or f"; there are run, {', '.join(_COMMANDS)}")


def _run(words: Sequence[str]) -> int:
    # Imported here, so that the other commands need not wait for it.
    from pipeline.options import parse_options
    from pipeline.run import run

    return run(parse_options(words))


def _run_command(name: str, words: Sequence[str]) -> int:
    command = importlib.import_module(f"pipeline.{name}")
    parser = Parser(prog=f"python -m pipeline {name}", description=command.__doc__)
    command.add_arguments(parser)
    code: int = command.run(parser.parse(words))
    return code


def _quieten() -> None:
    """Keeps libraries to their warnings; workers inherit the environment."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    logging.getLogger("apache_beam.runners.portability.local_job_service").addFilter(_is_of_use)


def _is_of_use(record: logging.LogRecord) -> bool:
    # Each worker on this machine warns that it has no folder which only other runners give.
    return "No semi_persistent_directory found" not in record.getMessage()
