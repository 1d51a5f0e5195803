"""Counts each name of an output's tables, and writes a table of names."""

import argparse

from pipeline.counting.flags import add_counting_arguments
from pipeline.errors import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `names`."""
    add_counting_arguments(parser, "names", min_documents=1)


def run(args: argparse.Namespace) -> ExitCode:
    """Writes the table of names.

    Raises:
      UsageError: the flags do not fit each other, or the output.
      DamagedError, CommandError, OSError: the tables cannot be read.
    """
    from pipeline.counting.answer import answer
    from pipeline.counting.queries import names

    return answer(args, "names", lambda tables, choice: names(tables, choice, args.min_documents))
