"""The main job's flags: ours, strictly, and Beam's beside them."""

import argparse
import re
from collections.abc import Sequence
from datetime import datetime

from pipeline.arguments import COMMAND, Parser, Several, add_config_arguments, add_switch
from pipeline.commands import COMMANDS, RUN
from pipeline.configuration.resolve import Resolved, naming_places, resolve
from pipeline.configuration.show import show_and_stop
from pipeline.credentials import refuse_keys
from pipeline.errors import UsageError
from pipeline.flag_values import at_least, minutes, ratio, workers
from pipeline.input_flags import add_input_flags
from pipeline.logs import add_log_argument
from pipeline.models import ModelChoice, add_model_arguments
from pipeline.report import add_report_flag
from pipeline.settings import BeamFlags, RunOptions, Settings
from transforms.choices import (
    ANY_LANGUAGE,
    DATE_FORMATS,
    DATE_PARTS,
    DOCUMENT_LABELS,
    LANGUAGES,
    SENTENCES,
)
from transforms.files.path_fields import check_pattern

# Other runners have these flags in place of --workers.
_WORKER_FLAGS = {
    "DataflowRunner": "--max_num_workers",
    "DirectRunner": "--direct_num_workers",
    "FlinkRunner": "--parallelism",
    "PortableRunner": "--parallelism or --sdk_worker_parallelism",
    "PrismRunner": "--sdk_worker_parallelism",
    "SparkRunner": "--sdk_worker_parallelism",
}
_MIN_TOKEN_BUDGET = 128


def make_parser() -> Parser:
    """Makes the parser of the main job's flags; the defaults are those of the dataclasses."""
    parser = Parser(
        prog=COMMAND,
        usage="%(prog)s [run] --input PATTERN ... --output PLACE [options]",
        description="Tags the names in news text and writes them as Parquet tables.",
        epilog=f"Beam's own flags go beside these, e.g. --runner. Other commands: "
        f"{', '.join(COMMANDS)}, each with --help. Exit codes: 0 all well, "
        "1 failed, 2 wrong usage, 3 finished with more rejects than --max_reject_ratio, 4 the "
        "output is damaged.",
    )
    add_input_flags(parser.add_argument_group("input"))
    output = parser.add_argument_group("output")
    _add_output(output)
    add_report_flag(output)
    model = parser.add_argument_group("model")
    add_model_arguments(model)
    model.add_argument(
        "--token_budget",
        type=at_least(_MIN_TOKEN_BUDGET),
        default=RunOptions.token_budget,
        metavar="N",
        help="padded word pieces a batch: speed and memory, not results (default: what suits the "
        "device)",
    )
    model.add_argument(
        "--document_labels",
        choices=DOCUMENT_LABELS,
        default=Settings.document_labels,
        help="on: a document as a whole corrects the labels of its names; off: they are the "
        "model's (default: %(default)s)",
    )
    _add_running(parser.add_argument_group("running"))
    add_config_arguments(parser)
    parser.add_version()
    return parser


def _add_output(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--output", required=True, metavar="PLACE", help="a folder, or s3:// or gs:// and a prefix"
    )
    group.add_argument(
        "--sentences",
        choices=SENTENCES,
        default=Settings.sentences,
        help="the sentences table: with text, offsets only, or no rows (default: %(default)s)",
    )
    add_switch(
        group,
        "--texts",
        "write the table texts, with the text of each document; that of pages and feeds, which is "
        "taken out of them, is always written",
    )
    group.add_argument(
        "--partition_by",
        action=Several,
        nargs="+",
        default=[],
        metavar="NAME",
        help="kept columns, or year or month of the date (month=2024-01): a folder a value, at "
        "most 1,000 (default: none)",
    )
    add_switch(group, "--overwrite", "remove what a job with other settings wrote there")
    add_switch(
        group,
        "--prune",
        "take out the rows of all inputs that are no longer there, or that --input does not name",
    )
    group.add_argument(
        "--wait",
        type=at_least(0),
        default=RunOptions.wait,
        metavar="MINUTES",
        help="wait for so long while another run works on the output (default: do not wait)",
    )
    group.add_argument(
        "--max_reject_ratio",
        type=ratio,
        default=RunOptions.max_reject_ratio,
        metavar="R",
        help="with more rejects than this share of the records, or of the sentences, that were "
        "added, exit with 3; a file that cannot be read counts as one record "
        "(default: %(default)s)",
    )


def _add_running(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--workers",
        type=workers,
        metavar="N",
        help="processes on this machine (default: auto, one for each 8 cores, and up to 8 for a "
        "GPU; one uses all cores as well); other runners have flags of their own",
    )
    group.add_argument(
        "--stall_minutes",
        type=minutes,
        default=RunOptions.stall_minutes,
        metavar="M",
        help="a process in which the model gets no batch done for so long ends, and the next try "
        "finds the document that it hangs in (default: 30)",
    )
    add_switch(
        group,
        "--plan_only",
        "print files, bytes, blocks and, for this machine, a range for the time, and stop",
    )
    add_log_argument(group)
    group.add_argument(
        "--metrics_file",
        metavar="PLACE",
        help="a file, or s3:// or gs:// and a name: how the run ended and what the tables hold, "
        "in Prometheus' text format (default: none)",
    )


def parse_options(argv: Sequence[str]) -> RunOptions:
    """Reads the flags of the main job.

    Raises:
      UsageError: a flag or a value that cannot be right.
    """
    parser = make_parser()
    found = resolve(parser, RUN, argv)
    with naming_places(found.origins):
        return _options(parser, found)


def _options(parser: Parser, found: Resolved) -> RunOptions:
    args, others = found.args, found.others
    if not args.print_config:
        settings = _settings(args)
        _check(settings)
    beam = BeamFlags()
    if others:  # loading Beam takes seconds
        from pipeline.beam_flags import parse_beam_flags

        beam = parse_beam_flags(others, parser)
    if args.print_config:
        show_and_stop(parser, RUN, found)
    parser.check_required(args)
    _check_run(args, settings, beam)
    return RunOptions(
        input=tuple(args.input),
        output=args.output,
        settings=settings,
        model=ModelChoice.of(args),
        token_budget=args.token_budget,
        workers=args.workers,
        stall_minutes=args.stall_minutes,
        overwrite=args.overwrite,
        prune=args.prune,
        wait=args.wait,
        plan_only=args.plan_only,
        max_reject_ratio=args.max_reject_ratio,
        metrics_file=args.metrics_file,
        report=args.report,
        beam=beam,
        origins=found.origins,
    )


def _check_run(args: argparse.Namespace, settings: Settings, beam: BeamFlags) -> None:
    """Refuses what does not go with the runner or with what the run does, and keys in places."""
    if not beam.is_local and args.workers not in (None, 1):
        flags = _WORKER_FLAGS.get(beam.runner, "flags of its own")
        raise UsageError(f"--workers counts processes on this machine; {beam.runner} has {flags}")
    if args.prune and settings.limit is not None:
        raise UsageError("--prune does not go with --limit, whose tables are not added to")
    for flag, places in (
        ("--input", args.input),
        ("--output", [args.output]),
        ("--model", [args.model or ""]),
        ("--metrics_file", [args.metrics_file or ""]),
        ("--report", [args.report or ""]),
    ):
        for place in places:
            refuse_keys(flag, place)


def _settings(args: argparse.Namespace) -> Settings:
    return Settings(
        text_field=tuple(args.text_field),
        id_field=args.id_field,
        date_field=args.date_field,
        date_format=tuple(args.date_format),
        date_from_name=args.date_from_name,
        keep=tuple(args.keep),
        format=args.format,
        encoding=args.encoding,
        delimiter=args.delimiter,
        limit=args.limit,
        max_document_chars=args.max_document_chars,
        max_expansion=args.max_expansion,
        line_breaks=args.line_breaks,
        document_labels=args.document_labels,
        languages=tuple(sorted(args.languages)),
        sentences=args.sentences,
        texts=args.texts,
        partition_by=tuple(args.partition_by),
    )


def _check(settings: Settings) -> None:
    """Refuses settings that do not go together."""
    if settings.date_format != Settings.date_format and not settings.date_field:
        raise UsageError("--date_format needs --date_field")
    for form in settings.date_format:
        _check_date_format(form)
    if settings.date_from_name is not None:
        _check_date_from_name(settings.date_from_name)
    for code in settings.languages:
        if code not in (ANY_LANGUAGE, *LANGUAGES):
            known = " ".join(LANGUAGES)
            raise UsageError(f"--languages {code}: neither {ANY_LANGUAGE} nor one of {known}")
    if ANY_LANGUAGE in settings.languages and len(settings.languages) > 1:
        raise UsageError(f"--languages {' '.join(settings.languages)}: {ANY_LANGUAGE} stands alone")
    for item in settings.keep:
        if not all(item.split("=", 1)):
            raise UsageError(f"--keep {item}: a name is empty; it takes NAME or NAME=NEW")
    columns = [column for _, column in settings.kept]
    for name in settings.partition_by:
        if name in DATE_PARTS and not (settings.date_field or settings.date_from_name):
            raise UsageError(f"--partition_by {name} needs --date_field or --date_from_name")
        if name not in DATE_PARTS and name not in columns:
            raise UsageError(
                f"--partition_by {name}: neither year nor month nor a kept column; "
                f"add --keep {name}"
            )
        if "/" in name or "=" in name:
            raise UsageError(
                f"--partition_by {name}: no folder's name can tell it; --keep NAME=NEW renames"
            )
    for flag, names in (
        ("text_field", settings.text_field),
        ("languages", settings.languages),
        ("partition_by", settings.partition_by),
    ):
        if len(set(names)) < len(names):
            raise UsageError(f"--{flag} {' '.join(names)} names one twice")


def _check_date_from_name(pattern: str) -> None:
    try:
        check_pattern(pattern)
    except ValueError as error:
        raise UsageError(f"--date_from_name {pattern}: {error}") from error


def _check_date_format(form: str) -> None:
    if form in DATE_FORMATS:
        return
    if "%" not in form:
        raise UsageError(
            f"--date_format {form}: neither one of strptime, such as %d/%m/%Y, nor "
            f"{', '.join(DATE_FORMATS)}"
        )
    try:
        datetime.strptime(datetime(2001, 2, 3).strftime(form), form)
    except ValueError as error:
        raise UsageError(f"--date_format {form}: {error}") from error
    if not re.search("%[cxDFyYG]", form):
        raise UsageError(f"--date_format {form} has no year")
