"""Measures a model on CoNLL columns, with the very tagger that the pipeline uses."""

import argparse
import json
from collections.abc import Sequence

from pipeline.arguments import add_model_arguments
from pipeline.conll import LabelledSentence, read_conll
from pipeline.errors import UsageError
from pipeline.scores import Scores, score_labels
from transforms.model.checkpoint import CheckpointError, resolve_checkpoint
from transforms.model.tagger import DeviceError, TagFailure, Tagger, load_tagger


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", required=True, metavar="FILE", help="CoNLL columns to measure on"
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    add_model_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Prints the figures of a model.

    Raises:
      UsageError: the file, model or device is missing or unfit, or a sentence cannot be tagged.
    """
    sentences = read_conll(args.data)
    try:
        checkpoint = resolve_checkpoint(args.model, args.model_revision, args.label_names)
        tagger = load_tagger(checkpoint, args.device, args.precision)
    except (CheckpointError, DeviceError) as error:
        raise UsageError(str(error)) from error
    scores = evaluate(tagger, sentences, args.data)
    print(as_json(scores) if args.json else as_table(scores))
    return 0


def evaluate(tagger: Tagger, sentences: Sequence[LabelledSentence], place: str) -> Scores:
    """Compares the tagger's labels with those of the sentences, which are `place`'s.

    Raises:
      UsageError: a sentence cannot be tagged; the figures without it would be others.
    """
    predicted = []
    results = tagger.tag([sentence.words for sentence in sentences])
    for sentence, result in zip(sentences, results, strict=True):
        if isinstance(result, TagFailure):
            words = " ".join(sentence.words[:8])
            raise UsageError(f"{place}: cannot tag the sentence {words!r}: {result.message}")
        predicted.append(result.labels)
    return score_labels([sentence.labels for sentence in sentences], predicted)


def as_json(scores: Scores) -> str:
    by_type = {
        name: {
            "precision": figures.precision,
            "recall": figures.recall,
            "f1": figures.f1,
            "support": figures.support,
        }
        for name, figures in scores.by_type.items()
    }
    return json.dumps({"overall": scores.overall_figures(), "by_type": by_type}, indent=2)


def as_table(scores: Scores) -> str:
    """A line a type and one for all, in aligned columns, and the accuracy."""
    rows = scores.rows()
    width = max(map(len, [*rows, "accuracy"]))
    lines = [f"{'':{width}}  precision  recall      f1  support"]
    lines += [
        f"{name:{width}}  {row.precision:9.4f}  {row.recall:6.4f}  {row.f1:6.4f}  {row.support:7}"
        for name, row in rows.items()
    ]
    return "\n".join([*lines, "", f"accuracy of the words: {scores.accuracy:.4f}"])
