"""Counts and durations as a person says them."""

import pytest

from pipeline.wording import amount, clock


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [
        (0, "file", "0 files"),
        (1, "entity", "1 entity"),
        (2, "entity", "2 entities"),
        (1_000_000, "byte", "1,000,000 bytes"),
    ],
)
def test_nouns_have_their_number(count, noun, said):
    assert amount(count, noun) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (36_000, "10:00:00")]
)
def test_a_duration_has_hours_only_if_it_is_that_long(seconds, said):
    assert clock(seconds) == said
