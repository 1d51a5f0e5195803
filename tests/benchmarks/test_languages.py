"""Documents, pieces and mixtures that are left out are counted."""

import sys

from benchmarks import languages
from tests.places import ROOT

NEWS = ROOT / "examples" / "news" / "meridian-wire.jsonl"


def test_it_tells_what_is_left_out(capsys, monkeypatch):
    monkeypatch.setattr(languages, "MIXED_WITH", 2)
    monkeypatch.setattr(sys, "argv", ["languages", str(NEWS), str(languages.PARAGRAPHS)])
    languages.main()
    told = capsys.readouterr().out
    assert "47 documents" in told
    assert "documents: 33 left out" in told
    assert "paragraph-sw {'sw': 99} 'Serikali ya jiji la Mombasa" in told
    assert "60% in another language: 0 of 297 left out (0.00%)" in told


def test_a_mixture_has_its_share():
    for mixed in languages.mix("abcde", "x" * 100, 0.2):
        assert mixed.replace("\n", "").count("x") == 20


def test_pieces_are_whole_and_lie_apart():
    assert languages.cut("abcdefgh", 3) == ["abc", "def"]
