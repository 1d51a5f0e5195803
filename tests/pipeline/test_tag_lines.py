"""A document a line in, a JSON line each out, whatever a line holds."""

import io
import json
import os
import subprocess
import sys
import threading

from pipeline.tag_lines import read_batches, tag_batch, tag_lines
from tests.fakes import CapitalTagger
from tests.places import HANG_SECONDS, ROOT


def tag(data: bytes) -> list[dict]:
    sink = io.StringIO()
    with piped(data) as source:
        tag_lines(source, sink, CapitalTagger)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def piped(data: bytes) -> io.BufferedReader:
    """Returns the reading end of a pipe that data is written into."""
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb") as sink:
            sink.write(data)

    threading.Thread(target=write).start()
    return open(reading, "rb")


def names(record: dict) -> list[str]:
    return [entity["text"] for entity in record["entities"]]


def test_every_line_has_its_record():
    records = tag("we met Ann\n\nin São Paulo".encode())
    assert [names(record) for record in records] == [["Ann"], [], ["São Paulo"]]
    [entity] = records[0]["entities"]
    assert entity == {"text": "Ann", "label": "PER", "score": 0.9, "start_char": 7, "end_char": 10}


def test_a_line_that_cannot_be_tagged_says_why_and_the_rest_goes_on(caplog):
    records = tag(b"caf\xe9 in Rome\nit was kaboom\nwe met Ann\n")
    assert records[0] == {"entities": [], "error": "not UTF-8, at byte 3"}
    assert records[1]["error"] == (
        "the model failed in the sentence from 0 to 13: ValueError: kaboom"
    )
    assert names(records[2]) == ["Ann"]
    assert "2 lines could not be tagged" in caplog.text


def test_there_may_be_no_line():
    assert tag(b"") == []


def test_lines_longer_than_what_is_read_at_once_stay_whole():
    long = b"we met Ann " * 40_000
    with piped(long + b"\nin Rome\n") as source:
        lines = [line for batch in read_batches(source) for line in batch]
    assert lines == [long, b"in Rome"]


def test_tags_do_not_depend_on_the_batches():
    lines = [b"we met Ann", b"in Rome. then Bob came", b""]
    together = list(tag_batch(lines, CapitalTagger()))
    assert together == [record for line in lines for record in tag_batch([line], CapitalTagger())]


def test_a_line_is_answered_before_the_next_one_comes():
    command = [sys.executable, "-c", "from pipeline.cli import process; process()", "tag"]
    process = subprocess.Popen(
        [*command, "--lines"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    try:
        for text in (b"Angela Merkel met Shell.\n", b"She left Berlin.\n"):
            process.stdin.write(text)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["entities"]
        process.stdin.close()
        assert process.wait(HANG_SECONDS) == 0
    finally:
        process.kill()
        process.stdout.close()
