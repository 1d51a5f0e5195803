"""What a period after an abbreviation can mean depends on the kind of abbreviation."""

import pytest

from transforms.text.abbreviations import Kind, kind_of


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("Mr", Kind.TITLE), ("REP", Kind.TITLE), ("then-Sen", Kind.TITLE)),
        *(("Smt", Kind.TITLE), ("vs", Kind.TITLE), ("e.g", Kind.TITLE), ("today—Mr", Kind.TITLE)),
        *(("St", Kind.INITIAL), ("Minneapolis-St", Kind.INITIAL), ("AP/St", Kind.INITIAL)),
        *(("J", Kind.INITIAL), ("É", Kind.INITIAL), ("v", Kind.INITIAL)),
        *(("U.S", Kind.ACRONYM), ("p.m", Kind.ACRONYM), ("Ph.D", Kind.ACRONYM)),
        *(("Inc", Kind.COMPANY), ("INC", Kind.COMPANY)),
        *(
            ("Calif", Kind.OTHER),
            ("D-N.Y", Kind.ACRONYM),
            ("R-Ky", Kind.OTHER),
            ("etc", Kind.OTHER),
        ),
        *(("bank", None), ("Hughes", None), ("Amazon.com", None), ("4", None), ("", None)),
    ],
)
def test_an_abbreviation_is_of_one_kind(word, kind):
    assert kind_of(word, "Lee") is kind


@pytest.mark.parametrize(
    "word", ["mr", "miss", "mass", "sun", "MASS", "MS", "SEC", "CA", "ING", "BP", "FT", "Al", "art"]
)
def test_words_and_acronyms_that_look_like_abbreviations_are_none(word):
    assert kind_of(word, "Lee") is None


@pytest.mark.parametrize("word", ["No", "no", "Fig", "pp"])
def test_a_number_has_to_follow_what_is_short_for_one(word):
    assert kind_of(word, "4 seed") is Kind.NUMBERED
    assert kind_of(word, "Lee") is None


@pytest.mark.parametrize("word", ["Art", "Rs", "Aug", "30-Aug", "Deut", "Prop"])
def test_a_number_may_follow_what_is_capitalised(word):
    assert kind_of(word, "14") is Kind.NUMBERED
    assert kind_of(word, "Lee") is not Kind.NUMBERED
