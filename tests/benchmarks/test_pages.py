"""Pages are matched with their gold, and measured."""

import json
import sys

import pytest

from benchmarks import pages
from tests.pages import PARAGRAPHS, TITLE, members, page, record, response

OTHER = [
    "Veltham United drew with Oakmere on Saturday in a match that nobody will remember for long.",
    "The goals were scored by Samir Haddad and, a minute before the end, by Luis Ortega.",
]


def test_it_measures_a_crawl_whose_gold_is_in_another_order(tmp_path, capsys, monkeypatch):
    first = response(page().encode())
    second = response(page(OTHER, "Veltham draw").encode())
    warc = tmp_path / "a.warc.gz"
    warc.write_bytes(members([record(first), record(second, url="https://a.test/2")]))
    lines = [
        {"title": "Veltham draw", "text": "\n".join(OTHER), "date": "2024-01-09"},
        {"title": f"{TITLE} ’", "text": "\n".join(PARAGRAPHS), "date": "2024-01-10 06:00:00"},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(map(json.dumps, lines)))
    monkeypatch.setattr(sys, "argv", ["pages", str(warc), str(gold)])
    pages.main()
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("2 pages, ")
    assert told[2].split()[:7] == ["ours", "1.000", "1.000", "1.000", "0.500", "1.000", "0.500"]


def test_titles_are_the_same_whatever_their_typography():
    assert pages.plain("It’s  “fine”\n– now") == pages.plain('It\'s "fine" - now')


def test_a_score_counts_words():
    assert pages.score("a b c d", "a b") == pytest.approx((2 / 3, 0.5, 1.0))
    assert pages.score(None, "a") == (0.0, 0.0, 0.0)
