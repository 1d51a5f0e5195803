"""The main job's flags: ours, strictly, and Beam's beside them."""

import argparse
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from apache_beam.options.pipeline_options import PipelineOptions, S3Options, StandardOptions

from pipeline.arguments import Parser, Several, add_model_arguments, add_switch, refuse_flag
from pipeline.errors import UsageError
from pipeline.logs import add_log_argument
from pipeline.run import RunOptions
from pipeline.runners import IN_PROCESS
from pipeline.settings import Settings
from transforms.choices import DATE_PARTS, FORMATS, LINE_BREAKS, SENTENCES
from transforms.files.storage import normalise

# Flags of their own that Python cannot know may follow for these.
_PORTABLE = ("PortableRunner", "FlinkRunner", "SparkRunner", "PrismRunner")
# What stands for --workers with other runners.
_WORKER_FLAGS = {
    "DataflowRunner": "--max_num_workers",
    "DirectRunner": "--direct_num_workers",
    "FlinkRunner": "--parallelism",
    "PortableRunner": "--parallelism or --sdk_worker_parallelism",
    "PrismRunner": "--sdk_worker_parallelism",
    "SparkRunner": "--sdk_worker_parallelism",
}
_MIN_TOKEN_BUDGET = 128
# What Beam's flags for S3 are called in the environment, which everything else follows.
_S3_VARIABLES = {"s3_endpoint_url": "AWS_ENDPOINT_URL_S3", "s3_region_name": "AWS_DEFAULT_REGION"}


def make_parser() -> Parser:
    parser = Parser(
        prog="python -m pipeline",
        usage="%(prog)s [run] --input PATTERN ... --output PLACE [options]",
        description="Tags the names in news text and writes them as Parquet tables.",
        epilog="Beam's own flags go beside these, e.g. --runner. Other commands: "
        "`python -m pipeline tag`, `train`, `evaluate`, each with --help. Exit codes: 0 all "
        "well, 1 failed, 2 wrong usage, 3 finished with more rejects than --max_reject_ratio.",
    )
    group = parser.add_argument_group("input")
    group.add_argument(
        "--input",
        action=Several,
        nargs="+",
        required=True,
        metavar="PATTERN",
        help="files, directories, globs or URIs (s3://, gs://, http://) of .txt, .jsonl, .csv, "
        ".tsv and .parquet, the text ones also as .gz, .bz2, .xz, .zst",
    )
    group.add_argument(
        "--format", choices=[*FORMATS], help="of every input (default: told by each name)"
    )
    group.add_argument(
        "--text_field",
        action=Several,
        nargs="+",
        default=["text"],
        metavar="NAME",
        help="the fields to tag, each by itself (default: text)",
    )
    group.add_argument(
        "--id_field", default="id", metavar="NAME", help="becomes document_id (default: id)"
    )
    group.add_argument("--date_field", metavar="NAME", help="becomes date (default: none)")
    group.add_argument(
        "--date_format", metavar="F", help="of strptime, e.g. %%d/%%m/%%Y (default: ISO 8601)"
    )
    group.add_argument(
        "--keep",
        action=Several,
        nargs="+",
        default=[],
        metavar="NAME[=NEW]",
        help="fields to carry into the documents table, renamed after =",
    )
    group.add_argument(
        "--line_breaks",
        choices=LINE_BREAKS,
        default="auto",
        help="what a single newline means: a new paragraph, or wrapped text (default: auto, "
        "told for each text)",
    )
    group.add_argument(
        "--max_document_chars",
        type=_at_least(1),
        default=5_000_000,
        metavar="N",
        help="longer texts become rejects (default: 5,000,000)",
    )
    group.add_argument("--limit", type=_at_least(1), metavar="N", help="only the first N documents")

    group = parser.add_argument_group("output")
    group.add_argument(
        "--output", required=True, metavar="PLACE", help="a folder, or s3:// or gs:// and a prefix"
    )
    group.add_argument(
        "--sentences",
        choices=SENTENCES,
        default="text",
        help="the sentences table: with text, offsets only, or no rows (default: text)",
    )
    group.add_argument(
        "--partition_by",
        action=Several,
        nargs="+",
        default=[],
        metavar="NAME",
        help="kept columns, or year or month of the date: a folder a value",
    )
    add_switch(group, "--overwrite", "remove what a job with other settings wrote there")
    add_switch(group, "--prune", "take out the rows of inputs that are no longer there")
    group.add_argument(
        "--max_reject_ratio",
        type=_ratio,
        default=0.05,
        metavar="R",
        help="with more rejects than this share of the records, or of the sentences, exit with 3 "
        "(default: 0.05)",
    )

    group = parser.add_argument_group("model")
    add_model_arguments(group)
    group.add_argument(
        "--token_budget",
        type=_at_least(_MIN_TOKEN_BUDGET),
        metavar="N",
        help="padded word pieces a batch (default: what suits the device)",
    )

    group = parser.add_argument_group("running")
    group.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="processes on this machine (default: auto, one for each 8 cores, and up to 4 for a "
        "GPU; one uses all cores as well); other runners have flags of their own",
    )
    add_switch(
        group,
        "--plan_only",
        "print files, bytes, blocks and, for this machine, an estimate of the time, and stop",
    )
    add_log_argument(group)
    group.add_argument(
        "--metrics_file",
        metavar="PLACE",
        help="a file, or s3:// or gs:// and a name: how the run ended and what the tables hold, "
        "in Prometheus' text format (default: none)",
    )
    return parser


def parse_options(argv: Sequence[str]) -> RunOptions:
    """Reads the flags of the main job.

    Raises:
      UsageError: a flag or a value that cannot be right.
    """
    parser = make_parser()
    args, others = parser.parse_known(argv)
    runner = _check_beam_flags(others, parser)
    store_variables, others = _take_s3_flags(others)
    parser.check_required(args)
    if runner != IN_PROCESS and args.workers not in (None, 1):
        flags = _WORKER_FLAGS.get(runner, "flags of its own")
        raise UsageError(f"--workers counts processes on this machine; {runner} has {flags}")
    settings = Settings(
        text_field=tuple(args.text_field),
        id_field=args.id_field,
        date_field=args.date_field,
        date_format=args.date_format,
        keep=tuple(args.keep),
        format=args.format,
        limit=args.limit,
        max_document_chars=args.max_document_chars,
        line_breaks=args.line_breaks,
        sentences=args.sentences,
        partition_by=tuple(args.partition_by),
    )
    _check(settings)
    if args.prune and settings.limit is not None:
        raise UsageError("--prune does not go with --limit, whose tables are not added to")
    return RunOptions(
        input=tuple(args.input),
        output=args.output,
        settings=settings,
        model=args.model,
        model_revision=args.model_revision,
        label_names=tuple(args.label_names),
        device=args.device,
        precision=args.precision,
        token_budget=args.token_budget,
        workers=args.workers,
        overwrite=args.overwrite,
        prune=args.prune,
        plan_only=args.plan_only,
        max_reject_ratio=args.max_reject_ratio,
        metrics_file=normalise(args.metrics_file) if args.metrics_file else None,
        runner=runner,
        beam_flags=tuple(others),
        store_variables=store_variables,
    )


def _check_beam_flags(others: Sequence[str], ours: Parser) -> str:
    """Refuses what neither we nor Beam know, which Beam itself would pass over in silence.

    Returns the name of the runner's class.
    """
    beam_parser = Parser(add_help=False)
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(beam_parser)  # type: ignore[arg-type]
    known, unknown = beam_parser.parse_known_args(list(others))
    runner = _runner(known.runner or IN_PROCESS)
    if unknown and runner not in _PORTABLE:
        refuse_flag(unknown[0], [*ours.flags, *beam_parser.flags])
    return runner


def _take_s3_flags(others: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Turns Beam's flags for S3 into variables; returns these and the other flags.

    Only listing would follow the flags. Those that hold secrets would be written into the job.
    """
    parser = Parser(add_help=False)
    S3Options._add_argparse_args(parser)
    args, rest = parser.parse_known_args(list(others))
    given = {name: value for name, value in vars(args).items() if value}
    for name in given:
        if name not in _S3_VARIABLES:
            raise UsageError(
                f"--{name} does not reach all that opens files: credentials and settings of S3 "
                "belong in the environment (AWS_ACCESS_KEY_ID, ...) of launcher and workers"
            )
    return {_S3_VARIABLES[name]: value for name, value in given.items()}, rest


def _runner(name: str) -> str:
    """Returns the name of a runner's class, which Beam knows by its path, in any case and short.

    >>> _runner("flink"), _runner("apache_beam.runners.portability.fn_api_runner.FnApiRunner")
    ('FlinkRunner', 'FnApiRunner')
    """
    short = name.rpartition(".")[2]
    known = {known.lower(): known for known in StandardOptions.KNOWN_RUNNER_NAMES}
    return known.get(short.lower()) or known.get(f"{short.lower()}runner") or short


def _check(settings: Settings) -> None:
    """Refuses settings that do not go together."""
    if settings.date_format and not settings.date_field:
        raise UsageError("--date_format needs --date_field")
    if settings.date_format:
        _check_date_format(settings.date_format)
    for item in settings.keep:
        if not all(item.split("=", 1)):
            raise UsageError(f"--keep {item}: a name is empty; it takes NAME or NAME=NEW")
    columns = [column for _, column in settings.kept]
    for name in settings.partition_by:
        if name in DATE_PARTS and not settings.date_field:
            raise UsageError(f"--partition_by {name} needs --date_field")
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
        ("partition_by", settings.partition_by),
    ):
        if len(set(names)) < len(names):
            raise UsageError(f"--{flag} {' '.join(names)} names one twice")


def _check_date_format(form: str) -> None:
    try:
        datetime.strptime(datetime(2001, 2, 3).strftime(form), form)
    except ValueError as error:
        raise UsageError(f"--date_format {form}: {error}") from error
    if not re.search("%[cxDFyYG]", form):
        raise UsageError(f"--date_format {form} has no year")


def _at_least(lowest: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value.replace(",", "").replace("_", ""))
        if number < lowest:
            raise argparse.ArgumentTypeError(f"must be at least {lowest}, got {value}")
        return number

    parse.__name__ = "whole number"
    return parse


def _workers(value: str) -> int | None:
    return None if value == "auto" else _at_least(1)(value)


_workers.__name__ = "whole number, or auto,"


def _ratio(value: str) -> float:
    ratio = float(value)
    if not 0 <= ratio <= 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1, got {value}")
    return ratio
