"""TagWords: has the model label and score every word."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import apache_beam as beam
import numpy as np
from apache_beam.metrics import Metrics

from transforms.files.store_settings import StoreSettings
from transforms.model.tags import WordTagger
from transforms.model_check import ModelCheck
from transforms.records import SplitBlock, TaggedBlock
from transforms.tag_texts import label_words


@dataclass(eq=False, kw_only=True)
class TagWords(beam.PTransform):
    """Splits sentences into words and tags them; each process loads the model once."""

    load_tagger: Callable[[], WordTagger]

    def expand(self, blocks: beam.PCollection[SplitBlock]) -> beam.PCollection[TaggedBlock]:
        return blocks | "Tag" >> beam.ParDo(_TagWords(self.load_tagger))


class _TagWords(beam.DoFn):
    def __init__(self, load_tagger: Callable[[], WordTagger]) -> None:
        self._stores = StoreSettings()  # a worker may have to fetch the model from a bucket
        self._load_tagger = load_tagger
        self._words = Metrics.counter("news", "words")
        self._milliseconds = Metrics.distribution("news", "milliseconds_a_block")

    def setup(self) -> None:
        self._tagger = self._load_tagger()
        self._check = ModelCheck()

    def process(self, block: SplitBlock) -> Iterator[TaggedBlock]:
        start = time.monotonic()
        tagged = tag_block(block, self._tagger)
        self._check.add(document_failures(tagged) if tagged.words.failures else [""])
        self._milliseconds.update(int(1000 * (time.monotonic() - start)))
        self._words.inc(len(tagged.words.starts))
        yield tagged


def tag_block(block: SplitBlock, tagger: WordTagger) -> TaggedBlock:
    """Tags every word of a block, with all sentences in one call so that batches are full.

    Raises:
      ValueError: the tagger's results do not fit the sentences.
    """
    words = label_words(block.block.texts, block.sentences, tagger)
    return TaggedBlock(block.block, block.sentences, words)


def document_failures(block: TaggedBlock) -> list[str]:
    """Returns, for each document with sentences, why most of them failed; "" if they did not."""
    documents = block.block.documents
    document = block.block.document_of_text[block.sentences.text]  # (sentence,)
    failures = sorted(block.words.failures.items())
    failed = np.bincount(document[[sentence for sentence, _ in failures]], minlength=len(documents))
    sentences = np.bincount(document, minlength=len(documents))
    messages = {document[sentence]: message for sentence, message in failures}
    return [
        f"document {documents[one].id!r}: {messages[one]}"
        if 2 * failed[one] > sentences[one]
        else ""
        for one in np.flatnonzero(sentences).tolist()
    ]
