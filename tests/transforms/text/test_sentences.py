"""Sentences end where readers end them, and never inside a name."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.places import DATA
from transforms.text.characters import hide
from transforms.text.paragraphs import split_paragraphs
from transforms.text.sentences import split_paragraph

GUM = DATA / "sbd" / "gum_dev.jsonl"

PARTS = [
    *("Mr.", "U.S.", "No.", "4", "He left.", "minorities.According", "a.A", "won.”", "“We"),
    *(" ", "\n", "\u00a0", "\u00ad", "\u200b", ".", "!", "?!", "...", ")", "(", "he", "東京。"),
]
TEXTS = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=8)), max_size=60).map("".join)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_paragraph(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It rained in Bonn.| Nobody minded.",
        # Titles
        "Gov. Ann Park met Lt. Cole and Reps. Diaz and Wu.| She left.",
        "“Mr. Okoro won,” they said.| He had not.",
        "A seat fell to then-Rep. Will Diaz.| Few noticed.",
        "The Rt. Hon. Ann Park met Bp. Cole, Mgr. Ruiz, Ing. Novak and Adv. Moyo.| She left.",
        "Sra. Ruiz thanked Smt. Rao.| She left—Sen. Diaz did not.",
        "It is Lagos vs. The World, e.g. The Cup.",
        # Names
        "St. Anne met Mt. Hope at Ft. Ross.| He lives on Lake St.| The shops closed.",
        "Planes left Lambert-St. Mary Airport.| Photo: Ann Lee/St. Mary Herald.",
        # Initials
        "J. K. Moss wrote it.| He won.",
        "Nobody saw Malcolm Q.| The film did.",
        'A man named Ann V. "Nan" Lee left.',
        "She and F. A. Moss wrote it.",
        "It was for my wife and I.| Do you mind?| So did I.| Lee did not.",
        "Ms. Diaz and I. Lewis Park left.",
        # Numbers
        "He finished No. 4 in Lagos.| He wept.",
        "On Jan. 5 he left.| On Feb. 6 he came back.",
        "Was it he?| No.| Nobody came.",
        "2. Visit Oslo in May.| Take the ferry.",
        "IV. We are to leave.| They followed Henry IV.| We did not.",
        "It held from July 30-Aug. 14 under Art. 50 and Deut. 7:1.| It cost Rs. 500.",
        # Acronyms
        "The U.S. Senate voted.| It passed.",
        "She lives in the U.S.| The vote is today.",
        "It was seen by the U.S. Under-Secretary at 5 p.m. Tuesday.",
        "She flew to Washington, D.C.| Ms. Abara stayed.",
        "WAR WITH THE U.S. ON HOLD",
        # Other abbreviations
        "He runs Acme Inc. of Reno, Nev., and Acme Corp. Chairman Wu knows.",
        "It was built by Acme Inc.| Terms were withheld.| Acme Inc. Chief executive Wu left.",
        "Shares of Acme Corp. ACM and Moss Inc. (MI) fell.",
        "Moss et al. found it.| Then Moss et al. left.",
        "It rained in Reno, Nev.| “We drowned,” he said.",
        "RENO, Nev. (AP) — It rained.",
        # Words that other texts abbreviate
        "They met at the bank.| Hughes left last month.| Nobody minded.",
        # Lower case
        "He shouted Stop! and ran.",
        "“Stop!” she said.| “Go.”",
        "It rained.| eBay closed.| https://example.org has more.",
        "It rained? – and it did.",
        # Names with marks
        "Shares of Yahoo! Inc. rose.| He works for E! News.| He loves Yahoo!| The rest do not.",
        "Guess? Inc. sued WOW! Entertainment.| We won!| Brands fell.",
        # Who said it
        "“Why?” Lee asked.| “No!” Ms. Diaz told them.| “Why?”| She left.",
        '"Never!" Trump tweeted on Monday.| "Who is it?" CNN host Ann Lee then asked him.',
        "“Who is it?”| Lee said that she knew.| “Who?”| Lee said: “Me.”",
        "“Is it …” Lee wondered.| “Now?”| “Lee said so.”",
        # Missing spaces
        "They spoke for minorities.|According to Lee, it ended.",
        "The film ended.”|He left.",
        "It was won by Palin.|Lopez Obrador left in 2014.|Regarding Kasich.|And so on.",
        "Send it to Ann.Lopez@wsj.com or Halo.Bungie.Org or St.Michael or 2.Introduction.",
        "It never ended.|“We left,” he said.|I stayed.",
        "He works at One.Tel and owns <UN.A> shares of K.Moss.",
        # Addresses
        "He likes Booking.com and Amazon.Com today.| Fine.",
        "See https://example.org/news.Html for more.| Thanks.",
        "Write to ann.lee@papers.Example or not.| Thanks.",
        # Quotes and brackets
        "“We won.”| Then they left.",
        "(It rained.)| Then it stopped.",
        "He went (with Rep. Ann Lee (R-Calif.).| She stayed.",
        "“We won. ”| Then they left.",
        'He said, \'I won.\' "| Then he said, "I lost. "',
        "A director (!) Lee called her.",
        "It rained. […]| Then it stopped. [...]",
        "He was born in Bonn.[17]| He died there. [18]| Few came.",
        # Runs of punctuation
        "Really?!?!?!?!| Yes.",
        "He waited ... and left.| He said so . . .| Then he slept… and woke.",
    ],
)
def test_sentences_end_at_the_bars(text):
    assert sentences(text.replace("|", "")) == [part.strip() for part in text.split("|")]


def test_a_name_may_go_on_in_the_next_line():
    text = "It rained in New\nYork. Then Mr.\nLee left."
    assert sentences(text) == ["It rained in New\nYork.", "Then Mr.\nLee left."]


def test_hidden_characters_do_not_change_where_sentences_end():
    assert sentences("\ufeffSo\u00adfia won.\u200b Bonn lost.") == [
        "So\u00adfia won.",
        "Bonn lost.",
    ]


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\u00a0\u00ad "])
def test_a_text_with_nothing_to_see_has_no_sentence(text):
    assert split_paragraph(text) == []


@given(TEXTS)
def test_sentences_hold_all_that_is_visible_in_order(text):
    spans = split_paragraph(text)
    assert all(start < end for start, end in spans)
    for (_, end), (start, _) in pairwise([(0, 0), *spans, (len(text), len(text))]):
        assert end <= start
        assert not hide(text[end:start]).text.strip()
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@given(TEXTS)
def test_a_newline_counts_as_a_space(text):
    assert split_paragraph(text) == split_paragraph(text.replace("\n", " "))


@given(st.lists(st.sampled_from(["Lee", "left", "Mr.", "U.S.", "won.", "“No!”", "he", "(a)", "…"])))
def test_no_sentence_begins_in_lower_case(words):
    for sentence in sentences("It rained. " + " ".join(words)):
        assert not sentence[0].islower()


def test_long_paragraphs_are_split_at_every_sentence():
    sentence = "It rained in Bonn all day, and nobody minded."
    assert sentences(" ".join([sentence] * 2000)) == [sentence] * 2000


@pytest.mark.parametrize(
    "unit", ["!", "?!", ". ", "a.A", '."', "ab.A ", "No. ", "Inc. B ", "... B ", "("]
)
def test_long_runs_are_split_too(unit):
    text = (unit * 100_000)[:100_000]
    assert "".join(sentences(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.skipif(not GUM.exists(), reason="needs the sentences of GUM")
def test_news_is_split_as_annotators_split_it():
    expected, found = set(), set()
    for document in map(json.loads, GUM.read_text("utf-8").splitlines()):
        if document["genre"] != "news":
            continue
        expected |= {(document["id"], end) for _, end in document["spans"]}
        for first, last in split_paragraphs(document["text"], "paragraph"):
            spans = split_paragraph(document["text"][first:last])
            found |= {(document["id"], first + end) for _, end in spans}
    f1 = 2 * len(expected & found) / (len(expected) + len(found))
    assert f1 >= 0.99
