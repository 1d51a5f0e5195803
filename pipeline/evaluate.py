"""Measures a model on CoNLL columns, through the tagger that the pipeline uses."""

import argparse
import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from pipeline.arguments import add_model_arguments
from pipeline.conll import LabelledSentence, read_conll
from pipeline.errors import UsageError
from pipeline.scores import Scores, score_labels
from transforms.model.checkpoint import CheckpointError, resolve_checkpoint
from transforms.model.tagger import DeviceError, TagFailure, Tagger, load_tagger


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `evaluate`."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="FILE",
        help="CoNLL columns: the word first, its tag in IOB1 or IOB2 last",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    add_model_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Prints the figures of a model on a file.

    Raises:
      UsageError: the file, model or device is unfit, or the model fails on a sentence.
    """
    sentences = read_conll(args.data)
    tagger = find_tagger(
        args.model, args.model_revision, args.label_names, args.device, args.precision
    )
    scores = evaluate(tagger, sentences, args.data)
    print(json.dumps(as_record(scores), indent=2) if args.json else as_table(scores))
    return 0


def find_tagger(
    model: str | None,
    revision: str | None = None,
    label_names: Sequence[str] = (),
    device: str = "auto",
    precision: str = "auto",
) -> Tagger:
    """The tagger that the flags of these names mean.

    Raises:
      UsageError: the model or device is missing or unfit.
    """
    try:
        return load_tagger(resolve_checkpoint(model, revision, label_names), device, precision)
    except (CheckpointError, DeviceError) as error:
        raise UsageError(str(error)) from error


def evaluate(tagger: Tagger, sentences: Sequence[LabelledSentence], place: str) -> Scores:
    """Compares the tagger's labels with the sentences' own; `place` names them in errors.

    Raises:
      UsageError: a sentence could not be tagged, so there are no figures.
    """
    predicted = []
    results = tagger.tag([sentence.words for sentence in sentences])
    for sentence, result in zip(sentences, results, strict=True):
        if isinstance(result, TagFailure):
            raise UsageError(
                f"{place}: cannot tag the sentence {' '.join(sentence.words)!r}: {result.message}"
            )
        predicted.append(result.labels)
    return score_labels([sentence.labels for sentence in sentences], predicted)


def as_record(scores: Scores) -> dict[str, Any]:
    """The figures as JSON has them, unrounded."""
    return {
        "overall": scores.overall_figures(),
        "by_type": {name: dataclasses.asdict(row) for name, row in scores.by_type.items()},
    }


def as_table(scores: Scores) -> str:
    """The figures in aligned columns, a row a type and one for all."""
    rows = scores.rows()
    width = max(map(len, rows))
    lines = [f"{'':{width}}  precision  recall      f1  support"]
    lines += [
        f"{name:{width}}  {row.precision:9.4f}  {row.recall:.4f}  {row.f1:.4f}  {row.support:7}"
        for name, row in rows.items()
    ]
    return "\n".join([*lines, "", f"accuracy of the words: {scores.accuracy:.4f}"])
