"""What `--plan_only` says of a job: its size, and an estimate of its time."""

import time
from collections.abc import Iterator
from dataclasses import replace

from pipeline.plan.plan import Plan
from pipeline.plan.rounds import Round
from pipeline.wording import amount, clock
from transforms.model.tags import WordTagger
from transforms.read_blocks import read_blocks
from transforms.records import Block
from transforms.split_sentences import split_block
from transforms.tag_words import tag_block

_SPEED_SAMPLE_CHARS = 20_000


def describe(todo: Round, tagger: WordTagger | None, workers: int) -> Iterator[str]:
    """Says what there is to do, and with a tagger how long it would take."""
    plan = todo.plan
    if todo.news:
        yield todo.news
    yield amount(plan.files, "file")
    yield amount(plan.stored_bytes, "byte")
    yield f"about {amount(plan.blocks, 'block')}"
    if tagger and plan.rows:
        yield _estimate(plan, tagger, workers)


def _estimate(plan: Plan, tagger: WordTagger, workers: int) -> str:
    """Says how long a job would take, measured on the first of its text."""
    settings = plan.settings
    block = next(read_blocks(plan.rows[0], settings.fields, plan.kept, settings.block_bytes))
    assert isinstance(block, Block)
    sample, chars = _beginning(block, _SPEED_SAMPLE_CHARS)
    start = time.monotonic()
    tag_block(split_block(sample, settings.line_breaks), tagger)
    seconds = time.monotonic() - start
    all_chars = sum(len(field.text) for document in block.documents for field in document.fields)
    total = seconds * all_chars / max(1, chars) * plan.blocks / workers
    return f"{clock(total)} estimated with {amount(workers, 'worker')}"


def _beginning(block: Block, chars: int) -> tuple[Block, int]:
    """Returns a block of the first documents only, and how many characters they have."""
    documents, taken = [], 0
    for document in block.documents:
        documents.append(document)
        taken += sum(len(field.text) for field in document.fields)
        if taken >= chars:
            break
    return replace(block, documents=documents), taken
