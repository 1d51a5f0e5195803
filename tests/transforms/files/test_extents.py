"""The records of an extent come once each, however often its store has to be asked."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.inputs import FIELDS, extent
from tests.places import HANG_SECONDS
from tests.servers import CUT, RESET, BadStore
from transforms.arrow_values import Cell
from transforms.files import remote
from transforms.files.extents import ChangedError, is_open_ended, scan_patiently
from transforms.files.formats import parse
from transforms.files.remote import Patience
from transforms.records import Extent


@pytest.fixture
def hurried(monkeypatch):
    """Waits are short, but the store is not given up however slow the machine is."""
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(remote, "PATIENCE_SECONDS", HANG_SECONDS)


def lines(count):
    return b"".join(
        json.dumps({"text": f"Text number {i}."}).encode() + b"\n" for i in range(count)
    )


def parquet(count):
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": [f"Text number {i}." for i in range(count)]}), sink)
    return sink.getvalue()


def texts(here):
    """Returns the texts of an extent, in order."""
    found = scan_patiently(here, ("text",), FIELDS, Patience())
    values = (parse(here, record)["text"] for record in found)
    return [value.value if isinstance(value, Cell) else value for value in values]


@pytest.mark.parametrize(
    ("name", "format_name", "compression", "data"),
    [
        ("a.jsonl", "jsonl", "", lines(8000)),
        ("a.jsonl.gz", "jsonl", ".gz", gzip.compress(lines(8000), 1)),
        ("a.csv", "csv", "", b"text\n" + b"".join(b"Text number %d.\n" % i for i in range(8000))),
        ("a.parquet", "parquet", "", parquet(8000)),
    ],
    ids=["jsonl", "gzip", "csv", "parquet"],
)
def test_a_connection_that_breaks_loses_no_record_and_repeats_none(
    hurried, name, format_name, compression, data
):
    store = BadStore({name: data})
    with store.serve() as root:
        here = extent(f"{root}/{name}", format_name, compression)
        store.meet([CUT, 503, RESET, 429])
        found = texts(here)
        assert len(store.gets) == 5
    assert found == [f"Text number {i}." for i in range(8000)]


def test_what_is_no_longer_what_was_planned_is_not_read(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(lines(3))
    here = extent(tmp_path / "a.jsonl", "jsonl")
    assert len(texts(here)) == 3
    (tmp_path / "a.jsonl").write_bytes(lines(4))
    with pytest.raises(ChangedError, match=f"planned with {len(lines(3))} bytes .* now"):
        texts(here)


@pytest.mark.parametrize(
    ("format_name", "compression", "end", "is_open"),
    [
        ("jsonl", "", -1, False),
        ("jsonl", ".gz", -1, True),
        ("csv", "", -1, True),
        ("txt", ".gz", -1, False),
        ("parquet", "", 9, False),
        ("parquet", "", -1, True),
    ],
)
def test_only_reading_shows_how_much_an_open_end_holds(format_name, compression, end, is_open):
    assert is_open_ended(Extent("a", format_name, compression, 1, "", 0, end)) is is_open
