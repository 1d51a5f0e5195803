"""Measures a model on CoNLL columns, or on raw text with offsets the whole way of the pipeline."""

import argparse
import json
import re
from collections.abc import Callable, Sequence
from functools import partial

from pipeline.arguments import add_model_arguments
from pipeline.errors import UsageError
from pipeline.evaluation.calibration import measure_confidence
from pipeline.evaluation.conll import LabelledSentence, read_conll
from pipeline.evaluation.mentions import mentions_of
from pipeline.evaluation.mistakes import count_mistakes
from pipeline.evaluation.report import Report, as_record, as_tables
from pipeline.evaluation.scores import Scores, score_labels
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.errors import CheckpointError, DeviceError
from transforms.model.loading import load_tagger
from transforms.model.tagger import NetworkTagger
from transforms.model.tags import TagFailure, WordTags

_JSON_LINES = re.compile(r"\.(?:jsonl|ndjson)(?:\.(?:gz|bz2|xz|zst))?\Z", re.IGNORECASE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `evaluate`."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="FILE",
        help="CoNLL columns: the word first, its tag in IOB1 or IOB2 last. Or raw text, as .jsonl "
        'or .ndjson: a line is {"text": ..., "entities": [{"start": ..., "end": ..., "label": '
        '...}]}, perhaps with a "kind" to have figures of; offsets count code points, half-open',
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    add_model_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Prints the figures of a model on a file, and its mistakes.

    Raises:
      UsageError: the file, model or device is unfit, or the model fails on a sentence.
    """
    measure = read_data(args.data)
    tagger = find_tagger(
        args.model, args.model_revision, args.label_names, args.device, args.precision
    )
    report = measure(tagger)
    print(json.dumps(as_record(report), indent=2) if args.json else as_tables(report))
    return 0


def read_data(path: str) -> Callable[[NetworkTagger], Report]:
    """Reads a file of either form, by its name; returns what measures a tagger on it.

    Raises:
      UsageError: the file cannot be read, or is not of its form.
    """
    if not _JSON_LINES.search(path):
        return partial(measure_sentences, sentences=read_conll(path), place=path)
    # Imported here, so that columns, and training, need not wait for Beam.
    from pipeline.evaluation.gold import read_gold
    from pipeline.evaluation.texts import measure_texts

    return partial(measure_texts, texts=read_gold(path))


def find_tagger(
    model: str | None,
    revision: str | None = None,
    label_names: Sequence[str] = (),
    device: str = "auto",
    precision: str = "auto",
) -> NetworkTagger:
    """The tagger that the flags of these names mean.

    Raises:
      UsageError: the model or device is missing or unfit.
    """
    try:
        return load_tagger(resolve_checkpoint(model, revision, label_names), device, precision)
    except (CheckpointError, DeviceError) as error:
        raise UsageError(str(error)) from error


def evaluate(tagger: NetworkTagger, sentences: Sequence[LabelledSentence], place: str) -> Scores:
    """Compares the tagger's labels with the sentences' own; `place` names them in errors.

    Raises:
      UsageError: a sentence could not be tagged, so there are no figures.
    """
    return measure_sentences(tagger, sentences, place).scores


def measure_sentences(
    tagger: NetworkTagger, sentences: Sequence[LabelledSentence], place: str
) -> Report:
    """As `evaluate`, with the mistakes."""
    tagged = tag_sentences(tagger, sentences, place)
    scores = score_labels(
        [sentence.labels for sentence in sentences], [tags.labels for tags in tagged]
    )
    pairs = [
        (
            mentions_of(sentence.words, sentence.labels),
            mentions_of(sentence.words, tags.labels, tags.scores),
        )
        for sentence, tags in zip(sentences, tagged, strict=True)
    ]
    return Report(scores, count_mistakes(pairs), measure_confidence(pairs))


def tag_sentences(
    tagger: NetworkTagger, sentences: Sequence[LabelledSentence], place: str
) -> list[WordTags]:
    """The tagger's labels and scores of each sentence's words.

    Raises:
      UsageError: a sentence could not be tagged; `place` names it.
    """
    tagged = []
    results = tagger.tag([sentence.words for sentence in sentences])
    for sentence, result in zip(sentences, results, strict=True):
        if isinstance(result, TagFailure):
            raise UsageError(
                f"{place}: cannot tag the sentence {' '.join(sentence.words)!r}: {result.message}"
            )
        tagged.append(result)
    return tagged
