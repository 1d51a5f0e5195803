"""GroupEntities: joins the labelled words of a block into entities."""

import apache_beam as beam

from transforms.records import GroupedBlock, TaggedBlock
from transforms.text.entities import group_many


class GroupEntities(beam.PTransform):
    def expand(self, blocks: beam.PCollection[TaggedBlock]) -> beam.PCollection[GroupedBlock]:
        return blocks | "Group" >> beam.Map(group_block)


def group_block(block: TaggedBlock) -> GroupedBlock:
    """Joins the words of each sentence of a block into entities."""
    entities = group_many(block.words, block.sentences, block.block.texts)
    return GroupedBlock(block.block, block.sentences, block.words, entities)
