"""Labelled words become names."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transforms.records import TaggedWord
from transforms.text.entities import EntitySpan, group_words


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
