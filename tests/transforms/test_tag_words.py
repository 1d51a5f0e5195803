"""Words and tags of a block: what fails on most sentences is the model, not the input."""

import pytest

from tests.fakes import CapitalTagger
from transforms.records import Block, Document, TextField
from transforms.split_sentences import split_block
from transforms.tag_words import tag_block

GOOD, BAD = "We met Ann.", "The kaboom came."


def tag_sentences(*sentences: str):
    fields = [TextField("text", "\n\n".join(sentences))]
    document = Document("0" * 32, "news/1", "a.txt", 0, None, fields)
    block = Block(
        id="00000",
        group=0,
        part=0,
        documents=[document],
        kept=b"",
        rejects=[],
        inputs=[],
    )
    return tag_block(split_block(block, "auto"), CapitalTagger())


def test_a_sentence_that_fails_keeps_its_reason():
    tagged = tag_sentences(GOOD, BAD)
    assert tagged.words.failures == {1: "ValueError: kaboom"}
    labels = [tagged.words.labels[label] for label in tagged.words.label]
    assert labels == ["B-PER", "O", "B-PER", "O"]
    assert tagged.words.counts.tolist() == [4, 0]


def test_a_model_that_fails_on_most_sentences_is_an_error():
    message = "failed on 11 of the 20 sentences .* 'news/1': ValueError: kaboom"
    with pytest.raises(RuntimeError, match=message):
        tag_sentences(*[GOOD] * 9, *[BAD] * 11)


@pytest.mark.parametrize(("good", "bad"), [(10, 10), (0, 19)])
def test_half_of_a_block_or_a_few_sentences_may_fail(good, bad):
    tagged = tag_sentences(*[GOOD] * good, *[BAD] * bad)
    assert len(tagged.words.failures) == bad
