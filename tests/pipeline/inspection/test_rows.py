"""Rows of a sound job keep all laws; whatever is altered breaks one."""

import pyarrow as pa
import pytest

from pipeline.inspection.rows import breaches, orphans, slim
from tests.fakes import write_texts
from tests.jobs import read, run_job
from transforms.output.tables import table_schemas
from transforms.records import TABLES

SCHEMAS = table_schemas(pa.schema([]), {})


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    write_texts(folder / "in", a="We met Ann Lee. We saw Rome, Oslo.", b="then kaboom. Bob left.")
    output = run_job([folder / "in"], folder / "out")
    return {table: read(output, table) for table in TABLES}


def broken(rows, has_sentences=True):
    tables = {
        table: slim(table, pa.Table.from_pylist(rows[table], SCHEMAS[table])) for table in TABLES
    }
    return {
        (breach.table, breach.what): {uri.rpartition("/")[2] for uri in breach.inputs}
        for breach in breaches(tables, has_sentences)
    }


def altered(rows, table, number, **values):
    some = [dict(row) for row in rows[table]]
    some[number] |= values
    return rows | {table: some}


def without(rows, table, number=0):
    return rows | {table: rows[table][:number] + rows[table][number + 1 :]}


def test_what_a_job_wrote_breaks_no_law(rows):
    assert broken(rows) == {}
    assert broken(rows | {"sentences": []}, has_sentences=False) == {}
    assert broken({table: [] for table in TABLES}) == {}


@pytest.mark.parametrize(
    ("table", "number", "values", "law"),
    [
        ("documents", 0, {"position": 1}, "has a key that is not its document's"),
        ("documents", 0, {"char_count": 9}, "has spans that are none of their text"),
        ("entities", 0, {"start_char": -1}, "has spans that are none of their text"),
        ("entities", 0, {"end_char": 0}, "has spans that are none of their text"),
        ("entities", 0, {"text": "Ann"}, "has a text that is not as long as its span"),
        ("entities", 1, {"start_char": 1}, "has spans that overlap"),
        ("entities", 0, {"sentence_index": 1}, "has entities outside their sentences"),
        ("entities", 0, {"sentence_index": 7}, "has entities outside their sentences"),
        ("entities", 0, {"field": "title"}, "has entities outside their sentences"),
        ("sentences", 1, {"start_char": 3}, "has spans that overlap"),
        ("sentences", 0, {"text": "x"}, "has a text that is not as long as its span"),
        (
            "sentences",
            1,
            {"sentence_index": 2},
            "has sentences that are not counted in their order",
        ),
    ],
)
def test_an_altered_value_breaks_a_law(rows, table, number, values, law):
    found = broken(altered(rows, table, number, **values))
    assert {"a.txt"} in [inputs for (_, what), inputs in found.items() if what == law]


@pytest.mark.parametrize(
    ("table", "law", "name"),
    [
        ("entities", "lacks entities of documents, or has others", "a.txt"),
        ("sentences", "lacks sentences of documents, or has others", "a.txt"),
        ("rejects", "lacks rejected sentences of documents, or has others", "b.txt"),
    ],
)
def test_a_row_that_is_missing_is_that_of_an_input(rows, table, law, name):
    assert broken(without(rows, table))[table, law] == {name}


def test_a_document_that_is_there_twice_is_told(rows):
    twice = rows | {"documents": [*rows["documents"], rows["documents"][0]]}
    assert broken(twice) == {("documents", "has a document twice"): {"a.txt"}}


def test_rows_without_a_document_are_counted(rows):
    documents, entities = (
        slim(table, pa.Table.from_pylist(rows[table], SCHEMAS[table]))
        for table in ("documents", "entities")
    )
    assert orphans(entities, documents) == 0
    of_a = sum(
        row["document_key"] == documents["document_key"][0].as_py() for row in rows["entities"]
    )
    assert orphans(entities, documents.slice(1)) == of_a > 0
