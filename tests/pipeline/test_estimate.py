"""What --plan_only says of a job."""

import gzip
import json
import re

import pytest

from pipeline import estimate
from pipeline.estimate import describe
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.rounds import Round
from tests.fakes import CapitalTagger, settings, write_texts
from transforms.columns import Words
from transforms.model.tags import Tags


class Clock:
    """Stands in for the clock, and goes on only while CountingTagger tags."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


class CountingTagger(CapitalTagger):
    """Takes a millisecond a word, and a minute for the first call."""

    def __init__(self, clock: Clock) -> None:
        self.calls: list[int] = []
        self._clock = clock

    def tag(self, words: Words) -> Tags:
        count = len(words.form)
        self._clock.seconds += 0.001 * count if self.calls else 60.0
        self.calls.append(count)
        return super().tag(words)


@pytest.fixture
def tagger(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(estimate, "time", clock)
    return CountingTagger(clock)


def round_of(folder, **changes):
    files = list_inputs([str(folder)]).files
    return Round(plan=make_plan(files, settings(**changes)))


def seconds_of(time: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+) to (\d+) seconds estimated with \d workers?", time)
    assert found, time
    return int(found[1]), int(found[2])


def write_news(path, documents: int):
    """Writes documents of 1,000 words each, 5,000 characters."""
    lines = b"".join(
        json.dumps({"text": f"{i:04} " + "word " * 998 + "end."}).encode() + b"\n"
        for i in range(documents)
    )
    path.write_bytes(gzip.compress(lines) if path.suffix == ".gz" else lines)
    return path


def test_it_tells_size_and_time(tmp_path, tagger):
    inputs = write_texts(tmp_path / "in", a="We met Ann.", b="We met Bob. " * 100)
    files, size, blocks, time = describe(round_of(inputs), tagger, workers=2)
    assert (files, size, blocks) == ("2 files", "1,211 bytes", "about 1 block")
    assert time == "0 to 1 seconds estimated with 2 workers"


def test_the_first_passes_are_not_taken_for_the_speed(tmp_path, tagger):
    inputs = write_news(tmp_path / "a.jsonl", 100)
    *_, time = describe(round_of(inputs), tagger, workers=1)
    low, high = seconds_of(time)
    assert 60 < low < 100 < high < 130
    assert sum(tagger.calls) < 60_000


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_the_limit_counts(tmp_path, tagger, name):
    inputs = write_news(tmp_path / name, 1000)
    *_, blocks, time = describe(round_of(inputs, limit=100), tagger, workers=1)
    assert blocks == "about 4 blocks"
    low, high = seconds_of(time)
    assert 60 < low < 100 < high < 130


def test_starting_takes_time_too_and_several_workers_take_less(tmp_path, tagger):
    inputs = write_news(tmp_path / "a.jsonl", 100)
    *_, time = describe(round_of(inputs), tagger, workers=2, start_seconds=20.0)
    low, high = seconds_of(time)
    assert 50 < low < 70 < high < 90


def test_what_is_done_is_not_counted(tmp_path, tagger):
    inputs = write_news(tmp_path / "a.jsonl", 100)
    *_, blocks, time = describe(round_of(inputs), tagger, workers=1, done=3)
    assert blocks == "about 4 blocks, 3 of them done"
    low, high = seconds_of(time)
    assert 15 < low < 25 < high < 40


def test_samples_come_from_all_over_the_plan(tmp_path, tagger):
    inputs = write_news(tmp_path / "a.jsonl", 30)
    (tmp_path / "b.jsonl").write_text('{"text": "Ann."}\n' * 20_000)
    todo = round_of(tmp_path)
    assert inputs.stat().st_size * 2 < (tmp_path / "b.jsonl").stat().st_size
    *_, time = describe(todo, tagger, workers=1)
    low, high = seconds_of(time)
    assert low < 30 + 20 < high


def test_a_corpus_without_text_has_no_estimate(tmp_path, tagger):
    (tmp_path / "a.jsonl").write_text("{\n" * 10)
    assert [*describe(round_of(tmp_path), tagger, workers=1)] == [
        "1 file",
        "20 bytes",
        "about 1 block",
    ]


def test_other_machines_have_a_speed_of_their_own(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    assert [*describe(round_of(inputs), None, workers=1)] == ["1 file", "11 bytes", "about 1 block"]


def test_an_addition_tells_its_news_first(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    plan = make_plan(list_inputs([str(inputs)]).files, settings())
    assert next(describe(Round(plan=plan, news="1 input new"), None, 1)) == "1 input new"
