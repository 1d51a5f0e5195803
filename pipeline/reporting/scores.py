"""How many mentions and names have which scores, with examples."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from pipeline.reporting.labels import Label
from pipeline.reporting.segments import cut_around, short
from pipeline.reporting.sql import rows
from pipeline.reporting.texts import DocumentRow, Place, Sentence, as_json

BINS = 50
_EXAMPLES = 4
_LENGTH = 300
# A score has 4 decimals: whole numbers keep it on the right side of an edge.
_BIN = f"least(round(score * 10000)::INTEGER // {10_000 // BINS}, {BINS - 1})"


class Scores:
    """The histograms of scores; the sentences of its examples are fetched with all others'."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, labels: Sequence[Label]) -> None:
        self._labels = labels
        self._bins = _bins(connection, labels)
        self._names = _names(connection)
        self._examples = _examples(connection)

    @property
    def places(self) -> list[Place]:
        return [place for found in self._examples.values() for place, _, _ in found]

    def as_json(
        self, sentences: Mapping[Place, Sentence], documents: Mapping[str, DocumentRow]
    ) -> dict[str, Any]:
        """Returns bins (mentions by label), names (those whose best mention is there), examples."""
        return {
            "bins": self._bins,
            "names": self._names,
            "examples": {
                number: [
                    _example(sentences[place], place, short(name), self._number(label), documents)
                    for place, name, label in found
                    if place in sentences
                ]
                for number, found in self._examples.items()
            },
        }

    def _number(self, label: str) -> int:
        return [each.label for each in self._labels].index(label)


def _example(
    sentence: Sentence, place: Place, name: str, label: int, documents: Mapping[str, DocumentRow]
) -> dict[str, Any]:
    focus = next(
        (
            i
            for i, piece in enumerate(sentence.pieces)
            if not isinstance(piece, str) and (piece[3] or piece[0], piece[1]) == (name, label)
        ),
        0,
    )
    pieces = cut_around(sentence.pieces, focus, _LENGTH)
    return {**as_json(place, pieces, documents), "name": name, "label": label}


def _bins(connection: duckdb.DuckDBPyConnection, labels: Sequence[Label]) -> list[list[int]]:
    found = {
        (number, label): count
        for number, label, count in rows(
            connection, f"SELECT {_BIN}, label, count(*) FROM entities GROUP BY ALL"
        )
    }
    return [[found.get((i, label.label), 0) for label in labels] for i in range(BINS)]


def _names(connection: duckdb.DuckDBPyConnection) -> list[int]:
    found = dict(
        rows(
            connection,
            f"""SELECT bin, count(*) FROM (
                SELECT max({_BIN}) AS bin FROM entities GROUP BY resolved_name, label
            ) GROUP BY bin""",
        )
    )
    return [found.get(i, 0) for i in range(BINS)]


def _examples(
    connection: duckdb.DuckDBPyConnection,
) -> dict[int, list[tuple[Place, str, str]]]:
    found = rows(
        connection,
        f"""SELECT {_BIN} AS bin, min_by(
            {{key: document_key, field: field, i: sentence_index,
                name: resolved_name, label: label}},
            (document_key, field, start_char), {_EXAMPLES})
        FROM entities GROUP BY bin ORDER BY bin""",
    )
    return {
        number: [
            (Place(each["key"], each["field"], each["i"]), each["name"], each["label"])
            for each in examples
        ]
        for number, examples in found
    }
