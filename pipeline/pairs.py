"""Counts which names occur in the same documents, and writes a table of pairs."""

import argparse

from pipeline.counting.flags import add_counting_arguments
from pipeline.counting.queries import MAX_NAMES, MIN_DOCUMENTS
from pipeline.errors import ExitCode
from pipeline.flag_values import at_least


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `pairs`."""
    add_counting_arguments(parser, "pairs", MIN_DOCUMENTS)
    parser.add_argument(
        "--max_names",
        type=at_least(2),
        default=MAX_NAMES,
        metavar="NUMBER",
        help="pair at most so many names of a document: those that it mentions most often, and "
        f"among equals those that more documents name (default: {MAX_NAMES})",
    )


def run(args: argparse.Namespace) -> ExitCode:
    """Writes the table of pairs.

    Raises:
      UsageError: the flags do not fit each other, or the output.
      DamagedError, CommandError, OSError: the tables cannot be read.
    """
    from pipeline.counting.answer import answer
    from pipeline.counting.queries import pairs

    return answer(
        args,
        "pairs",
        lambda tables, choice: pairs(tables, choice, args.min_documents, args.max_names),
    )
