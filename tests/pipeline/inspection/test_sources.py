"""Texts are compared with the inputs that they are said to be of."""

import gzip
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.inspection.inspect_output import inspect_output
from pipeline.inspection.sources import Sources
from tests.jobs import run_job
from transforms.output.output import Output


def lines(*texts):
    return b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(lines("nobody", "We met Ann.", "We saw Rome.") * 20)
    (folder / "array.jsonl").write_text(json.dumps([{"text": "We met Bob."}] * 40))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(lines("We met Cy.", "") * 30))
    (folder / "c.txt").write_text("We met Di.")
    (folder / "d.csv").write_text("id,text\n1,We met Ed.\n2,We met Flo.\n")
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(lines("We met Gus.") * 3000)[:-40])
    pq.write_table(pa.table({"text": ["We met Hal.", None, "Ida"]}), folder / "e.parquet")
    return folder


@pytest.fixture
def output(inputs, tmp_path):
    return run_job([inputs], tmp_path / "out", block_bytes=300)


def found(output: Output):
    sources = Sources()
    inspection = inspect_output(output, sources)
    return {uri.rpartition("/")[2] for uri in inspection.inputs}, dict(sources.counts)


def test_inputs_of_every_format_hold_what_was_made_of_them(output):
    assert found(output) == (set(), {"read": 7})


def test_inputs_that_have_changed_or_are_gone_are_counted_and_no_damage(inputs, output):
    (inputs / "a.jsonl").write_text("{}")
    (inputs / "c.txt").unlink()
    assert found(output) == (set(), {"read": 5, "changed": 1, "unreadable": 1})


def test_an_input_with_other_bytes_of_the_same_size_and_time_is_told(inputs, output):
    for name, old, new in (("c.txt", b"Di", b"Mo"), ("a.jsonl", b"Rome", b"Oslo")):
        status = os.stat(inputs / name)
        (inputs / name).write_bytes((inputs / name).read_bytes().replace(old, new))
        os.utime(inputs / name, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert found(output) == ({"c.txt", "a.jsonl"}, {"read": 7})
