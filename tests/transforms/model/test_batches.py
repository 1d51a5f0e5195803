"""Batches keep to the budget."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.model.batches import cut_batches


def test_batches_are_cut_longest_first():
    assert cut_batches([5, 2, 7, 2, 2], 10) == [[2], [0, 1], [3, 4]]


@given(st.lists(st.integers(1, 50), max_size=100), st.integers(1, 200))
def test_batches_keep_to_the_budget_and_lose_nothing(lengths, token_budget):
    batches = cut_batches(lengths, token_budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[index] for index in batch)
        assert len(batch) == 1 or longest * len(batch) <= token_budget


@given(st.lists(st.integers(1, 50), min_size=1, max_size=100), st.integers(1, 200))
def test_no_batch_has_room_for_the_next_sequence(lengths, token_budget):
    batches = cut_batches(lengths, token_budget)
    for batch in batches[:-1]:
        assert lengths[batch[0]] * (len(batch) + 1) > token_budget
