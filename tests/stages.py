"""Takes a block through the stages that need no store, with the quick tagger."""

from tests.fakes import CapitalTagger
from transforms.group_entities import group_block
from transforms.make_tables import make_tables
from transforms.model.tags import WordTagger
from transforms.records import Block, BlockTables, NamedBlock
from transforms.resolve_names import resolve_block
from transforms.split_sentences import split_block
from transforms.tag_words import tag_block


def name_block(
    block: Block,
    tagger: WordTagger | None = None,
    line_breaks: str = "auto",
    document_labels: str = "on",
) -> NamedBlock:
    """Returns a block with its entities named."""
    tagged = tag_block(split_block(block, line_breaks), tagger or CapitalTagger())
    return resolve_block(group_block(tagged), document_labels)


def make_block_tables(
    block: Block,
    tagger: WordTagger | None = None,
    line_breaks: str = "auto",
    document_labels: str = "on",
) -> BlockTables:
    """Returns the tables of a block."""
    return make_tables(name_block(block, tagger, line_breaks, document_labels), "m")
