"""A value of a flag is read, or the message says what it must be."""

import argparse

import pytest

from pipeline.flag_values import at_least, delimiter, encoding, minutes, ratio, workers


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        (at_least(1), "5,000", 5000),
        (at_least(1), "5_000", 5000),
        (encoding, "Windows-1252", "cp1252"),
        (delimiter, ";", ";"),
        (delimiter, "tab", "tab"),
        (delimiter, "\t", "tab"),
        (delimiter, "\\t", "tab"),
        (workers, "auto", None),
        (workers, "3", 3),
        (minutes, "0.5", 0.5),
        (ratio, "0", 0),
        (ratio, "0.05", 0.05),
    ],
)
def test_a_value_is_read(read, value, found):
    assert read(value) == found


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (at_least(2), "1", "must be at least 2, got 1"),
        (encoding, "rot13", "must be an encoding of text that Python knows, got 'rot13'"),
        (delimiter, ";;", "must be one character or the word tab, got ';;'"),
        (delimiter, '"', "must be one character"),
        (workers, "0", "must be at least 1, got 0"),
        (minutes, "0", "must be more than 0 and at most 525,600, got 0"),
        (minutes, "nan", "must be more than 0"),
        (minutes, "inf", "must be more than 0"),
        (ratio, "1.5", "must be between 0 and 1, got 1.5"),
        (ratio, "nan", "must be between 0 and 1, got nan"),
    ],
)
def test_a_value_that_cannot_be_right_is_told(read, value, message):
    with pytest.raises(argparse.ArgumentTypeError, match=message):
        read(value)
