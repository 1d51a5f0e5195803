"""The command: chooses what to run, and turns its end into an exit code."""

import importlib
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import NoReturn

from pipeline.arguments import Parser, underscored
from pipeline.errors import FAILED, WRONG_USAGE, UsageError

# Beside the main job; each module has add_arguments(parser) and run(args).
_COMMANDS = ("tag", "train", "evaluate")


def process() -> NoReturn:
    """Runs the command of this process, and ends it."""
    try:
        code = main()
    except SystemExit as end:  # --help
        code = end.code if isinstance(end.code, int) else FAILED
    except BaseException:
        traceback.print_exc()
        code = FAILED
    sys.stdout.flush()
    sys.stderr.flush()
    # Beam leaves daemon threads inside C++, which abort the process when Python winds up.
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code: 0 all well, 1 failed, 2 wrong usage, 3 rejects."""
    words = list(sys.argv[1:] if argv is None else argv)
    name = words.pop(0) if words and words[0] in ("run", *_COMMANDS) else "run"
    _quieten()
    try:
        return _run(words) if name == "run" else _run_command(name, words)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        command = "" if name == "run" else f" {name}"
        print(f"`python -m pipeline{command} --help` explains the flags.", file=sys.stderr)
        return WRONG_USAGE


def _run(words: Sequence[str]) -> int:
    # Imported here, so that the other commands need not wait for it.
    from pipeline.options import parse_options
    from pipeline.run import run

    return run(parse_options(words))


def _run_command(name: str, words: Sequence[str]) -> int:
    command = importlib.import_module(f"pipeline.{name}")
    parser = Parser(
        prog=f"python -m pipeline {name}", description=command.__doc__, allow_abbrev=False
    )
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args([underscored(word) for word in words]))
    return code


def _quieten() -> None:
    """Keeps libraries to their warnings; workers inherit the environment."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
