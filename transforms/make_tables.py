"""MakeTables: makes the rows of a block from its documents, sentences and entities."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam
import numpy as np
import pyarrow as pa
from apache_beam.metrics import Metrics

from transforms.choices import SENTENCES
from transforms.columns import Integers
from transforms.files.file_names import EXTRACTED_FORMATS
from transforms.files.found import excerpt
from transforms.records import (
    DOCUMENTS_SCHEMA,
    ENTITIES_SCHEMA,
    SENTENCE,
    SENTENCES_SCHEMA,
    TAGGING,
    TEXTS_SCHEMA,
    Block,
    BlockTables,
    NamedBlock,
    Reject,
)


@dataclass(eq=False, kw_only=True)
class MakeTables(beam.PTransform):
    model: str  # what the documents table calls it
    sentences: str = "text"
    texts: bool = False

    def __post_init__(self) -> None:
        if self.sentences not in SENTENCES:
            known = ", ".join(SENTENCES)
            raise ValueError(f"sentences must be one of {known}, got {self.sentences!r}")

    def expand(self, blocks: beam.PCollection[NamedBlock]) -> beam.PCollection[BlockTables]:
        return blocks | "Make" >> beam.ParDo(_MakeTables(self.model, self.sentences, self.texts))


class _MakeTables(beam.DoFn):
    def __init__(self, model: str, sentences: str, texts: bool) -> None:
        self._model = model
        self._sentences = sentences
        self._texts = texts
        self._entities = Metrics.counter("news", "entities")
        self._rejects = Metrics.counter("news", "rejects")

    def process(self, block: NamedBlock) -> Iterator[BlockTables]:
        tables = make_tables(block, self._model, self._sentences, self._texts)
        self._entities.inc(tables.entities.num_rows)
        self._rejects.inc(len(tables.rejects) - len(block.block.rejects))
        yield tables


def make_tables(
    block: NamedBlock, model: str, sentences: str = "text", texts: bool = False
) -> BlockTables:
    """Makes the rows of a block's tables, in reading order.

    Args:
      model: what the documents table calls the model.
      sentences: "text", "offsets" (without their text) or "none" (without their rows).
      texts: whether the texts of all documents have rows, and not just those that were extracted.
    """
    return BlockTables(
        block.block,
        _entities_table(block),
        _sentences_table(block, sentences),
        _documents_table(block, model),
        _texts_table(block.block, texts),
        [*block.block.rejects, *_sentence_rejects(block)],
    )


def _entities_table(block: NamedBlock) -> pa.Table:
    names, entities = block.names, block.names.found
    texts = block.block.texts
    text = block.sentences.text[entities.sentence]
    places = zip(text.tolist(), entities.starts.tolist(), entities.ends.tolist(), strict=True)
    columns = {
        "start_char": entities.starts,
        "end_char": entities.ends,
        "text": [texts[one][start:end] for one, start, end in places],
        "name": names.names,
        "resolved_name": names.resolved_names,
        "label": pa.array(entities.types, pa.string()).take(entities.type),
        "model_label": names.model_labels,
        "score": entities.scores.astype(np.float32),
        "sentence_index": block.sentences.index[entities.sentence],
    }
    return pa.table(_of_texts(block.block, text) | columns, schema=ENTITIES_SCHEMA)


def _sentences_table(block: NamedBlock, content: str) -> pa.Table:
    if content == "none":
        return SENTENCES_SCHEMA.empty_table()
    sentences = block.sentences
    columns = {
        "sentence_index": sentences.index,
        "start_char": sentences.starts,
        "end_char": sentences.ends,
        "text": sentences.strings(block.block.texts)
        if content == "text"
        else pa.nulls(len(sentences.text)),
    }
    return pa.table(_of_texts(block.block, sentences.text) | columns, schema=SENTENCES_SCHEMA)


def _of_texts(block: Block, text: Integers) -> dict[str, pa.Array]:
    """Returns the columns that rows take from their texts.

    Args:
      text: (row,), index of the row's text among those of the block.
    """
    owners = block.owners
    columns = {
        "document_key": pa.array([owner.key for owner in owners], pa.string()),
        "document_id": pa.array([owner.id for owner in owners], pa.string()),
        "date": pa.array([owner.date for owner in owners], pa.date32()),
        "field": pa.array([field.name for field in block.fields], pa.string()),
    }
    return {name: column.take(pa.array(text)) for name, column in columns.items()}


def _documents_table(block: NamedBlock, model: str) -> pa.Table:
    documents = block.block.documents
    document = block.block.document_of_text[block.sentences.text]  # (sentence,)

    def count(sentence: Integers, weights: Integers | None = None) -> Integers:
        counts = np.bincount(document[sentence], weights, len(documents))
        return counts.astype(np.int32)

    every = np.arange(len(document))
    texts = [[field.text for field in document.fields] for document in documents]
    columns = {
        "document_key": [document.key for document in documents],
        "document_id": [document.id for document in documents],
        "uri": [document.uri for document in documents],
        "position": [document.position for document in documents],
        "date": [document.date for document in documents],
        "text_sha256": [hashlib.sha256("\n".join(of_one).encode()).hexdigest() for of_one in texts],
        "char_count": [sum(map(len, of_one)) for of_one in texts],
        "language": [document.language for document in documents],
        "language_share": [document.language_share for document in documents],
        "tagged": [document.is_wanted for document in documents],
        "sentence_count": count(every),
        "word_count": count(every, block.words.counts),
        "entity_count": count(block.names.found.sentence),
        "rejected_sentence_count": count(np.array(list(block.words.failures), np.int64)),
        "model": [model] * len(documents),
    }
    return pa.table(columns, schema=DOCUMENTS_SCHEMA)


def _texts_table(block: Block, every: bool) -> pa.Table:
    """Returns the texts of a block's documents: of every one, or of those that were extracted."""
    extracted = {
        count.uri for count in block.inputs if count.format.split(".")[0] in EXTRACTED_FORMATS
    }
    rows = [
        (owner.key, field.name, field.text)
        for owner, field in zip(block.owners, block.fields, strict=True)
        if every or owner.uri in extracted
    ]
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=TEXTS_SCHEMA)


def _sentence_rejects(block: NamedBlock) -> Iterator[Reject]:
    """Yields a reject for each sentence that could not be tagged."""
    fields, owners = block.block.fields, block.block.owners
    sentences = block.sentences
    for sentence, message in sorted(block.words.failures.items()):
        text = sentences.text[sentence]
        start, end = int(sentences.starts[sentence]), int(sentences.ends[sentence])
        yield Reject(
            SENTENCE,
            TAGGING,
            "model_failed",
            message,
            owners[text].uri,
            owners[text].position,
            owners[text].key,
            owners[text].id,
            fields[text].name,
            start,
            end,
            excerpt(fields[text].text[start:end]),
        )
