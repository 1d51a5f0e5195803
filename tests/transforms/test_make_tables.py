from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CapitalTagger
from tests.stages import make_block_tables
from transforms.make_tables import make_tables
from transforms.name_block import name_block
from transforms.records import (
    TEXTS_SCHEMA,
    Block,
    Document,
    InputCount,
    InputStatus,
    TextField,
)


def block_of(*texts):
    documents = [
        Document(f"k{i}", f"id{i}", "u", i, None, [TextField("text", text)])
        for i, text in enumerate(texts)
    ]
    return Block("b", 0, 0, documents, b"", [], [])


def grouped(*texts, line_breaks="auto"):
    return make_block_tables(block_of(*texts), line_breaks=line_breaks)


def test_a_failed_sentence_is_a_reject_and_its_document_stays():
    tables = grouped("Ann came. Then kaboom went on. Bob left.")
    assert tables.entities["text"].to_pylist() == ["Ann", "Bob"]
    [reject] = tables.rejects
    assert (reject.scope, reject.reason, reject.start_char) == ("sentence", "model_failed", 10)
    [document] = tables.documents.to_pylist()
    assert (document["sentence_count"], document["rejected_sentence_count"]) == (3, 1)


def test_a_document_that_is_not_wanted_has_a_row_and_no_sentences():
    block = block_of("Ann came.", "Nous avons vu Ann.")
    french = replace(block.documents[1], language="fr", language_share=0.98, is_wanted=False)
    tables = make_block_tables(replace(block, documents=[block.documents[0], french]))
    assert tables.sentences["document_key"].to_pylist() == ["k0"]
    assert tables.entities["document_key"].to_pylist() == ["k0"]
    _, row = tables.documents.to_pylist()
    assert (row["language"], row["tagged"], row["char_count"]) == ("fr", False, 18)
    assert row["language_share"] == pytest.approx(0.98)
    assert row["sentence_count"] == row["word_count"] == row["entity_count"] == 0


def test_texts_are_kept_of_all_documents_or_of_those_that_were_extracted():
    documents = [
        Document(uri, uri, uri, 0, None, [TextField("title", "Rain"), TextField("text", uri)])
        for uri in ("a.jsonl", "b.html", "c.warc.gz")
    ]
    inputs = [
        InputCount(uri, 1, "v", uri.partition(".")[2], InputStatus.COMPLETE, 1, 1, 0, 0)
        for uri in ("a.jsonl", "b.html", "c.warc.gz")
    ]
    block = Block("b", 0, 0, documents, b"", [], inputs)
    named = name_block(block, CapitalTagger(), "auto", "on")
    extracted = make_tables(named, "m").texts.to_pylist()
    assert [(row["document_key"], row["field"], row["text"]) for row in extracted] == [
        ("b.html", "title", "Rain"),
        ("b.html", "text", "b.html"),
        ("c.warc.gz", "title", "Rain"),
        ("c.warc.gz", "text", "c.warc.gz"),
    ]
    every = make_tables(named, "m", texts=True).texts
    assert every["text"].to_pylist() == ["Rain", "a.jsonl", "Rain", "b.html", "Rain", "c.warc.gz"]
    assert make_tables(name_block(block_of("A"), CapitalTagger(), "auto", "on"), "m").texts == (
        TEXTS_SCHEMA.empty_table()
    )


def test_names_are_one_line_without_hidden_characters():
    [entity] = grouped("it was Ann\n Le\u00ade again", line_breaks="wrapped").entities.to_pylist()
    assert (entity["text"], entity["name"]) == ("Ann\n Le\u00ade", "Ann Lee")


text = st.text(
    st.sampled_from(list("AaBb é.'\u2019-\n\u00adn't1<>—")) | st.characters(codec="utf-8"),
    max_size=200,
)


@given(text)
def test_entities_are_slices_that_begin_and_end_at_words(text):
    tables = grouped(text)
    sentences = tables.sentences.to_pylist()
    last = 0
    for entity in tables.entities.to_pylist():
        start, end, found = entity["start_char"], entity["end_char"], entity["text"]
        assert last <= start < end
        assert text[start:end] == found
        sentence = sentences[entity["sentence_index"]]
        assert sentence["start_char"] <= start < end <= sentence["end_char"]
        assert not (text[start - 1 : start] + found[0]).isalnum() or start == 0
        assert not (found[-1] + text[end : end + 1]).isalnum() or end == len(text)
        last = end
