"""A page has one title, without the name of its site."""

import pytest

from transforms.files.page_titles import choose_title, clean

ARTICLE = {"@type": "NewsArticle", "headline": "Ferry fares rise &amp; rise"}


@pytest.mark.parametrize(
    ("told", "headings", "site", "title"),
    [
        ("Ferry fares rise | Meridian Wire", [], ["Meridian Wire"], "Ferry fares rise"),
        (
            "Ferry fares rise - National | Wire.test",
            [],
            ["wire.test"],
            "Ferry fares rise - National",
        ),
        ("Ferry fares rise * The Wire * by Tom Reed", [], ["The Wire"], "Ferry fares rise"),
        ("Ferry fares rise – Harbour News", ["Ferry fares  rise"], [None], "Ferry fares rise"),
        ("Ferry fares rise - but not for all", [], ["Wire"], "Ferry fares rise - but not for all"),
        ("Lindqvist-led talks fail", ["Lindqvist"], ["Wire"], "Lindqvist-led talks fail"),
        ("A - B - C", [], ["ab"], "A - B - C"),
        (None, ["", " Ferry\nfares "], [], "Ferry fares"),
        (None, [], ["Wire"], None),
    ],
)
def test_a_title_ends_before_the_name_of_the_site(told, headings, site, title):
    assert choose_title([], told, headings, site) == title


@pytest.mark.parametrize(
    "linked",
    [
        [ARTICLE],
        [[{"@type": "WebPage", "headline": "Wire"}, ARTICLE]],
        [{"@graph": [{"@type": ["Thing", "Article"], "headline": ARTICLE["headline"]}]}],
    ],
)
def test_the_headline_of_an_article_comes_first(linked):
    assert choose_title(linked, "Fares", [], []) == "Ferry fares rise & rise"


def test_linked_data_of_any_shape_do_no_harm():
    odd = [
        {"@type": "Article", "headline": ["x"]},
        {"@type": 3, "headline": "y"},
        None,
        "z",
        [[[]]],
    ]
    assert choose_title(odd, "Fares", [], []) == "Fares"
    deep: object = ARTICLE
    for _ in range(500):
        deep = [deep]
    assert choose_title([deep], "Fares", [], []) == "Fares"


def test_character_references_are_characters():
    assert clean("Reed&#39;s\n boat") == "Reed's boat"
