"""The flags of the commands that count names."""

import argparse
import re

from pipeline.arguments import Several, add_output_argument, add_switch
from pipeline.flag_values import at_least, ratio

# A laptop has so much to spare beside a browser and an editor.
MEMORY = "4GB"


def add_counting_arguments(parser: argparse.ArgumentParser, name: str, min_documents: int) -> None:
    """Adds the flags.

    Args:
      name: of the file that is written, without an ending; in the plural, what a row of it is.
      min_documents: the default of --min_documents.
    """
    add_output_argument(parser)
    parser.add_argument(
        "--output",
        metavar="PLACE",
        help=f"where the file goes: a name, a folder, s3:// or gs:// and a name, or - for standard "
        f"output, as CSV (default: {name}.parquet in the current folder)",
    )
    add_switch(parser, "--csv", "write CSV, as a name that ends in .csv asks for too")
    parser.add_argument(
        "--label",
        nargs="+",
        action=Several,
        default=[],
        metavar="LABEL",
        help="count names of these labels only, PER, say",
    )
    parser.add_argument(
        "--min_score",
        type=ratio,
        default=0.0,
        metavar="NUMBER",
        help="count mentions of at least this score only, from 0 to 1",
    )
    parser.add_argument(
        "--min_documents",
        type=at_least(1),
        default=min_documents,
        metavar="NUMBER",
        help=f"leave out {name} that fewer documents have (default: {min_documents})",
    )
    parser.add_argument(
        "--limit", type=at_least(1), metavar="NUMBER", help=f"write the first {name} only"
    )
    parser.add_argument(
        "--memory",
        type=_memory,
        default=MEMORY,
        metavar="SIZE",
        help="how much memory DuckDB may take; what does not fit goes into a temporary folder in "
        f"TMPDIR (default: {MEMORY})",
    )


def _memory(value: str) -> str:
    """Reads an amount of memory, as DuckDB takes it."""
    if not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", value, re.IGNORECASE):
        raise argparse.ArgumentTypeError(f"must be a number and a unit, as 4GB, got {value!r}")
    return value
