"""The words of a block become entities."""

from tests.fakes import CapitalTagger
from transforms.group_entities import group_block
from transforms.records import Block, Document, TextField
from transforms.split_sentences import split_block
from transforms.tag_words import tag_block


def test_words_of_a_sentence_are_joined():
    fields = [TextField("title", "Ann Lee spoke"), TextField("text", "It was Bob. Ann left.")]
    block = Block("b", 0, 0, [Document("k", "id", "u", 0, None, fields)], b"", [], [])
    grouped = group_block(tag_block(split_block(block), CapitalTagger()))
    found = zip(grouped.entities.sentence.tolist(), grouped.entities.spans(), strict=True)
    texts = block.texts
    assert [
        (sentence, texts[grouped.sentences.text[sentence]][span.start : span.end])
        for sentence, span in found
    ] == [(0, "Ann Lee"), (1, "It"), (1, "Bob"), (2, "Ann")]
