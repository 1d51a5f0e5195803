from pipeline.reporting.sql import rows
from pipeline.reporting.texts import (
    Place,
    as_json,
    fetch_documents,
    fetch_rows,
    fetch_sentences,
)
from tests.pipeline.reporting.outputs import HOSTILE


def key_of(connection, document_id):
    [(key,)] = rows(
        connection, "SELECT document_key FROM documents WHERE document_id = ?", [document_id]
    )
    return key


def test_sentences_come_in_pieces_with_the_names_in_them(tables):
    connection, chosen = tables
    place = Place(key_of(connection, "doc-00"), "text", 1)
    found = fetch_sentences(connection, chosen.labels, [place, place, Place("f" * 32, "text", 0)])
    assert [*found] == [place]
    assert found[place].pieces == [
        ["Ann Berg", 0, 0.9, None],
        " left ",
        ["Acme", 1, 0.99, None],
        ", said ",
        ["Acme", 1, 0.99, None],
        ".",
    ]


def test_a_hostile_text_comes_as_it_is(tables):
    connection, chosen = tables
    key = key_of(connection, "</script>")
    found = fetch_documents(connection, chosen.labels, [key])
    texts = [
        "".join(piece if isinstance(piece, str) else piece[0] for piece in each.pieces)
        for place, each in found.items()
        if place.field == "text"
    ]
    assert all(text in HOSTILE for text in texts)
    assert "<script>" in texts[0]


def test_a_sentence_tells_where_it_is(tables):
    connection, _ = tables
    key = key_of(connection, "doc-00")
    told = fetch_rows(connection, [key, key])
    found = as_json(Place(key, "text", 0), ["a"], told)
    assert found == {
        "id": "doc-00",
        "date": "2024-01-01",
        "document": None,
        "key": key,
        "text": ["a"],
    }
