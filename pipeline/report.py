"""Makes a page of an output to look at: names over time, ties, texts with their names, scores."""

import argparse

from pipeline.arguments import add_output_argument
from pipeline.credentials import check_credentials
from pipeline.errors import ExitCode
from pipeline.terminal import say
from transforms.files.places import normalise


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `report`."""
    add_output_argument(parser)
    parser.add_argument(
        "--output",
        metavar="PLACE",
        help="a file or folder, or s3:// or gs:// and a name: where the page goes (default: "
        "report.html in OUT)",
    )


def add_report_flag(group: argparse._ActionsContainer) -> None:
    """Adds the flag by which the main job makes the page at its end."""
    group.add_argument(
        "--report",
        nargs="?",
        const="true",
        type=_place,
        metavar="PLACE",
        help="make a page to look at when the job is done: a file or folder, or s3:// or gs:// and "
        "a name; without PLACE, report.html in the output (default: none)",
    )


def _place(value: str) -> str | None:
    """Reads where the page goes: empty for its place in the output, None for no page."""
    return {"true": "", "false": None}.get(value.lower(), value)


def run(args: argparse.Namespace) -> ExitCode:
    """Writes the page, and says where it is.

    Raises:
      UsageError: no job has come to its end there, or an older version made the tables.
      DamagedError: a part is gone.
      OSError: a store cannot be read, or the page cannot be written.
    """
    root = normalise(args.out)
    check_credentials("OUT", root)
    if args.output:
        check_credentials("--output", normalise(args.output))
    # Loading DuckDB and pyarrow takes longer than reading the flags.
    from pipeline.reporting.write import write_report
    from transforms.output.output import Output

    say(f"report: {write_report(Output(root), args.output)}")
    return ExitCode.DONE
