"""Many sentences at once get the very words that each gets by itself."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checkpoints import run_in_threads
from tests.places import DATA
from tests.transforms.text.test_words import PARTS
from transforms.text.many_words import ChunkTable, SplitWords, split_many
from transforms.text.sentences import split_text
from transforms.text.words import Word, split_words

NEWS = DATA / "news" / "bbc.jsonl.gz"

# What a chunk's period means depends on what is around it.
EDGES = ["No.", "4", "2.", "e.g.", "Inc.", "Inc.,", "end.", 'end."', ".)", ") ", "a", " ", "  "]
EDGES += ["\u2003", "\u00ad", "&amp;", "&am&#112;;", "&nbsp;", "J.", "p.m.", "1", "٣", "².", ".."]
EDGES += ["St.", "Lake-St.", "Lee/St.", "Art.", "Aug.", "vs.", "al.", "so—Mr.", "Rs.", "Yahoo!"]
SENTENCES = st.lists(
    st.lists(st.one_of(st.sampled_from(PARTS + EDGES), st.text(max_size=4)), max_size=12).map(
        "".join
    ),
    max_size=8,
)


def words_of(split: SplitWords) -> list[list[Word]]:
    columns = (split.starts, split.ends, split.words.form)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    words = iter([Word(start, end, split.words.forms[form]) for start, end, form in rows])
    return [[next(words) for _ in range(count)] for count in split.words.counts]


@given(SENTENCES)
def test_the_words_are_those_of_each_sentence_by_itself(sentences):
    assert words_of(split_many(sentences)) == [split_words(one) for one in sentences]


@pytest.mark.parametrize(
    "sentence",
    [
        "No. 4",
        "No.  4",
        "No. ) 4",
        "2. It ended.",
        "It ended in 2.",
        'He said "it ended." )',
        "He left Acme Inc. \u2003)",
        "The U.S.",
        "Inc.",
        "Inc. Inc.",
        "It is Art. 50",
        "He loves art.",
        "On Aug. 14 in St. Anne vs. Lee et al.",
        "They left Lambert-St. Anne—Mr. Lee/St. Anne.",
        "AT&amp;T Inc. &amp;am&#112;; 4",
    ],
)
def test_a_period_is_read_as_it_stands_in_its_sentence(sentence):
    # Where the same chunk has stood otherwise must not count.
    for sentences in ([sentence], ["a " + sentence + " a", sentence], [sentence, sentence + " 1"]):
        assert words_of(split_many(sentences)) == [split_words(one) for one in sentences]


def test_each_form_is_there_once():
    split = split_many(["Rain fell", "Then rain fell", ""])
    assert sorted(split.words.forms) == ["Rain", "Then", "fell", "rain"]
    assert split.words.lists() == [["Rain", "fell"], ["Then", "rain", "fell"], []]


def test_no_sentences_have_no_words():
    assert words_of(split_many([])) == []


@given(SENTENCES, st.integers(0, 40))
def test_a_full_table_changes_nothing(sentences, max_chars):
    table = ChunkTable(max_chars)
    for _ in range(2):
        for one in sentences:
            assert words_of(split_many([one], table)) == [split_words(one)]


def test_a_full_table_starts_anew():
    table = ChunkTable(max_chars=40)
    for number in range(1000):
        split_many([f"word{number}"], table)
        assert table.chars <= 50


def test_threads_share_one_table():
    table = ChunkTable(max_chars=100)
    sentences = [f"No. {number} is Mr. Lee's." for number in range(20)]
    expected = [split_words(one) for one in sentences]
    found: list[bool] = []

    def split() -> None:
        for _ in range(20):
            found.append(words_of(split_many(sentences, table)) == expected)

    run_in_threads(4, split)
    assert found == [True] * 80


@pytest.mark.skipif(not NEWS.exists(), reason="the news is not part of the project")
def test_the_words_of_real_news_are_those_of_each_sentence_by_itself():
    with gzip.open(NEWS, "rt") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(200), strict=False)]
    sentences = [text[start:end] for text in texts for start, end in split_text(text)]
    assert words_of(split_many(sentences)) == [split_words(one) for one in sentences]
