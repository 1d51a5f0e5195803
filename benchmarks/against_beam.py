"""Compares TagEntities with what else a Beam pipeline would use: RunInference.

    python -m benchmarks.against_beam [TEXTS] [--sentences 200] [--repeats 3] [--threads 2]

Beam's documentation tags texts with `RunInference` and `HuggingFacePipelineModelHandler` for the
task "ner". It runs here with Beam's default batching. Its `load_pipeline_args` are left out first,
so that transformers takes one sentence at a time, and give batches of 8 then.

Ours is `TagEntities`, the public transform for the rows of other pipelines. It is the fair one:
both take a collection of texts and give what was found in them. TagEntities does more on the way:
it splits each text into sentences and words, and joins labels into names.

TEXTS, the sentences and the checkpoint are those of benchmarks/against_transformers.py; only
sentences are taken that TagEntities reads as that one sentence of the same words. All pipelines run
in this process (FnApiRunner), on the same cores, and take turns within each repeat. The models are
loaded in a turn before, which does not count. Time goes from the pipeline's first line to its end.
The labels that are compared are the types of words, such as PER, by a word's first piece.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.ml.inference.base import RunInference

from benchmarks.against_transformers import (
    Contestant,
    checkpoint_and_sentences,
    first_labels,
    parse_arguments,
    result_line,
    word_starts,
)
from benchmarks.beam_inference import LoadedPipelineHandler, keep, take_kept
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.tag_entities import TagEntities
from transforms.text.sentences import split_text
from transforms.text.words import split_words

RUNNER = "FnApiRunner"  # in this process


class TextRow(NamedTuple):
    """A row of a user's pipeline: a text and its number."""

    number: int
    text: str


def main() -> None:
    arguments = parse_arguments(__doc__)
    with checkpoint_and_sentences(arguments) as (folder, found):
        sentences = [words for words in found if is_read_alike(words)]
        words = sum(map(len, sentences))
        print(f"{len(sentences)} of {len(found)} sentences, {words} words, ", end="")
        print(f"{arguments.threads} threads, medians of {arguments.repeats}", flush=True)
        for line in compare(sentences, folder, arguments.repeats, arguments.threads):
            print(line)


def is_read_alike(words: list[str]) -> bool:
    """Tells whether TagEntities reads a text of these words as one sentence of the same words."""
    text = " ".join(words)
    is_whole = list(split_text(text)) == [(0, len(text))]
    return is_whole and [word.form for word in split_words(text)] == words


def compare(sentences: list[list[str]], folder: str, repeats: int, threads: int) -> list[str]:
    """Lets all pipelines tag the sentences in turn; returns a line for each."""
    texts = [" ".join(words) for words in sentences]
    theirs = [run_inference(sentences, texts, folder, size, threads) for size in (None, 8)]
    # A process has one tagger for a checkpoint: it gets its threads here.
    load_tagger(resolve_checkpoint(folder), "cpu", "fp32", threads=threads)
    contestants = [*theirs, tag_entities(sentences, texts, folder)]
    for contestant in contestants:
        contestant.tag()
    for _ in range(repeats):
        for contestant in contestants:
            contestant.run()
    default = theirs[0]
    words = sum(map(len, sentences))
    return [result_line(one, words, default.median, default.labels) for one in contestants]


def run_inference(
    sentences: list[list[str]], texts: list[str], folder: str, size: int | None, threads: int
) -> Contestant:
    """Returns Beam's way, as its documentation shows it; `size` None leaves batches to it."""

    def tag() -> list[Any]:
        handler = LoadedPipelineHandler(folder, size, threads)
        with beam.Pipeline(RUNNER) as pipeline:
            _ = pipeline | beam.Create(texts) | RunInference(handler) | beam.Map(keep)
        return take_kept()

    name = f"RunInference, batch_size={size}" if size else "RunInference"
    return Contestant(name, tag, partial(their_types, sentences))


def tag_entities(sentences: list[list[str]], texts: list[str], folder: str) -> Contestant:
    def tag() -> list[Any]:
        rows = [TextRow(number, text) for number, text in enumerate(texts)]
        with beam.Pipeline(RUNNER) as pipeline:
            _ = (
                pipeline
                | beam.Create(rows)
                | TagEntities(model=folder, device="cpu")
                | beam.Map(keep)
            )
        return take_kept()

    return Contestant("TagEntities, fp32", tag, partial(our_types, sentences))


def their_types(sentences: list[list[str]], results: Iterable[Any]) -> list[list[str]]:
    """Returns (sentence, word), types such as PER, "" for no name, from RunInference's results."""
    found = {result.example: result.inference for result in results}
    labels = (first_labels(words, found[" ".join(words)]) for words in sentences)
    return [[label[2:] for label in of_one] for of_one in labels]


def our_types(sentences: list[list[str]], entities: Iterable[Any]) -> list[list[str]]:
    """Returns (sentence, word), types such as PER, "" for no name, from TagEntities' rows."""
    types = [[""] * len(words) for words in sentences]
    starts = [word_starts(words) for words in sentences]
    for entity in entities:
        for index, start in enumerate(starts[entity.number]):
            if entity.start_char <= start < entity.end_char:
                types[entity.number][index] = entity.label
    return types


if __name__ == "__main__":
    main()
