"""Fetches sentences with the names in them, and the documents that they are of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline.reporting.labels import Label
from pipeline.reporting.segments import Mention, Segment, segments
from pipeline.reporting.sql import make_table, rows


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a sentence is."""

    document_key: str
    field: str
    sentence_index: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in pieces, and where it lies in its field."""

    start: int
    end: int
    pieces: list[Segment]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What the page tells of a document: where it is from, and when."""

    id: str
    date: str | None
    uri: str


def fetch_sentences(
    connection: duckdb.DuckDBPyConnection, labels: Iterable[Label], places: Iterable[Place]
) -> dict[Place, Sentence]:
    """Fetches the sentences of some places; those of which no text was kept are not among them."""
    wanted = [(each.document_key, each.field, each.sentence_index) for each in sorted({*places})]
    make_table(connection, "wanted", "document_key VARCHAR, field VARCHAR, i INTEGER", wanted)
    return _sentences(connection, labels, "(w.field, w.i) = (t.field, t.sentence_index)")


def fetch_documents(
    connection: duckdb.DuckDBPyConnection, labels: Iterable[Label], keys: Iterable[str]
) -> dict[Place, Sentence]:
    """Fetches all sentences of some documents."""
    wanted = [(key,) for key in sorted({*keys})]
    make_table(connection, "wanted", "document_key VARCHAR", wanted)
    return _sentences(connection, labels, "true")


def _sentences(
    connection: duckdb.DuckDBPyConnection, labels: Iterable[Label], condition: str
) -> dict[Place, Sentence]:
    """Fetches the sentences of `wanted`."""
    match = f"ON w.document_key = t.document_key AND {condition}"
    number = {label.label: i for i, label in enumerate(labels)}
    mentions: defaultdict[Place, list[Mention]] = defaultdict(list)
    columns = "t.document_key, t.field, t.sentence_index, t.start_char, t.end_char"
    for *place, start, end, label, score, name in rows(
        connection,
        f"""SELECT {columns}, label, score, resolved_name
        FROM entities AS t JOIN wanted AS w {match}""",
    ):
        mentions[Place(*place)].append(Mention(start, end, number[label], score, name))
    found = rows(
        connection,
        f"""SELECT {columns}, t.text FROM sentences AS t JOIN wanted AS w {match}
        WHERE t.text IS NOT NULL ORDER BY ALL""",
    )
    return {
        (here := Place(*place)): Sentence(start, end, segments(text, start, mentions[here]))
        for *place, start, end, text in found
    }


def fetch_rows(
    connection: duckdb.DuckDBPyConnection, keys: Iterable[str]
) -> dict[str, DocumentRow]:
    """Fetches what is told of some documents, by their keys."""
    make_table(connection, "wanted", "document_key VARCHAR", [(key,) for key in sorted({*keys})])
    return {
        key: DocumentRow(id, date and date.isoformat(), uri)
        for key, id, date, uri in rows(
            connection,
            "SELECT document_key, document_id, date, uri FROM documents SEMI JOIN wanted "
            "USING (document_key)",
        )
    }


def as_json(
    place: Place, pieces: list[Segment], documents: Mapping[str, DocumentRow]
) -> dict[str, Any]:
    """Returns a sentence as the page takes it; `document` is filled in by the reader."""
    row = documents[place.document_key]
    return {
        "id": row.id,
        "date": row.date,
        "document": None,
        "key": place.document_key,
        "text": pieces,
    }
