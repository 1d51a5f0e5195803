"""A block's way to named entities is that of the stages."""

from dataclasses import replace

from tests.fakes import CapitalTagger
from tests.stages import block_of
from transforms.name_block import name_block


def test_entities_are_found_and_named_by_their_documents():
    block = block_of(["it was Ann Lee.", "it was Lee again."], ["it was Lee."])
    assert name_block(block, CapitalTagger()).names.resolved_names == ["Ann Lee", "Ann Lee", "Lee"]


def test_documents_that_are_not_wanted_have_no_sentences():
    block = block_of(["it was Ann."])
    [document] = block.documents
    unwanted = replace(block, documents=[replace(document, is_wanted=False)])
    assert len(name_block(unwanted, CapitalTagger()).sentences.text) == 0
