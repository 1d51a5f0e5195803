"""Words are those of CoNLL-2003, with offsets into the text as it was."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.places import DATA
from transforms.text.characters import hide
from transforms.text.words import Word, split_words

CONLL = DATA / "conll2003" / "valid.txt"

PARTS = [
    *("don't", "Lee’s", "U.S.", "Mr.", "AT&T", "1,000.5", "3-1", "n't", "'ve", "www.", "http://"),
    *("a.com/", "@", "#", "$", "US$", "--", "—", "...", ".", "?!", "'", "’", "“", "<", ">", "+"),
    *(
        " ",
        "\n",
        "\u00a0",
        "\u00ad",
        "\u200b",
        "\u0301",
        "東京",
        "हिन्दी",
        "👍🏽",
        "🇫🇷",
        "Bonn",
        "x",
    ),
]
TEXTS = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=6)), max_size=40).map("".join)


def forms(text: str) -> list[str]:
    return [word.form for word in split_words(text)]


@pytest.mark.parametrize(
    "words",
    [
        # Clitics, straight and curly
        "Mr. O'Brien|'s dog did|n't bark|, is|n't it|?",
        "Lee|’s team did|n’t win|, they|’ll say we|’ve lost|.",
        "I|'d|'ve gone|.",
        "the dogs|' tails",
        # Dashes and hyphens
        "Paris|—|London|–|Rome -- twice|...",
        "Toronto-based AT&T",
        # Numbers
        "$|1,000.5 on 3-1 at 9:30|, in 1996/97|.",
        "US$|3 and 5|%",
        # Periods
        "He won|.",
        "He left the U.S.",
        "He left the U.S. today at 5 p.m. with Mr. Lee of Acme Inc. and J. Moss|.",
        "The U.S.-led team won|.",
        "He owns Acme Inc|.",
        "The No. 4 seed",
        "Art. 50 of Smt. Rao and Lambert-St. Anne|, Lee|/|St. Anne|, et al. in art|.",
        "Shares of Yahoo|! Inc. rose|.",
        # Quotes, brackets and runs
        "“|Go|,|” she said|.",
        'He said |"|Go|.|"',
        "<|GR|> (|AP|) [|Bonn|]",
        "No|!! Why|??",
        # Addresses
        "See www.example.org/news|, or https://example.org/x?y=1|.",
        "@lee #tag ann.lee@example.org Amazon.com|.",
        # Other scripts and symbols
        "東京は 日本|、 です|。",
        "हिन्दी cafe\u0301",
        "🇫🇷|🇩🇪 👍🏽",
    ],
)
def test_words_are_split_at_spaces_and_bars(words):
    assert forms(words.replace("|", "")) == words.replace("|", " ").split()


def test_hidden_characters_are_in_the_span_and_not_in_the_form():
    assert split_words("\ufeffLis\u00adbon\u200b won.") == [
        Word(1, 8, "Lisbon"),
        Word(10, 13, "won"),
        Word(13, 14, "."),
    ]


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\u00a0\u00ad "])
def test_a_text_with_nothing_to_see_has_no_word(text):
    assert split_words(text) == []


@given(TEXTS)
def test_words_hold_all_that_is_visible_in_order(text):
    words = split_words(text)
    assert all(word.start < word.end for word in words)
    edges = [(0, 0), *((word.start, word.end) for word in words), (len(text), len(text))]
    for (_, end), (start, _) in pairwise(edges):
        assert end <= start
        assert not hide(text[end:start]).text.strip()


@given(TEXTS)
def test_a_form_is_the_visible_text_of_its_span(text):
    for start, end, form in split_words(text):
        assert form == hide(text[start:end]).text
        assert form.split() == [form]


@given(TEXTS)
def test_words_meet_between_letters_at_a_negation_only(text):
    for word, following in pairwise(split_words(text)):
        if hide(text[word.end : following.start]).text:
            continue
        if word.form[-1].isalnum() and following.form[0].isalnum():
            assert following.form.lower() in ("n't", "n’t", "nʼt")


@pytest.mark.parametrize(
    "unit", ["!", "?!", ". ", "a.A", "'s", "a-", "a.b@", "www.", "http://", "a.com/!", "\u00ad"]
)
def test_long_runs_are_split_too(unit):
    text = (unit * 100_000)[:100_000]
    assert "".join(forms(text)) == hide(text).text.replace(" ", "")


def conll_sentences() -> list[list[list[str]]]:
    blocks = CONLL.read_text("utf-8").split("\n\n")
    return [[line.split() for line in block.splitlines() if line.strip()] for block in blocks]


@pytest.mark.skipif(not CONLL.exists(), reason="needs CoNLL-2003's validation sentences")
def test_entities_of_conll_begin_and_end_where_words_do():
    total = kept = 0
    for rows in conll_sentences():
        found = split_words(" ".join(row[0] for row in rows))
        starts, ends = {word.start for word in found}, {word.end for word in found}
        offset = 0
        begins_well = False
        for (form, *_, label), (*_, next_label) in pairwise([*rows, ["O"]]):
            if label.startswith("B-"):
                begins_well = offset in starts
            if label != "O" and not next_label.startswith("I-"):
                total += 1
                kept += begins_well and offset + len(form) in ends
            offset += len(form) + 1
    assert total > 5_000
    assert kept >= 0.99 * total
