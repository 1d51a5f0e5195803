"""Texts in memory get the entities that the stages of the pipeline find in them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CapitalTagger
from tests.stages import make_block_tables
from transforms.columns import Words
from transforms.model.tags import Tags
from transforms.records import Block, Document, TextField
from transforms.tag_texts import FailedSentence, TextEntity, tag_texts

TEXTS = st.lists(
    st.text(st.sampled_from(list("AaBb é.!'’-\n\u00ad1")), max_size=120), min_size=1, max_size=4
)


def test_an_entity_has_its_text_its_place_and_its_sentence():
    [found] = tag_texts(["It rained. We met Ann\n Le\u00ade."], CapitalTagger(), "wrapped")
    assert found.entities[-1] == TextEntity(
        "Ann\n Le\u00ade", "Ann Lee", "Ann Lee", "PER", "PER", 18, 27, 0.9, 1
    )
    assert found.sentences == 2


def test_results_are_in_the_order_of_the_texts():
    found = tag_texts(["so Ann said", "", "so Bob said"], CapitalTagger())
    assert [[entity.text for entity in one.entities] for one in found] == [["Ann"], [], ["Bob"]]
    assert [one.sentences for one in found] == [1, 0, 1]


def test_no_texts_are_no_results():
    assert tag_texts([], CapitalTagger()) == []


def test_a_sentence_that_fails_is_told_and_the_others_are_tagged():
    [found] = tag_texts(["Ann came. Then kaboom went on. Bob left."], CapitalTagger())
    assert found.failures == [FailedSentence(10, 30, "ValueError: kaboom")]
    assert [(entity.text, entity.sentence) for entity in found.entities] == [("Ann", 0), ("Bob", 2)]
    assert found.sentences == 3


class ForgetfulTagger(CapitalTagger):
    def tag(self, words: Words) -> Tags:
        tags = super().tag(words)
        return replace(tags, label=tags.label[:-1])


def test_a_tagger_that_loses_a_word_is_an_error():
    with pytest.raises(ValueError, match="tagger returned 5 labels for 6 words"):
        tag_texts(["It rained.", "It snowed."], ForgetfulTagger())


def of_the_stages(texts: list[str], line_breaks: str) -> list[list[tuple]]:
    documents = [
        Document(str(place), str(place), "a.txt", 0, None, [TextField("text", text)])
        for place, text in enumerate(texts)
    ]
    block = Block("0", 0, 0, documents, b"", [], [])
    tables = make_block_tables(block, line_breaks=line_breaks)
    found: list[list[tuple]] = [[] for _ in texts]
    for row in tables.entities.to_pylist():
        names = (
            *("text", "name", "resolved_name", "label", "model_label"),
            *("start_char", "end_char", "score", "sentence_index"),
        )
        found[int(row["document_id"])].append(tuple(row[name] for name in names))
    return found


@given(TEXTS, st.sampled_from(["auto", "paragraph", "wrapped"]))
def test_the_stages_find_the_same(texts, line_breaks):
    found = tag_texts(texts, CapitalTagger(), line_breaks)
    assert [
        [
            (
                *(e.text, e.name, e.resolved_name, e.label, e.model_label),
                *(e.start, e.end, np.float32(e.score), e.sentence),
            )
            for e in one.entities
        ]
        for one in found
    ] == of_the_stages(texts, line_breaks)
