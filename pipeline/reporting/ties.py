"""Which names occur together: the strongest ties, and the most named among themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from pipeline.counting import queries
from pipeline.reporting.chosen import Chosen
from pipeline.reporting.segments import cut_around
from pipeline.reporting.sql import make_table, records, row, rows
from pipeline.reporting.texts import DocumentRow, Place, Sentence, as_json

_SHOWN = 60
_MATRIX = 20
_SENTENCES = 3
_LENGTH = 420
# A pair must be in one document of so many, and in two at least: fewer are no strong tie, and a
# laptop could not count all pairs of millions of documents.
_DOCUMENTS_EACH = 10_000
_ORDER = "log_likelihood DESC, documents DESC, name, label, other_name, other_label"
_MEASURE = (
    "Ties are in the order of the log-likelihood ratio (Dunning 1993): how surely the two are not "
    "together in documents by chance. NPMI, the normalised pointwise mutual information (Bouma "
    "2009), is 1 for names that occur only together, and 0 for such as meet by chance. A pair is "
    "in {least} documents at least; of a document, its {names} most mentioned names count."
)


def find_ties(connection: duckdb.DuckDBPyConnection, chosen: Chosen) -> dict[str, Any]:
    """Finds the strongest ties, and counts the most named among themselves.

    Returns:
      reason, short and measure (what the strength is), rows (one, other, documents, strength) and
      matrix (names, cells of one, other, documents); names are their numbers.
    """
    [documents] = row(connection, "SELECT count(*) FROM documents WHERE tagged")
    least = max(queries.MIN_DOCUMENTS, documents // _DOCUMENTS_EACH)
    pairs = queries.pairs(connection, min_documents=least).filter("log_likelihood > 0")
    pairs.order(_ORDER).limit(_SHOWN).create("tied")
    found = records(connection, f"FROM tied ORDER BY {_ORDER}")
    listed = [
        {
            "one": chosen.add(each["name"], each["label"]),
            "other": chosen.add(each["other_name"], each["other_label"]),
            "documents": each["documents"],
            "strength": each["npmi"],
        }
        for each in found
    ]
    return {
        "reason": None if documents > 1 else "It takes two documents to see who occurs with whom.",
        "short": "NPMI",
        "measure": _MEASURE.format(least=f"{least:,}", names=queries.MAX_NAMES),
        "rows": listed,
        "matrix": _matrix(connection, chosen),
    }


def _matrix(connection: duckdb.DuckDBPyConnection, chosen: Chosen) -> dict[str, Any]:
    most = rows(
        connection,
        f"""SELECT name, label FROM named
        ORDER BY documents DESC, mentions DESC, name, label LIMIT {_MATRIX}""",
    )
    ids = [chosen.add(name, label) for name, label in most]
    listed = [(id, name, label) for id, (name, label) in zip(ids, most, strict=True)]
    make_table(connection, "most", "id INTEGER, name VARCHAR, label VARCHAR", listed)
    cells = records(
        connection,
        """WITH met AS (
            SELECT DISTINCT id, document_key::UUID AS document FROM entities
            JOIN most ON resolved_name = most.name AND entities.label = most.label
        )
        SELECT one.id AS one, other.id AS other, count(*) AS documents
        FROM met AS one JOIN met AS other ON one.document = other.document AND one.id < other.id
        GROUP BY ALL ORDER BY ALL""",
    )
    return {"names": ids, "cells": cells}


class Together:
    """Where two names stand together: the same sentences, or else sentences of one document."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, ties: Mapping[str, Any]) -> None:
        self._rows = [*ties["rows"], *ties["matrix"]["cells"]]
        pairs = {tuple(sorted((each["one"], each["other"]))) for each in self._rows}
        make_table(connection, "pair", "one INTEGER, other INTEGER", sorted(pairs))
        # The sentences of the names in pairs, which a table keeps for both questions.
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE said AS
            SELECT DISTINCT id, document_key, field, sentence_index FROM entities
            JOIN chosen ON resolved_name = chosen.name AND entities.label = chosen.label
            WHERE id IN (SELECT one FROM pair UNION SELECT other FROM pair)"""
        )
        self._shared = _shared(connection)
        self._apart = _apart(connection)

    @property
    def places(self) -> list[Place]:
        """The places of all sentences that are shown."""
        shared = [place for _, places in self._shared.values() for place in places]
        return [*shared, *(place for places in self._apart.values() for place in places)]

    def fill(
        self,
        sentences: Mapping[Place, Sentence],
        documents: Mapping[str, DocumentRow],
        names: Sequence[str],
    ) -> None:
        """Adds to the rows and cells `shared`, how many sentences have both, and `sentences`."""
        for each in self._rows:
            pair = min(each["one"], each["other"]), max(each["one"], each["other"])
            each["shared"], places = self._shared.get(pair, (0, self._apart.get(pair, [])))
            both = {names[number] for number in pair}
            each["sentences"] = [
                as_json(place, _short(sentences[place], both), documents)
                for place in places
                if place in sentences
            ]


def _short(sentence: Sentence, names: set[str]) -> list[Any]:
    told = [
        i
        for i, piece in enumerate(sentence.pieces)
        if not isinstance(piece, str) and (piece[3] or piece[0]) in names
    ]
    return cut_around(sentence.pieces, told[0] if told else 0, _LENGTH)


def _shared(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[int, int], tuple[int, list[Place]]]:
    found = rows(
        connection,
        f"""SELECT pair.one, pair.other, count(*), min_by(
            {{key: a.document_key, field: a.field, i: a.sentence_index}},
            (a.document_key, a.field, a.sentence_index), {_SENTENCES})
        FROM said AS a JOIN said AS b USING (document_key, field, sentence_index)
        JOIN pair ON pair.one = a.id AND pair.other = b.id
        GROUP BY ALL""",
    )
    return {
        (one, other): (count, [Place(p["key"], p["field"], p["i"]) for p in places])
        for one, other, count, places in found
    }


def _apart(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], list[Place]]:
    """Returns for each pair the first sentence of each of its names in one document."""
    found = rows(
        connection,
        """WITH first AS (
            SELECT id, document_key, min((field, sentence_index)) AS place FROM said GROUP BY ALL
        )
        SELECT pair.one, pair.other, min((a.document_key, a.place, b.place))
        FROM first AS a JOIN first AS b USING (document_key)
        JOIN pair ON pair.one = a.id AND pair.other = b.id
        GROUP BY ALL""",
    )
    places: defaultdict[tuple[int, int], list[Place]] = defaultdict(list)
    for one, other, (key, *both) in found:
        places[one, other] = [Place(key, *place) for place in both]
    return places
