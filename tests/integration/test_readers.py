"""Partitions have the same values for everyone who reads them."""

import json
from collections import Counter

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

from tests.jobs import run_job

SOURCES = ["Gazette", "Łódź Echo", "A/B & 100%", "a=b", "it's +1", "東京", "unknown", "", None]
DATES = ["2024-01-09", "2023-12-31", "soon", None]
COLUMNS = ["source", "year", "month"]
# What a row without a value says to every reader; a source may call itself so.
UNKNOWN = "unknown"


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readers")
    records = [
        {"text": "We met Ann.", "date": date, "source": source}
        for source in SOURCES
        for date in DATES
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    output = run_job(
        [folder / "a.jsonl"],
        folder / "out",
        date_field="date",
        keep=("source",),
        partition_by=tuple(COLUMNS),
    )
    return output.root


def read_by_duckdb(folder):
    return duckdb.execute(f"SELECT {', '.join(COLUMNS)} FROM '{folder}/**/*.parquet'").fetchall()


def read_by_pandas(folder):
    return pd.read_parquet(folder)[COLUMNS].itertuples(index=False, name=None)


def read_by_polars(folder):
    return pl.read_parquet(f"{folder}/**/*.parquet", hive_partitioning=True)[COLUMNS].iter_rows()


def read_by_pyarrow(folder):
    table = ds.dataset(folder, format="parquet", partitioning="hive").to_table(columns=COLUMNS)
    return zip(*table.to_pydict().values(), strict=True)


def expected():
    days = {"2024-01-09": ("2024", "2024-01"), "2023-12-31": ("2023", "2023-12")}
    return Counter(
        (source or UNKNOWN, *days.get(date or "", (UNKNOWN, UNKNOWN)))
        for source in SOURCES
        for date in DATES
    )


@pytest.mark.parametrize("read", [read_by_duckdb, read_by_pandas, read_by_polars, read_by_pyarrow])
@pytest.mark.parametrize("table", ["documents", "sentences"])
def test_a_value_is_the_same_to_every_reader(output, table, read):
    assert Counter(read(f"{output}/{table}")) == expected()
