"""Rows of Parquet, of which no more is loaded than is wanted."""

import io
import itertools
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.inputs import read
from tests.servers import BadStore
from transforms.files import parquet_rows, remote
from transforms.files.found import ColumnsError
from transforms.files.parquet_rows import read_footer
from transforms.files.remote import StoreError


def test_a_parquet_file_with_two_columns_of_a_name_is_corrupt(tmp_path):
    table = pa.table([["a"], ["b"], ["c"]], names=["text", "text", "id"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ColumnsError, match="2 columns are called 'text'"):
        read(tmp_path / "a.parquet", "parquet", "", 0, 1)


def test_parquet_rows_are_counted_across_row_groups(tmp_path):
    table = pa.table({"text": list("abcdef"), "other": range(6)})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    assert read(tmp_path / "a.parquet", "parquet", "", 1, 5) == [
        (i, {"text": "abcdef"[i]}) for i in range(1, 5)
    ]


def test_cut_anywhere_every_row_is_read_once(tmp_path):
    texts = [str(i) for i in range(1300)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", row_group_size=1100)
    for cut in (0, 1, 511, 512, 513, 700, 1099, 1100, 1101, 1300):
        parts = [(0, cut), (cut, 1300)]
        rows = [row for part in parts for row in read(tmp_path / "a.parquet", "parquet", "", *part)]
        assert rows == [(i, {"text": texts[i]}) for i in range(1300)]
    assert len(read(tmp_path / "a.parquet", "parquet")) == 1300


def test_rows_beyond_the_end_and_other_columns_are_not_loaded(tmp_path, monkeypatch):
    noise = [os.urandom(2000).hex() for _ in range(4000)]
    table = pa.table({"other": noise, "text": noise})
    pq.write_table(table, tmp_path / "a.parquet", compression="none", use_dictionary=False)
    loaded: list[int] = []

    class Counting(io.FileIO):
        def read(self, size=-1):
            loaded.append(size)
            return super().read(size)

    monkeypatch.setattr(parquet_rows, "open_input", Counting)
    assert len(read(tmp_path / "a.parquet", "parquet", "", 0, 500)) == 500
    # 500 texts are 2 MB of the column's 16.
    assert 2_000_000 < sum(loaded) < 6_000_000


def test_the_footer_tells_rows_and_columns(tmp_path):
    pq.write_table(pa.table({"text": ["a", "b"]}), tmp_path / "a.parquet")
    footer = read_footer(str(tmp_path / "a.parquet"))
    assert footer is not None
    metadata, schema = footer
    assert (metadata.num_rows, schema.names) == (2, ["text"])


def test_a_file_without_a_footer_has_none(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"no Parquet")
    assert read_footer(str(tmp_path / "a.parquet")) is None
    assert read_footer(str(tmp_path / "missing.parquet")) is None


def test_a_store_that_stays_down_is_not_taken_for_a_file_without_a_footer(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(remote, "PATIENCE_SECONDS", 0.1)
    store = BadStore({"a.parquet": b"x"})
    store.meet(itertools.repeat(503))
    with store.serve() as root, pytest.raises(StoreError, match="503"):
        read_footer(f"{root}/a.parquet")
