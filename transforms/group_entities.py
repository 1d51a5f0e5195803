"""GroupEntities: joins the labelled words of a block into entities."""

import apache_beam as beam

from transforms.records import GroupedBlock, TaggedBlock
from transforms.text.entities import group_many
from transforms.text.mended_entities import mend_entities


class GroupEntities(beam.PTransform):
    def expand(self, blocks: beam.PCollection[TaggedBlock]) -> beam.PCollection[GroupedBlock]:
        return blocks | "Group" >> beam.Map(group_block)


def group_block(block: TaggedBlock) -> GroupedBlock:
    """Joins the words of each sentence of a block into entities, and mends these."""
    texts = block.block.texts
    entities = group_many(block.words, block.sentences, texts)
    entities = mend_entities(entities, block.words, block.sentences, texts)
    return GroupedBlock(block.block, block.sentences, block.words, entities)
