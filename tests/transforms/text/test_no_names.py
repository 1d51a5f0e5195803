"""Some words are no names, whatever a model says."""

import pytest

from transforms.text.no_names import is_no_name, is_ticker

NO_NAMES = """
    a of The 's A$ US$ HK$ £5m R4bn R1.5 11 Dlrs M-1B ET COVID-19 Covid ann@example.com @ann #news
    www.example.com/a
"""


@pytest.mark.parametrize("word", NO_NAMES.split())
def test_words_amounts_and_addresses_are_no_names(word):
    assert is_no_name(word)


@pytest.mark.parametrize(
    "word", ["US", "G7", "F-16", "R2", "N95", "49ers", "O2", "U.S.", "Amazon.com", "4Cast", "An"]
)
def test_names_with_digits_and_signs_are_names(word):
    assert not is_no_name(word)


def test_a_ticker_is_short_and_in_capitals():
    assert [
        word for word in ("GM", "I", "HKEH.HK", "GOOGLE", "Mazda", "F5") if is_ticker(word)
    ] == [
        "GM",
        "I",
        "HKEH.HK",
    ]
