import json

from pipeline.reporting.sample import sample
from pipeline.reporting.sql import rows

KEPT, FIELDS = ["source", "url"], ["title", "text"]


def keys(connection):
    return [key for (key,) in rows(connection, "SELECT document_key FROM documents ORDER BY ALL")]


def test_a_document_has_its_title_paragraphs_and_kept_columns(tables):
    connection, chosen = tables
    documents, places = sample(connection, chosen.labels, [], KEPT, FIELDS)
    assert len(documents) == len(places) == 31
    [found] = [each for each in documents if each["id"] == "doc-03"]
    assert found["title"] == "Piece 3 of Ann Berg"
    assert found["kept"] == [["source", "Herald"], ["url", "https://news1.example/3"]]
    title, text = found["fields"]
    assert (title["name"], text["name"]) == ("title", "text")
    assert len(text["paragraphs"]) == 2
    assert text["paragraphs"][0][0][1] == ["Oslo", 2, 0.6, None]


def test_there_is_no_more_than_there_is_room_for(tables):
    connection, chosen = tables
    documents, _ = sample(connection, chosen.labels, [], KEPT, FIELDS, room=2000)
    assert 1 < len(documents) < 10
    told = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in documents]
    assert sum(map(len, told)) <= 2000


def test_documents_that_the_page_cites_come_first(tables):
    connection, chosen = tables
    cited = keys(connection)[-2:]
    _, places = sample(connection, chosen.labels, cited, KEPT, FIELDS)
    assert [places[key] for key in cited] == [0, 1]


def test_a_long_document_is_cut_and_says_so(tables, monkeypatch):
    connection, chosen = tables
    monkeypatch.setattr("pipeline.reporting.sample._SENTENCES", 2)
    documents, _ = sample(connection, chosen.labels, [], KEPT, FIELDS)
    [found] = [each for each in documents if each["id"] == "doc-03"]
    assert found["omitted"] == 1
    assert [len(field["paragraphs"]) for field in found["fields"]] == [1, 1]
