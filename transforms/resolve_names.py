"""ResolveNames: gives the entities of a block what the whole of their documents tells."""

from dataclasses import dataclass

import apache_beam as beam

from transforms.choices import DOCUMENT_LABELS
from transforms.records import GroupedBlock, NamedBlock
from transforms.text.named_entities import name_entities


@dataclass(eq=False, kw_only=True)
class ResolveNames(beam.PTransform):
    """Corrects the labels of entities, and gives each the name to count it by."""

    document_labels: str = "on"

    def __post_init__(self) -> None:
        if self.document_labels not in DOCUMENT_LABELS:
            known = ", ".join(DOCUMENT_LABELS)
            raise ValueError(
                f"document_labels must be one of {known}, got {self.document_labels!r}"
            )

    def expand(self, blocks: beam.PCollection[GroupedBlock]) -> beam.PCollection[NamedBlock]:
        return blocks | "Resolve" >> beam.Map(resolve_block, self.document_labels)


def resolve_block(block: GroupedBlock, document_labels: str = "on") -> NamedBlock:
    """Names the entities of a block; each of its documents counts by itself.

    Args:
      document_labels: "on", or "off" to keep the labels of the model.
    """
    names = name_entities(
        block.entities,
        block.sentences,
        block.block.texts,
        block.block.document_of_text,
        document_labels == "on",
    )
    return NamedBlock(block.block, block.sentences, block.words, names)
