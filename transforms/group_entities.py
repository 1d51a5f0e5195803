"""GroupEntities: makes the rows of the tables from labelled words."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.metrics import Metrics

from transforms.choices import SENTENCES
from transforms.files.found import excerpt
from transforms.records import (
    SENTENCE,
    TAGGING,
    BlockTables,
    Document,
    DocumentRow,
    Entity,
    Reject,
    SentenceRow,
    TaggedBlock,
    TaggedSentence,
)
from transforms.text.entities import group_words
from transforms.text.names import plain_name


@dataclass(eq=False, kw_only=True)
class GroupEntities(beam.PTransform):
    model: str  # what the documents table calls it
    sentences: str = "text"

    def __post_init__(self) -> None:
        if self.sentences not in SENTENCES:
            known = ", ".join(SENTENCES)
            raise ValueError(f"sentences must be one of {known}, got {self.sentences!r}")

    def expand(self, blocks: beam.PCollection[TaggedBlock]) -> beam.PCollection[BlockTables]:
        return blocks | "Group" >> beam.ParDo(_GroupEntities(self.model, self.sentences))


class _GroupEntities(beam.DoFn):
    def __init__(self, model: str, sentences: str) -> None:
        self._model = model
        self._sentences = sentences
        self._entities = Metrics.counter("news", "entities")
        self._rejects = Metrics.counter("news", "rejects")

    def process(self, block: TaggedBlock) -> Iterator[BlockTables]:
        tables = group_block(block, self._model, self._sentences)
        self._entities.inc(len(tables.entities))
        self._rejects.inc(len(tables.rejects) - len(block.block.rejects))
        yield tables


def group_block(block: TaggedBlock, model: str, sentences: str = "text") -> BlockTables:
    """Makes the rows of a block's tables, in reading order.

    Args:
      model: what the documents table calls the model.
      sentences: "text", "offsets" (without their text) or "none" (without their rows).
    """
    entities: list[Entity] = []
    sentence_rows: list[SentenceRow] = []
    rejects = list(block.block.rejects)
    counts = [_Counts() for _ in block.block.documents]
    for tagged in block.sentences:
        document = block.block.documents[tagged.sentence.document]
        found = list(_entities(tagged, document))
        entities += found
        counts[tagged.sentence.document].add(tagged, len(found))
        if sentences != "none":
            sentence_rows.append(_sentence_row(tagged, document, sentences == "text"))
        if tagged.failure:
            rejects.append(_sentence_reject(tagged, document))
    documents = [
        _document_row(document, count, model)
        for document, count in zip(block.block.documents, counts, strict=True)
    ]
    return BlockTables(block.block, entities, sentence_rows, documents, rejects)


@dataclass(slots=True)
class _Counts:
    sentences: int = 0
    words: int = 0
    entities: int = 0
    rejected_sentences: int = 0

    def add(self, tagged: TaggedSentence, entities: int) -> None:
        self.sentences += 1
        self.words += len(tagged.words)
        self.entities += entities
        self.rejected_sentences += bool(tagged.failure)


def _entities(tagged: TaggedSentence, document: Document) -> Iterator[Entity]:
    text_field = document.fields[tagged.sentence.field]
    for span in group_words(tagged.words, text_field.text):
        text = text_field.text[span.start : span.end]
        yield Entity(
            document.key,
            document.id,
            document.date,
            text_field.name,
            span.start,
            span.end,
            text,
            plain_name(text),
            span.label,
            span.score,
            tagged.sentence.index,
        )


def _sentence_row(tagged: TaggedSentence, document: Document, with_text: bool) -> SentenceRow:
    sentence = tagged.sentence
    text_field = document.fields[sentence.field]
    text = text_field.text[sentence.start : sentence.end] if with_text else None
    return SentenceRow(
        document.key, text_field.name, sentence.index, sentence.start, sentence.end, text
    )


def _sentence_reject(tagged: TaggedSentence, document: Document) -> Reject:
    sentence = tagged.sentence
    text_field = document.fields[sentence.field]
    return Reject(
        SENTENCE,
        TAGGING,
        "model_failed",
        tagged.failure,
        document.uri,
        document.position,
        document.key,
        document.id,
        text_field.name,
        sentence.start,
        sentence.end,
        excerpt(text_field.text[sentence.start : sentence.end]),
    )


def _document_row(document: Document, counts: _Counts, model: str) -> DocumentRow:
    text = "\n".join(text_field.text for text_field in document.fields)
    return DocumentRow(
        document_key=document.key,
        document_id=document.id,
        uri=document.uri,
        position=document.position,
        date=document.date,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        char_count=sum(len(text_field.text) for text_field in document.fields),
        sentence_count=counts.sentences,
        word_count=counts.words,
        entity_count=counts.entities,
        rejected_sentence_count=counts.rejected_sentences,
        model=model,
    )
