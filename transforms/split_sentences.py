"""SplitSentences: finds the sentences in the texts of a block, as spans.

A text is cut into paragraphs by its line breaks (paragraphs.py), and each paragraph into
sentences (sentences.py). Neither changes the text: both only give offsets into it, and nothing
but white space lies between sentences.
"""

from dataclasses import dataclass

import apache_beam as beam

from transforms.choices import LINE_BREAKS
from transforms.records import Block, SplitBlock
from transforms.text.sentences import split_texts


@dataclass(eq=False)
class SplitSentences(beam.PTransform):
    line_breaks: str = "auto"

    def __post_init__(self) -> None:
        if self.line_breaks not in LINE_BREAKS:
            known = ", ".join(LINE_BREAKS)
            raise ValueError(f"line_breaks must be one of {known}, got {self.line_breaks!r}")

    def expand(self, blocks: beam.PCollection[Block]) -> beam.PCollection[SplitBlock]:
        return blocks | "Split" >> beam.Map(split_block, self.line_breaks)


def split_block(block: Block, line_breaks: str = "auto") -> SplitBlock:
    """Finds the sentences of a block, text field by text field.

    Texts that are not to be tagged have none.
    """
    return SplitBlock(block, split_texts(block.wanted_texts, line_breaks))
