"""A large input is written that compresses as news does."""

import gzip
import json

from benchmarks.one_large_input import EXAMPLES, tag, write_corpus


def test_documents_are_as_many_bytes_as_asked_for_and_no_two_alike(tmp_path):
    path = tmp_path / "news.jsonl.gz"
    write_corpus(path, 100_000)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    longest = max(map(len, lines))
    assert 100_000 <= sum(map(len, lines)) <= 100_000 + longest
    assert len(set(lines)) == len(lines)
    assert path.stat().st_size > 100_000 / 5
    news = [json.loads(line)["text"].split() for line in EXAMPLES.read_text().splitlines()]
    assert sorted(json.loads(lines[0])["text"].split()) in map(sorted, news)


def test_every_block_is_tagged_once(tmp_path):
    write_corpus(tmp_path / "news.jsonl.gz", 20_000)
    assert tag(tmp_path / "news.jsonl.gz", tmp_path / "run", 8_192, workers=1) > 0
    [notes] = (tmp_path / "run" / "notes").iterdir()
    assert notes.read_text() == "..."
