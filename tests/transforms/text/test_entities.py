"""Labelled words become names."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.word_columns import columns
from transforms.text.entities import EntitySpan, TaggedWord, group_many, group_words


def words(text, labels):
    """Splits at spaces and pairs with labels; "|" glues two words."""
    found: list[TaggedWord] = []
    place = 0
    for chunk, label in zip(text.replace("|", " |").split(" "), labels, strict=True):
        glued = chunk.startswith("|")
        place -= glued
        form = chunk.removeprefix("|")
        found.append(TaggedWord(place, place + len(form), label, 0.5 + 0.1 * len(found)))
        place += len(form) + 1
    return found, text.replace("|", "")


def spans(text, *labels):
    found, plain = words(text, labels)
    return [(plain[s.start : s.end], s.label) for s in group_words(found, plain)]


def test_i_continues_an_entity_of_its_type():
    assert spans("Ann Lee of Oslo", "B-PER", "I-PER", "O", "B-LOC") == [
        ("Ann Lee", "PER"),
        ("Oslo", "LOC"),
    ]


def test_b_opens_a_new_entity_beside_another():
    assert spans("Ann Lee", "B-PER", "B-PER") == [("Ann", "PER"), ("Lee", "PER")]


def test_a_stray_i_opens_an_entity():
    assert spans("in Oslo Bank", "O", "I-LOC", "I-ORG") == [("Oslo", "LOC"), ("Bank", "ORG")]


def test_no_entity_ends_inside_a_run_of_letters():
    assert spans("Do|n't Look", "B-MISC", "O", "I-MISC") == [("Don't Look", "MISC")]
    assert spans("do|n't", "O", "B-PER") == []


def test_the_score_is_the_lowest_of_the_words():
    found, text = words("Ann Lee", ["B-PER", "I-PER"])
    assert group_words(found, text) == [EntitySpan(0, 7, "PER", 0.5)]


LABELS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])


@given(st.lists(LABELS, max_size=20))
def test_an_entity_is_a_run_of_words_of_one_type(labels):
    found, text = words(" ".join("Ann" for _ in labels), labels) if labels else ([], "")
    spans = group_words(found, text)
    covered = [
        (word.start, span.label)
        for span in spans
        for word in found
        if span.start <= word.start and word.end <= span.end
    ]
    assert covered == [(w.start, w.label[2:]) for w in found if w.label != "O"]
    starts = {span.start for span in spans}
    assert {word.start for word in found if word.label.startswith("B-")} <= starts
    assert all(one.end < other.start for one, other in pairwise(spans))


def test_scores_are_rounded_to_what_all_processors_agree_on():
    [span] = group_words([TaggedWord(0, 3, "B-PER", 0.123449999)], "Ann")
    assert span.score == 0.1234


def test_scores_are_rounded_alike_in_columns():
    scores = np.linspace(0, 1, 40_001, dtype=np.float32)  # many lie near the middle of two
    words = [
        TaggedWord(2 * n, 2 * n + 1, "B-PER", score) for n, score in enumerate(scores.tolist())
    ]
    text = "a " * len(words)
    found = group_many(*columns([words]), [text]).spans()
    assert found == group_words(words, text)


# A text is words with labels and scores, each with what stands before it; nothing glues two.
TAGGED = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "  "]),
        st.sampled_from(["a", "n't", "'s", ".", "B2"]),
        LABELS,
        st.floats(0, 1, width=32),
    ),
    max_size=12,
)


@given(st.lists(TAGGED, max_size=5))
def test_many_sentences_at_once_have_the_names_of_each_by_itself(drawn):
    texts: list[str] = []
    tagged: list[list[TaggedWord]] = []
    for of_text in drawn:
        text = ""
        words = []
        for gap, form, label, score in of_text:
            text += gap
            words.append(TaggedWord(len(text), len(text) + len(form), label, score))
            text += form
        texts.append(text)
        tagged.append(words)
    found = group_many(*columns(tagged), texts)
    by_sentence: list[list[EntitySpan]] = [[] for _ in texts]
    for sentence, span in zip(found.sentence.tolist(), found.spans(), strict=True):
        by_sentence[sentence].append(span)
    assert by_sentence == [
        group_words(words, text) for words, text in zip(tagged, texts, strict=True)
    ]
