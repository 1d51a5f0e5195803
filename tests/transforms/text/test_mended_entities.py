"""The rules for names apply to the entities of many sentences at once."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plain_entities import entities_of
from tests.word_columns import columns
from transforms.text.abbreviations import closed_list
from transforms.text.entities import Entities, EntitySpan, TaggedWord, group_many
from transforms.text.mended_entities import mend_entities

TYPES = ("PER", "ORG", "LOC", "MISC")
LABELS = ["O", *(f"{prefix}-{kind}" for kind in TYPES for prefix in "BI")]
# With these, every rule has something to do.
FORMS = sorted(
    closed_list(
        """
        Sen. Sen Adv President Prince Ann Lee Jr. , ( ) “ ” " < > XON the The of for and in de 's ’s
        Bank House Committee Camp Islamic State US GOP Dlrs A$ 11 R-Ky. COVID-19 vendettas eurozone
        said . I Democrats Court War
        """
    )
)


def mend(tagged: list[list[TaggedWord]], texts: list[str]) -> Entities:
    words, sentences = columns(tagged, LABELS)
    return mend_entities(group_many(words, sentences, texts), words, sentences, texts)


def spell(drawn: list[tuple[str, str, str, float]]) -> tuple[str, list[TaggedWord]]:
    """Makes a text of words, each with what stands before it, a label and a score."""
    text = ""
    words: list[TaggedWord] = []
    for gap, form, label, score in drawn:
        glued = (text[-1:] + form[:1]).isalnum() and text  # words are never split between letters
        text += gap or (" " if glued else "")
        words.append(TaggedWord(len(text), len(text) + len(form), label, score))
        text += form
    return text, words


def sentences_with(gaps: list[str]) -> st.SearchStrategy[list[tuple[str, list[TaggedWord]]]]:
    word = st.tuples(
        st.sampled_from(gaps),
        st.sampled_from(FORMS),
        st.sampled_from([*LABELS, "O", "B-PER", "I-PER"]),
        st.floats(0, 1, width=32),
    )
    return st.lists(st.lists(word, max_size=10).map(spell), max_size=4)


def by_sentence(found: Entities, count: int) -> list[list[EntitySpan]]:
    spans: list[list[EntitySpan]] = [[] for _ in range(count)]
    for sentence, span in zip(found.sentence.tolist(), found.spans(), strict=True):
        spans[sentence].append(span)
    return spans


@given(sentences_with([" ", "\n ", "  "]))
def test_sentences_have_what_the_rules_make_of_each_by_itself(drawn):
    texts, tagged = [text for text, _ in drawn], [words for _, words in drawn]
    found = by_sentence(mend(tagged, texts), len(texts))
    assert found == [entities_of(text, words) for text, words in drawn]


@given(sentences_with(["", " ", "\n"]))
def test_entities_are_in_order_apart_and_end_where_words_do(drawn):
    texts, tagged = [text for text, _ in drawn], [words for _, words in drawn]
    found = mend(tagged, texts)
    assert sorted(found.sentence.tolist()) == found.sentence.tolist()
    for words, spans in zip(tagged, by_sentence(found, len(texts)), strict=True):
        assert all(one.end <= other.start for one, other in pairwise(spans))
        for span in spans:
            inside = [w for w in words if span.start <= w.start and w.end <= span.end]
            assert (inside[0].start, inside[-1].end) == (span.start, span.end)
            assert span.label in TYPES
            assert span.score in {round(word.score, 4) for word in inside}


@given(sentences_with(["", " "]))
def test_the_entities_that_are_given_stay_as_they_are(drawn):
    texts, tagged = [text for text, _ in drawn], [words for _, words in drawn]
    words, sentences = columns(tagged, LABELS)
    given_ones = group_many(words, sentences, texts)
    before = (given_ones.sentence.tolist(), given_ones.spans())
    once = mend_entities(given_ones, words, sentences, texts)
    again = mend_entities(given_ones, words, sentences, texts)
    assert (given_ones.sentence.tolist(), given_ones.spans()) == before
    assert once.spans() == again.spans()


def test_the_rules_see_past_line_ends_and_signs():
    text = "said\nSen.\n  Ann Lee of “Meet the Press” and <GM>"
    names = {"Sen.\n  Ann Lee": "PER", "“Meet the Press": "ORG", "GM": "ORG"}
    found = mend([tag(text, names)], [text]).spans()
    assert [text[one.start : one.end] for one in found] == ["Ann Lee", "Meet the Press"]


def tag(text: str, names: dict[str, str]) -> list[TaggedWord]:
    """Splits a text into words and signs, of which those in names have their labels."""
    labels: dict[int, str] = {}
    for name, kind in names.items():
        start = text.index(name)
        labels |= dict.fromkeys(range(start, start + len(name)), f"I-{kind}")
    return [
        TaggedWord(*word.span(), labels.get(word.start(), "O"), 0.99)
        for word in re.finditer(r"\w+\.?|\S", text)
    ]


@pytest.mark.parametrize("kinds", [["PER", "LOC"], [*TYPES, "MONEY"], ["person", "org"]])
def test_entities_of_a_model_with_other_types_stay_as_they_are(kinds):
    labels = ["O", *(f"B-{kind}" for kind in kinds)]
    text = "A$ Sen. the"
    tagged = [TaggedWord(start, end, labels[1], 0.5) for start, end in ((0, 2), (3, 7), (8, 11))]
    words, sentences = columns([tagged], labels)
    entities = group_many(words, sentences, [text])
    assert mend_entities(entities, words, sentences, [text]).spans() == entities.spans()
