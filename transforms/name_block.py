"""Takes a block from its texts to named entities, as the stages after DetectLanguages do."""

from transforms.group_entities import group_block
from transforms.model.tags import WordTagger
from transforms.records import Block, NamedBlock
from transforms.resolve_names import resolve_block
from transforms.split_sentences import split_block
from transforms.tag_words import tag_block


def name_block(
    block: Block,
    tagger: WordTagger,
    line_breaks: str = "auto",
    document_labels: str = "on",
) -> NamedBlock:
    """Returns a block with its entities named; what each stage raises is raised."""
    tagged = tag_block(split_block(block, line_breaks), tagger)
    return resolve_block(group_block(tagged), document_labels)
