"""Text is varied without changing its shape, and written without being held."""

import gzip
import json
import re
from itertools import islice

from benchmarks.varied_text import VariedText, write_documents
from tests.checkpoints import TEXT

TEXTS = TEXT.splitlines()


def shape(text: str) -> str:
    """Returns a text with `x` for each word that is varied."""
    return re.sub(r"[^\W\d_]{3,}", "x", text)


def test_documents_keep_the_marks_numbers_and_short_words_of_real_ones():
    shapes = set(map(shape, TEXTS))
    assert all(shape(text) in shapes for text in islice(VariedText(TEXTS).documents(), 50))


def test_no_document_is_a_real_one_or_comes_twice():
    documents = list(islice(VariedText(TEXTS).documents(), 200))
    assert len(set(documents)) == 200
    assert not set(documents) & set(TEXTS)


def test_words_are_drawn_from_those_of_their_kind_and_some_names_are_new():
    real = set(re.findall(r"[^\W\d_]{3,}", TEXT))
    text = " ".join(islice(VariedText(TEXTS).documents(), 100))
    new = set(re.findall(r"[^\W\d_]{3,}", text)) - real
    assert new
    assert all(re.fullmatch(r"[A-Z][a-z]{5}", word) for word in new)


def test_the_same_seed_gives_the_same_documents():
    one, same, other = (list(islice(VariedText(TEXTS, seed).documents(), 5)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_file_has_the_size_that_was_asked_for(tmp_path):
    path = tmp_path / "news.jsonl"
    assert write_documents(path, TEXTS, 20_000) == path.stat().st_size
    lines = path.read_bytes().splitlines(keepends=True)
    assert sum(map(len, lines[:-1])) < 20_000 <= path.stat().st_size
    assert [json.loads(line)["id"] for line in lines] == [str(i) for i in range(len(lines))]


def test_a_gz_has_that_size_packed(tmp_path):
    path = tmp_path / "news.jsonl.gz"
    written = write_documents(path, TEXTS, 20_000)
    assert len(gzip.decompress(path.read_bytes())) == written > 30_000
    assert path.stat().st_size >= 20_000
