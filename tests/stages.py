"""Makes blocks, and takes them through the stages that need no store, with the quick tagger."""

from tests.fakes import CapitalTagger
from transforms.make_tables import make_tables
from transforms.model.tags import WordTagger
from transforms.name_block import name_block
from transforms.records import Block, BlockTables, Document, TextField


def block_of(*documents: list[str]) -> Block:
    """Returns a block with a document of each list of texts."""
    return Block(
        id="000001",
        group=0,
        part=0,
        documents=[
            Document(str(key), str(key), "a.txt", 0, None, [TextField("text", t) for t in texts])
            for key, texts in enumerate(documents)
        ],
        kept=b"",
        rejects=[],
        inputs=[],
    )


def make_block_tables(
    block: Block,
    tagger: WordTagger | None = None,
    line_breaks: str = "auto",
    document_labels: str = "on",
) -> BlockTables:
    """Returns the tables of a block."""
    named = name_block(block, tagger or CapitalTagger(), line_breaks, document_labels)
    return make_tables(named, "m")
