"""Words and tags of a block: what fails on most sentences is the model, not the input."""

import pytest

from tests.fakes import CapitalTagger
from transforms.errors import HopelessError
from transforms.records import Block, Document, TextField
from transforms.split_sentences import split_block
from transforms.tag_words import _TagWords, document_failures, tag_block

GOOD, BAD = "We met Ann.", "The kaboom came."


def document(*sentences: str) -> Document:
    fields = [TextField("text", "\n\n".join(sentences))]
    return Document("0" * 32, "news/1", "a.txt", 0, None, fields)


def block_of(*documents: Document) -> Block:
    return Block(
        id="00000",
        group=0,
        part=0,
        documents=[*documents],
        kept=b"",
        rejects=[],
        inputs=[],
    )


def tag_sentences(*sentences: str):
    return tag_block(split_block(block_of(document(*sentences)), "auto"), CapitalTagger())


def test_a_sentence_that_fails_keeps_its_reason():
    tagged = tag_sentences(GOOD, BAD)
    assert tagged.words.failures == {1: "ValueError: kaboom"}
    labels = [tagged.words.labels[label] for label in tagged.words.label]
    assert labels == ["B-PER", "O", "B-PER", "O"]
    assert tagged.words.counts.tolist() == [4, 0]


def test_a_document_fails_if_most_of_its_sentences_do():
    assert document_failures(tag_sentences(*[GOOD] * 9, *[BAD] * 11)) == [
        "document 'news/1': ValueError: kaboom"
    ]
    assert document_failures(tag_sentences(*[GOOD] * 10, *[BAD] * 10)) == [""]
    assert document_failures(tag_sentences()) == []


def tag_many(*blocks: Block):
    stage = _TagWords(CapitalTagger)
    stage.setup()
    return [tagged for block in blocks for tagged in stage.process(split_block(block, "auto"))]


def test_one_bad_document_of_two_is_no_fault_of_the_model():
    [tagged] = tag_many(block_of(document(*[GOOD] * 15), document(*[BAD] * 60)))
    assert len(tagged.words.failures) == 60


def test_a_model_that_fails_everywhere_is_an_error():
    with pytest.raises(HopelessError, match=r"of 10 of 10 documents, .* ValueError: kaboom"):
        tag_many(*[block_of(document(BAD, BAD))] * 10)
