"""What `--plan_only` says of a job: its size, and an estimate of its time."""

import itertools
import math
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.plan.expansion import measure_expansion, spread
from pipeline.plan.plan import Plan
from pipeline.plan.rounds import Round
from pipeline.wording import amount, span
from transforms.detect_languages import detect_block
from transforms.make_tables import make_tables
from transforms.model.tags import WordTagger
from transforms.name_block import name_block
from transforms.read_blocks import read_blocks
from transforms.records import Block, Document

_SAMPLES = 5
# In shorter samples batches are less full: with half of it a block seems to take a tenth longer.
_LEAST_CHARS = 40_000
# A sample that takes less says little of a device that does many batches at once.
_LEAST_SECONDS = 0.5
# With a slow model fewer samples have to do.
_PATIENCE_SECONDS = 30.0
# The same work takes longer at one time than at another, however many samples agree.
_LEAST_SHARE = 0.1
_LEAST_SHARE_OF_ONE = 0.2


def describe(
    todo: Round, tagger: WordTagger | None, workers: int, start_seconds: float = 0.0, done: int = 0
) -> Iterator[str]:
    """Says what there is to do, and with a tagger how long it would take.

    Args:
      start_seconds: what a worker needs until it tags.
      done: how many blocks an earlier run has done.
    """
    plan = todo.plan
    blocks = plan.count_blocks(measure_expansion(plan))
    if todo.news:
        yield todo.news
    yield amount(plan.files, "file")
    yield amount(plan.stored_bytes, "byte")
    yield f"about {amount(blocks, 'block')}" + (f", {done:,} of them done" if done else "")
    samples = [*_measure(plan, tagger)] if tagger else []
    if samples:
        # The workers go through their blocks side by side, and the last ones wait for one another.
        rounds = math.ceil(max(0, blocks - done) / workers)
        low, high = (start_seconds + rounds * seconds for seconds in _range(samples))
        yield f"{span(low, high)} estimated with {amount(workers, 'worker')}"


def _range(seconds: Sequence[float]) -> tuple[float, float]:
    """Returns between what the mean of all blocks lies, as far as some of them tell."""
    mean = statistics.mean(seconds)
    if len(seconds) == 1:
        half = _LEAST_SHARE_OF_ONE * mean
    else:
        error = statistics.stdev(seconds) / math.sqrt(len(seconds))
        half = max(_LEAST_SHARE * mean, 2 * error)
    return max(0.0, mean - half), mean + half


def _measure(plan: Plan, tagger: WordTagger) -> Iterator[float]:
    """Yields how many seconds some blocks take, each told from a sample of its text."""
    blocks = itertools.islice(_blocks(plan), _SAMPLES)
    first = next((block for block in blocks if _chars(block)), None)
    if first is None:
        return
    chars = _warm_up(first, plan, tagger)
    end = time.monotonic() + _PATIENCE_SECONDS
    for block in itertools.chain([first], blocks):
        sample = _sample(block, chars)
        seconds = _seconds(sample, plan, tagger)
        yield seconds * _chars(block) / max(1, _chars(sample))
        if time.monotonic() > end:
            return


def _blocks(plan: Plan) -> Iterator[Block]:
    """Reads blocks of rows from all over the plan, in an order that is always the same."""
    # Of a stream that was taken to be longer, some stripes have no block.
    rows = spread(plan.rows, 2 * _SAMPLES)
    random.Random(0).shuffle(rows)
    blocks_a_row = math.ceil(_SAMPLES / max(1, len(rows)))
    for row in rows:
        found = read_blocks(row, plan.settings.fields, plan.kept, plan.block_bytes)
        for block in itertools.islice(found, blocks_a_row):
            assert isinstance(block, Block), "no receipts are looked for"
            yield block


def _warm_up(block: Block, plan: Plan, tagger: WordTagger) -> int:
    """Tags until the tagger is as fast as in a job; returns how many characters tell its speed."""
    chars = _LEAST_CHARS
    # The first passes are slow: threads start, kernels are chosen, and tables fill.
    _seconds(_sample(block, chars), plan, tagger)
    while chars < _chars(block) and _seconds(_sample(block, chars), plan, tagger) < _LEAST_SECONDS:
        chars *= 4
    return chars


def _seconds(block: Block, plan: Plan, tagger: WordTagger) -> float:
    """Takes the time of a block's way through the stages."""
    settings = plan.settings
    start = time.monotonic()
    told = detect_block(block, settings.languages)
    named = name_block(told, tagger, settings.line_breaks, settings.document_labels)
    make_tables(named, settings.model, settings.sentences, settings.texts)
    return time.monotonic() - start


def _sample(block: Block, chars: int) -> Block:
    """Returns a block of documents from all over another, with at most so many characters."""
    documents = []
    for document in random.Random(0).sample(block.documents, len(block.documents)):
        if chars <= 0:
            break
        documents.append(_beginning(document, chars))
        chars -= _chars_of(documents[-1])
    return replace(block, documents=documents)


def _beginning(document: Document, chars: int) -> Document:
    """Returns a document whose texts are cut to so many characters together."""
    fields = []
    for field in document.fields:
        fields.append(replace(field, text=field.text[:chars]))
        chars -= len(fields[-1].text)
    return replace(document, fields=fields)


def _chars(block: Block) -> int:
    return sum(map(_chars_of, block.documents))


def _chars_of(document: Document) -> int:
    return sum(len(field.text) for field in document.fields)
