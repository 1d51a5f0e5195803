"""The published tables, opened as datasets wherever they lie."""

import pytest

from tests.fakes import write_texts
from tests.jobs import read, run_job
from transforms.output.datasets import open_datasets
from transforms.records import TABLES

ROWS = '{"id": "1", "text": "We met Ann.", "n": "7"}\n{"id": "2", "text": "It rained.", "n": ""}\n'


def test_every_table_is_a_dataset_of_the_listed_parts(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.", b="")], tmp_path / "out")
    (tmp_path / "out" / "entities" / "part-99999.parquet").write_bytes(b"not listed")
    datasets = open_datasets(output.root)
    for table in TABLES:
        assert datasets[table].to_table().to_pylist() == read(output, table)


def test_partitions_are_columns(tmp_path):
    (tmp_path / "a.jsonl").write_text(ROWS)
    output = run_job(
        [tmp_path / "a.jsonl"], tmp_path / "out", keep=("n=page",), partition_by=("page",)
    )
    rows = open_datasets(output.root)["documents"].to_table(columns=["document_id", "page"])
    pages = {row["document_id"]: row["page"] for row in rows.to_pylist()}
    assert pages == {"1": "7", "2": "unknown"}


def test_a_bucket_is_read_as_a_folder_is(tmp_path, s3):
    s3.put("datasets/a.txt", b"We met Ann.")
    output = run_job([f"{s3.root}/datasets/a.txt"], f"{s3.root}/out-of-datasets")
    entities = open_datasets(output.root)["entities"].to_table()
    assert entities["text"].to_pylist() == ["We", "Ann"]


def test_without_finished_tables_there_is_nothing_to_open(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"parts\.parquet"):
        open_datasets(str(tmp_path))
