"""A document as a whole corrects the labels of its names."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.text.document_labels import SURE, settle_labels


def settled(*mentions):
    names, labels, scores = zip(*mentions, strict=True)
    return settle_labels(names, labels, scores)


def test_a_last_name_is_a_person_where_the_document_has_the_full_name():
    assert settled(("Ada Quito", "PER", 0.9), ("Quito", "LOC", 0.99)) == ["PER", "PER"]


def test_a_last_name_that_another_long_name_has_keeps_its_label():
    mentions = [("Ada Quito", "PER", 0.9), ("Quito Herald", "ORG", 0.9), ("Quito", "LOC", 0.5)]
    assert settled(*mentions) == ["PER", "ORG", "LOC"]


def test_a_first_name_is_a_person_only_where_the_model_is_unsure():
    full = ("Paris Okafor", "PER", 0.99)
    assert settled(full, ("Paris", "LOC", 0.6)) == ["PER", "PER"]
    assert settled(full, ("Paris", "LOC", SURE)) == ["PER", "LOC"]


def test_unsure_mentions_take_the_label_with_most_votes():
    mentions = [("Santos", "ORG", 0.7), ("Santos", "LOC", 0.6), ("SANTOS", "LOC", 0.5)]
    assert settled(*mentions) == ["LOC", "LOC", "LOC"]


def test_sure_mentions_keep_their_labels():
    mentions = [("Santos", "LOC", 0.9), ("Santos", "LOC", 0.9), ("Santos", "ORG", 0.98)]
    assert settled(*mentions) == ["LOC", "LOC", "ORG"]


def test_one_document_says_nothing_of_another_name():
    mentions = [("Ada Quito", "PER", 0.9), ("Lima", "LOC", 0.5), ("Bank of Lima", "ORG", 0.9)]
    assert settled(*mentions) == ["PER", "LOC", "ORG"]


WORDS = st.sampled_from(["Ada", "Quito", "QUITO", "Lima", "of"])
MENTIONS = st.lists(
    st.tuples(
        st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
        st.sampled_from(["PER", "LOC", "ORG"]),
        st.integers(0, 10_000).map(lambda score: score / 10_000),
    ),
    min_size=1,
    max_size=12,
)


@given(MENTIONS, st.randoms())
def test_the_order_of_the_mentions_does_not_matter(mentions, random):
    shuffled = random.sample(mentions, len(mentions))
    expected = sorted(zip(mentions, settled(*mentions), strict=True))
    assert sorted(zip(shuffled, settled(*shuffled), strict=True)) == expected


@given(MENTIONS)
def test_no_label_is_new_to_the_document(mentions):
    assert set(settled(*mentions)) <= {label for _, label, _ in mentions}


@given(MENTIONS)
def test_sure_mentions_change_only_to_people(mentions):
    changed = {
        after
        for (_, before, score), after in zip(mentions, settled(*mentions), strict=True)
        if score >= SURE and before != after
    }
    assert changed <= {"PER"}
