"""TagWords: has the model label and score every word."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.metrics import Metrics

from transforms.files.store_settings import StoreSettings
from transforms.model.tags import WordTagger
from transforms.records import SplitBlock, TaggedBlock
from transforms.tag_texts import label_words

# If most of so many sentences fail, the model is at fault. Fewer sentences tell nothing.
_TELLING_SENTENCES = 20


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

    def process(self, block: SplitBlock) -> Iterator[TaggedBlock]:
        start = time.monotonic()
        tagged = tag_block(block, self._tagger)
        self._milliseconds.update(int(1000 * (time.monotonic() - start)))
        self._words.inc(len(tagged.words.starts))
        yield tagged


def tag_block(block: SplitBlock, tagger: WordTagger) -> TaggedBlock:
    """Tags every word of a block, with all sentences in one call so that batches are full.

    Raises:
      ValueError: the tagger's results do not fit the sentences.
      RuntimeError: most sentences failed, so that the model is at fault and not the input.
    """
    words = label_words(block.block.texts, block.sentences, tagger)
    tagged = TaggedBlock(block.block, block.sentences, words)
    check_failures(_failures(tagged), len(block.sentences.text))
    return tagged


def check_failures(failures: Sequence[tuple[str, str]], sentences: int) -> None:
    """Makes sure that few sentences failed. If most do, the model is at fault and not the input.

    Args:
      failures: the place of each sentence that failed, and the model's message.
      sentences: how many sentences there are, including those that failed.

    Raises:
      RuntimeError: most of them failed.
    """
    if sentences < _TELLING_SENTENCES or 2 * len(failures) <= sentences:
        return
    place, message = failures[0]
    raise RuntimeError(
        f"the model failed on {len(failures)} of the {sentences} sentences of a block, first in "
        f"{place}: {message}"
    )


def _failures(block: TaggedBlock) -> list[tuple[str, str]]:
    """Returns the document of each sentence that failed, and the model's message."""
    owners = block.block.owners
    return [
        (f"document {owners[block.sentences.text[sentence]].id!r}", message)
        for sentence, message in sorted(block.words.failures.items())
    ]
