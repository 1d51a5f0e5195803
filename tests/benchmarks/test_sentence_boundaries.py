"""Sentence ends are compared as sets of places in a text."""

import json

import pytest

from benchmarks.sentence_boundaries import (
    against_annotators,
    compare,
    cut_names,
    ends,
    f1,
    nupunkt_spans,
    visible_ends,
    wrap,
)
from transforms.text.sentences import split_paragraph

FIRST = "The ferry of Nordhavn Yards left Port Ellis on Tuesday with the mayor on board of it."
SECOND = "Rain fell over the border towns for a third day; the river Aller rose by 40 cm."
TEXT = f"{FIRST} {SECOND}\n{FIRST}"


def test_common_ends_make_the_figure():
    assert f1(compare({1, 2, 3}, {2, 3, 4})) == pytest.approx(2 / 3)
    assert f1(compare(set(), set())) == 0


@pytest.mark.parametrize("splitter", [nupunkt_spans, split_paragraph])
def test_ends_are_found_in_the_whole_text(splitter):
    middle = len(FIRST) + 1 + len(SECOND)
    assert ends(TEXT, splitter) == {len(FIRST), middle, len(TEXT)}


def test_wrapping_moves_no_end_as_a_reader_sees_it():
    wrapped = wrap(TEXT, indent="", between="\n\n")
    assert max(map(len, wrapped.splitlines())) <= 72
    assert visible_ends(wrapped, "auto") == visible_ends(TEXT, "paragraph")
    assert visible_ends(wrapped, "paragraph") != visible_ends(TEXT, "paragraph")


def test_names_are_counted_that_the_end_of_a_line_cuts(capsys):
    cut_names([{"text": "The ferry of Nordhavn\nYards left Port Ellis on a wet day in March."}])
    title, every_newline, _ = capsys.readouterr().out.strip().splitlines()
    assert title.startswith("Hard-wrapped news: 2 names")
    assert every_newline.endswith("50.00%")


def test_annotators_ends_are_told_by_genre(tmp_path, capsys):
    spans = [[0, len(FIRST)], [len(FIRST) + 1, len(FIRST) + 1 + len(SECOND)]]
    document = {"genre": "news", "text": f"{FIRST} {SECOND}", "spans": spans}
    (tmp_path / "gum.jsonl").write_text(json.dumps(document))
    against_annotators(tmp_path / "gum.jsonl")
    title, *rows = capsys.readouterr().out.strip().splitlines()
    assert title.startswith("gum: F1 of sentence ends")
    assert [row.split() for row in rows] == [
        ["news", "2", "100.00%", "100.00%"],
        ["all", "2", "100.00%", "100.00%"],
    ]
