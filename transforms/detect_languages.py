"""DetectLanguages: tells the language of each document, and which documents are to be tagged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import apache_beam as beam

from transforms.choices import ANY_LANGUAGE, LANGUAGES
from transforms.records import Block, Document
from transforms.text.language import detect_languages


@dataclass(eq=False)
class DetectLanguages(beam.PTransform):
    """Documents that are surely in none of some languages go on, but are not tagged."""

    languages: tuple[str, ...] = (ANY_LANGUAGE,)

    def __post_init__(self) -> None:
        unknown = [code for code in self.languages if code not in (ANY_LANGUAGE, *LANGUAGES)]
        if unknown or not self.languages:
            known = ", ".join((ANY_LANGUAGE, *LANGUAGES))
            raise ValueError(f"languages must be some of {known}, got {self.languages!r}")

    def expand(self, blocks: beam.PCollection[Block]) -> beam.PCollection[Block]:
        return blocks | "Detect" >> beam.Map(detect_block, self.languages)


def detect_block(block: Block, languages: Sequence[str] = (ANY_LANGUAGE,)) -> Block:
    """Tells the language of each document of a block, from all its texts together."""
    return replace(block, documents=[_told(one, languages) for one in block.documents])


def _told(document: Document, wanted: Sequence[str]) -> Document:
    found = detect_languages("\n".join(field.text for field in document.fields))
    return replace(
        document,
        language=found.main,
        language_share=found.share,
        is_wanted=not found.are_surely_other(wanted),
    )
