"""Reads ten thousand spoilt inputs: none raises, and each record is a document or a reject."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import Plan, make_plan
from tests.fakes import settings
from tests.faults.figures import count
from tests.faults.mutations import generated
from transforms.read_blocks import read_blocks
from transforms.records import RECORD, Block

pytestmark = pytest.mark.faults

INPUTS, AT_ONCE = 10_000, 200
# A type of a kept column that differs between inputs would refuse all of them.
SETTINGS = settings(block_bytes=150, date_field="when", keep=("source",), max_document_chars=2_000)


def write_generated(folder: Path, first: int) -> None:
    """Writes inputs, and a sound one, without which none might have a text at all."""
    (folder / "sound.jsonl").write_text('{"text": "We met Ann.", "source": "Echo"}\n')
    for number in range(first, first + AT_ONCE):
        ending, data = generated(number)
        (folder / f"{number}{ending}").write_bytes(data)


def blocks_of(plan: Plan) -> list[Block]:
    return [
        block
        for row in plan.rows
        for block in read_blocks(row, plan.settings.fields, plan.kept, plan.block_bytes)
        if isinstance(block, Block)
    ]


def check_counts(blocks: list[Block]) -> None:
    """The law of failures.md holds for every input, by its counts and by what came out."""
    records: Counter[str] = Counter()
    came: Counter[str] = Counter()
    for block in blocks:
        for told in block.inputs:
            assert told.records == told.documents + told.rejected, told
            records[told.uri] += told.records
        came.update(document.uri for document in block.documents)
        came.update(reject.uri for reject in block.rejects if reject.scope == RECORD)
        count("generated inputs: documents", len(block.documents))
    rejects = {(r.uri, r.scope, r.reason) for block in blocks for r in block.rejects}
    for _, scope, reason in rejects:
        count(f"generated inputs with rejects: {scope} {reason}")
    assert +records == came


@pytest.mark.parametrize("first", range(0, INPUTS, AT_ONCE))
def test_generated_inputs_are_read_or_rejected(tmp_path, first):
    write_generated(tmp_path, first)
    listing = list_inputs([str(tmp_path)])
    assert len(listing.files) == AT_ONCE + 1
    blocks = blocks_of(make_plan(listing.files, SETTINGS))
    assert {told.uri for block in blocks for told in block.inputs} == {
        file.stored.uri for file in listing.files
    }
    check_counts(blocks)
    count("generated inputs", AT_ONCE)
