"""Corpora of several sizes go through the real command, and figures are net of its start."""

import gzip

import pytest

from benchmarks.job_usage import Usage
from benchmarks.scale import (
    EXAMPLES,
    Figures,
    Run,
    figures_cells,
    make_corpora,
    make_tiny_model,
    measure,
    network_line,
    read_real_texts,
    unpack,
)


def test_the_first_run_is_taken_off_before_the_rest_is_divided():
    first = Run("start", 1, 100, Usage(3.0, 4.0, 500_000_000, 1))
    run = Run("1x", 10, 1_000_100, Usage(13.0, 24.0, 600_000_000, 1))
    assert Figures.of(run, first) == Figures(10.0, 20.0, 600_000_000, 100_000_000)


def test_ratios_are_to_the_first_corpus():
    base = Figures(10.0, 20.0, 500_000_000, 100_000_000)
    figures = Figures(11.0, 18.0, 550_000_000, 150_000_000)
    cells = figures_cells(figures, base).split()
    assert cells == ["11.00", "1.10", "18.00", "0.90", "550", "1.10", "150"]


def test_texts_are_those_of_a_file_or_of_a_folder():
    one = read_real_texts(EXAMPLES / "meridian-wire.jsonl")
    assert len(one) == 14
    assert len(read_real_texts(EXAMPLES)) == 14 + 7


def test_a_gz_is_unpacked_to_its_end(tmp_path):
    path = tmp_path / "news.gz"
    path.write_bytes(gzip.compress(b"news " * 1_000_000))
    assert unpack(path) > 0
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(EOFError):
        unpack(path)


def test_a_line_is_printed_for_each_corpus(tmp_path):
    texts = read_real_texts(EXAMPLES)
    corpora = make_corpora(tmp_path, texts, 20_000, [1])
    model = make_tiny_model(tmp_path / "model", texts)
    assert "of the processor a piece" in network_line(model, corpora["1x"])
    _, _, *lines = measure(corpora, tmp_path, model, workers=1, starts=1)
    start, one = (line.split() for line in lines)
    assert (start[0], one[0]) == ("start", "1x")
    assert 0 < int(start[2]) < int(one[2].replace(",", ""))
    assert int(one[3]) >= 1
    assert one[7] == one[9] == one[11] == "1.00"
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["1x.jsonl", "model", "start.jsonl"]
