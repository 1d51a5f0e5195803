"""Counts in SQL are those of plain Python."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.counting.queries import ALL, Choice, names, pairs
from tests.pipeline.counting.rows import Mention, count_names, count_pairs, database

DOCUMENTS = 12
MENTIONS = st.lists(
    st.builds(
        Mention,
        document=st.integers(0, DOCUMENTS - 1),
        resolved_name=st.sampled_from(["Ann", "Bo", "Zoë", "Ål", "O'Hara", "ann"]),
        label=st.sampled_from(["PER", "ORG"]),
        name=st.sampled_from(["Ann", "A.", "B", "b", "'"]),
    ),
    max_size=60,
)


@given(MENTIONS, st.integers(1, 3))
def test_names_are_counted_as_in_plain_python(mentions, max_forms):
    with database(mentions, DOCUMENTS) as connection:
        found = names(connection, max_forms=max_forms).fetchall()
    assert found == count_names(mentions, max_forms)


@given(MENTIONS, st.integers(1, 3), st.integers(1, 5))
def test_pairs_are_counted_as_in_plain_python(mentions, min_documents, max_names):
    with database(mentions, DOCUMENTS, untagged=3) as connection:
        found = pairs(connection, min_documents=min_documents, max_names=max_names).fetchall()
    expected = count_pairs(mentions, DOCUMENTS, min_documents, max_names)
    assert {row[:4]: row[4] for row in found} == {pair: row[0] for pair, row in expected.items()}
    for row in found:
        _, npmi, log_likelihood = expected[row[:4]]
        assert row[5] == pytest.approx(npmi, abs=6e-5)
        assert row[6] == pytest.approx(log_likelihood, abs=6e-3)


def test_the_pair_that_chance_explains_least_is_first():
    # Ann and Bo meet in every document that has one of them; all but one have Rome.
    met = [Mention(document, name, "PER", name) for document in range(4) for name in ("Ann", "Bo")]
    often = [Mention(document, "Rome", "LOC", "Rome") for document in range(1, 12)]
    with database([*met, *often], DOCUMENTS) as connection:
        first, *others = pairs(connection).fetchall()
    assert first[:5] == ("Ann", "PER", "Bo", "PER", 4)
    assert first[5] == 1.0
    assert [row[:5] for row in others] == [
        ("Ann", "PER", "Rome", "LOC", 3),
        ("Bo", "PER", "Rome", "LOC", 3),
    ]
    assert all(row[5] < 0 and row[6] < 0 for row in others)


def test_names_that_all_documents_have_are_not_telling():
    mentions = [Mention(d, name, "PER", name) for d in range(3) for name in ("Ann", "Bo")]
    with database(mentions, documents=3) as connection:
        assert pairs(connection).fetchall() == [("Ann", "PER", "Bo", "PER", 3, 1.0, 0.0)]


def test_a_score_counts_from_its_own_value_on():
    mentions = [Mention(0, "Ann", "PER", "Ann", score) for score in (0.9, 0.8999, 0.9001)]
    with database(mentions, documents=1) as connection:
        (row,) = names(connection, Choice(min_score=0.9)).fetchall()
    assert row[2] == 2


def test_only_the_labels_that_are_chosen_count():
    mentions = [Mention(0, "Ann", label, "Ann") for label in ("PER", "O'RG", "LOC")]
    with database(mentions, documents=1) as connection:
        found = names(connection, Choice(labels=("LOC", "O'RG"))).fetchall()
        met = pairs(connection, Choice(labels=("LOC", "O'RG")), min_documents=1).fetchall()
    assert [row[1] for row in found] == ["LOC", "O'RG"]
    assert [row[:4] for row in met] == [("Ann", "LOC", "Ann", "O'RG")]


def test_rare_names_are_left_out():
    mentions = [Mention(document, "Ann", "PER", "Ann") for document in range(2)]
    with database([*mentions, Mention(0, "Bo", "PER", "Bo")], documents=2) as connection:
        assert [row[0] for row in names(connection, ALL, min_documents=2).fetchall()] == ["Ann"]
