"""Measures a model on CoNLL columns or, the whole way from text to entities, on raw text."""

import argparse
import json

from pipeline.evaluation.report import as_record
from pipeline.evaluation.report_tables import as_tables
from pipeline.models import ModelChoice, add_model_arguments, find_tagger
from pipeline.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `evaluate`."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="FILE",
        help="CoNLL columns, the word first and its tag in IOB1 or IOB2 last; or raw text in a "
        '.jsonl or .ndjson, each line as {"text": ..., "entities": [{"start": ..., "end": ..., '
        '"label": ...}]}, with offsets in code points, half-open; a "kind" in the lines gives each '
        "kind of text figures of its own",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    add_model_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Prints the figures of a model on a file, and its mistakes.

    Raises:
      UsageError: the file, model or device is unfit, or the model fails on a sentence.
    """
    # What measures needs numpy, for which nobody should wait who only reads the flags.
    from pipeline.evaluation.data import read_data

    measure = read_data(args.data)
    report = measure(find_tagger(ModelChoice.of(args)))
    say(json.dumps(as_record(report), indent=2) if args.json else as_tables(report))
    return 0
