"""Every tool that the page on readers names gives the same counts."""

from pathlib import Path

import duckdb
import pytest

from pipeline import launch
from pipeline.options import parse_options
from pipeline.run import run
from tests.docs.readers import (
    PARTITIONS,
    RECORDS,
    load_tagger,
    mentions,
    recipes,
    run_recipe,
    tag,
)
from tests.fakes import write_texts
from tests.jobs import read
from transforms.output.output import Output


@pytest.fixture(params=PARTITIONS.values(), ids=[*PARTITIONS])
def output(request, tmp_path, monkeypatch) -> Output:
    monkeypatch.chdir(tmp_path)
    output = tag(tmp_path, request.param)
    # No reader takes what is not listed.
    (tmp_path / "out" / "entities" / "part-00099.parquet").write_bytes(b"not listed")
    return output


def test_each_section_has_one_recipe():
    assert [*recipes()] == [
        "",
        "DuckDB",
        "One DuckDB file",
        "pandas",
        "polars",
        "Spark",
        "Iceberg",
        "BigQuery",
    ]


def test_duckdb(output):
    with duckdb.connect() as connection:
        assert dict(connection.execute(recipes()["DuckDB"]).fetchall()) == mentions(output)


@pytest.mark.parametrize("tool", ["One DuckDB file", "pandas", "polars", "Iceberg"])
def test_a_recipe_gives_the_counts_again_and_again(output, tool):
    for _ in range(2):
        assert run_recipe(tool)["counts"] == mentions(output)


def test_the_file_of_duckdb_has_all_rows(output):
    run_recipe("One DuckDB file")
    with duckdb.connect("news.duckdb") as connection:
        for table in ("documents", "entities", "rejects", "sentences"):
            rows = connection.sql(f"SELECT count(*) FROM {table}").fetchall()
            assert rows == [(len(read(output, table)),)]


def test_columns_that_name_folders_come_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tag(tmp_path, ("source", "month"))
    sources = {record.get("source", "unknown") for record in RECORDS[:4]}
    assert set(run_recipe("pandas")["entities"]["source"]) == sources
    assert set(run_recipe("polars")["entities"].collect()["source"]) == sources
    run_recipe("One DuckDB file")
    with duckdb.connect("news.duckdb") as connection:
        found = connection.sql("SELECT DISTINCT source FROM entities").fetchall()
    assert {source for (source,) in found} == sources


def test_an_addition_is_a_snapshot_in_iceberg(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_tagger())
    output = Output(str(tmp_path / "out"))

    def add(**texts: str) -> list[str]:
        """Adds inputs, or changes them; returns what the table's snapshots did."""
        inputs = write_texts(tmp_path / "in", **texts)
        assert run(parse_options(["--input", str(inputs), "--output", output.root])) == 0
        found = run_recipe("Iceberg")
        assert found["counts"] == mentions(output)
        return [snapshot.summary.operation.value for snapshot in found["entities"].snapshots()]

    assert add(a="We met Ann.", b="Bo left Rome.") == ["append"]
    assert add(c="Cy left Oslo.") == ["append", "append"]
    assert add(a="We met Bo and Cy.") == ["append", "append", "overwrite", "append"]
    assert Path("lake", "catalog.db").exists()
