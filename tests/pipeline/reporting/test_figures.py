"""The figures of whole outputs: those of plain SQL, and those of outputs that lack something."""

import json

import duckdb
import pytest

from pipeline.reporting.figures import gather
from pipeline.reporting.page import to_json
from tests.pipeline.reporting.outputs import TAGS, make_news, make_output


@pytest.fixture(scope="module")
def figures(news):
    return gather(news)


def sql(news, query):
    tables = {"documents", "entities", "sentences"}
    with duckdb.connect() as connection:
        for table in tables:
            connection.execute(f"CREATE VIEW {table} AS FROM '{news.root}/{table}/*.parquet'")
        return connection.execute(query).fetchall()


def test_names_are_counted_as_plain_sql_does(figures, news):
    found = {
        (
            each["name"],
            figures["labels"][each["label"]]["label"],
            each["mentions"],
            each["documents"],
        )
        for each in figures["names"]
    }
    assert found == {
        *sql(
            news,
            "SELECT resolved_name, label, count(*), count(DISTINCT document_key) FROM entities "
            "GROUP BY resolved_name, label",
        )
    }


def test_curves_of_documents_have_all_that_are_dated(figures, news):
    [(dated,)] = sql(news, "SELECT count(date) FROM documents")
    assert sum(figures["dates"]["documents"]) + figures["dates"]["outside"] == dated


def test_sentences_lead_to_the_documents_that_they_are_of(figures):
    documents = figures["reader"]["documents"]
    told = [each for name in figures["names"] for each in name["sentences"]]
    assert told
    assert all(documents[each["document"]]["id"] == each["id"] for each in told)
    assert all("key" not in each for each in told)


def test_they_are_the_same_each_time_and_json(figures, news):
    assert json.dumps(gather(news)) == json.dumps(figures)


def test_partitions_lose_no_rows_and_keep_their_columns(figures, tmp_path):
    found = gather(make_news(tmp_path, partition_by=("source",)))
    assert found["totals"] == figures["totals"]
    assert found["sources"][0]["values"][:2] == figures["sources"][0]["values"][:2]


@pytest.mark.parametrize("sentences", ["offsets", "none"])
def test_without_the_text_of_sentences_there_are_none_to_read(tmp_path, sentences):
    found = gather(make_news(tmp_path, sentences=sentences))
    assert found["reader"]["documents"] == []
    assert "--sentences text" in found["reader"]["reason"]
    assert all(name["sentences"] == [] for name in found["names"])
    assert found["totals"]["entities"] > 0


def test_one_document_without_names_has_figures(tmp_path):
    found = gather(make_output(tmp_path, ['{"title": "it rained", "text": "all day."}']))
    assert (found["totals"]["documents"], found["labels"], found["names"]) == (1, [], [])
    assert found["ties"]["rows"] == []
    assert "two documents" in found["ties"]["reason"]
    assert len(found["reader"]["documents"]) == 1
    assert found["dates"]["periods"] == []


def test_names_and_texts_without_end_are_cut(tmp_path, monkeypatch):
    monkeypatch.setitem(TAGS, "A" * 5000, ("B-PER", 0.9))
    line = json.dumps({"title": "<" * 100_000, "text": f"We met {'A' * 5000}, said Ann."})
    found = gather(make_output(tmp_path, [line] * 60))
    assert {len(each["name"]) for each in found["names"]} == {3, 300}
    assert all(each["sentences"] for each in found["names"])
    assert len(to_json(found)) < 2_300_000
    assert 1 <= len(found["reader"]["documents"]) < 60


def test_where_all_is_rejected_the_reasons_are_left(tmp_path):
    found = gather(make_output(tmp_path, ["{", "{"]))
    assert found["totals"]["documents"] == 0
    assert [each["reason"] for each in found["rejects"]] == ["bad_json"]
    assert "no documents" in found["reader"]["reason"]
