"""What the page tells of a name: its curve, forms, labels and most telling sentences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from pipeline.reporting.chosen import Chosen
from pipeline.reporting.periods import Periods
from pipeline.reporting.segments import cut_around, short, size
from pipeline.reporting.sql import records, rows
from pipeline.reporting.texts import DocumentRow, Place, Sentence, as_json

_SENTENCES = 4
_FORMS = 8
_LENGTH = 420
# The sentences are chosen from so many documents of a name.
_CANDIDATES = 60
# A sentence of such a length, in characters, tells something and is read at a glance.
_SHORT, _LONG = 50, 260
# More other names than these make a list of a sentence.
_OTHERS = 2


class Profiles:
    """The figures of the chosen names; their sentences are fetched with all others'."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, chosen: Chosen, periods: Periods
    ) -> None:
        self._chosen = chosen
        self._rows = _rows(connection, chosen)
        self._curves = _curves(connection, periods)
        self._places = _candidates(connection)

    @property
    def places(self) -> list[Place]:
        """The places of the sentences that may be shown."""
        return [place for places in self._places.values() for place, _ in places]

    def as_json(
        self, sentences: Mapping[Place, Sentence], documents: Mapping[str, DocumentRow], length: int
    ) -> list[dict[str, Any]]:
        """Returns the names by their numbers.

        Args:
          length: how many periods a curve has.
        """
        known = {short(name) for name, _ in self._chosen.names}
        told = []
        for each in self._rows:
            number = each["id"]
            found = _telling(short(each["name"]), self._places.get(number, []), sentences, known)
            told.append(
                {
                    **{key: each[key] for key in ("label", "mentions", "documents")},
                    "name": short(each["name"]),
                    "first": each["first_date"] and each["first_date"].isoformat(),
                    "last": each["last_date"] and each["last_date"].isoformat(),
                    "dated": each["first_date"] is not None,
                    "curve": [self._curves[number].get(i, 0) for i in range(length)],
                    "forms": [
                        [short(form["form"]), form["mentions"]] for form in each["forms"][:_FORMS]
                    ],
                    "labels": each["labels"],
                    "sentences": [as_json(place, text, documents) for place, text in found],
                }
            )
        return told


def _rows(connection: duckdb.DuckDBPyConnection, chosen: Chosen) -> list[dict[str, Any]]:
    labels: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for name, label, mentions in rows(
        connection,
        """SELECT name, label, mentions FROM named SEMI JOIN chosen USING (name)
        ORDER BY mentions DESC, label""",
    ):
        labels[name].append([label, mentions])
    number = {label.label: i for i, label in enumerate(chosen.labels)}
    found = records(
        connection, "SELECT id, named.* FROM named JOIN chosen USING (name, label) ORDER BY id"
    )
    return [
        {**each, "label": number[each["label"]], "labels": labels[each["name"]]} for each in found
    ]


def _curves(
    connection: duckdb.DuckDBPyConnection, periods: Periods
) -> defaultdict[int, dict[int, int]]:
    """Returns for each name how many documents have it in each period, by the period's number."""
    curves: defaultdict[int, dict[int, int]] = defaultdict(dict)
    if not periods.starts:
        return curves
    number = {start: i for i, start in enumerate(periods.starts)}
    for id, start, count in rows(
        connection,
        f"""SELECT id, date_trunc('{periods.unit}', date)::DATE, count(DISTINCT document_key)
        FROM entities JOIN chosen ON resolved_name = chosen.name AND entities.label = chosen.label
        WHERE date >= ? AND date < ? GROUP BY ALL""",
        [periods.starts[0], periods.end],
    ):
        curves[id][number[start]] = count
    return curves


def _candidates(connection: duckdb.DuckDBPyConnection) -> dict[int, list[tuple[Place, float]]]:
    """Returns for each name the sentences of its surest mention in some documents."""
    found = rows(
        connection,
        f"""WITH best AS (
            SELECT id, document_key, max_by(
                {{field: field, i: sentence_index, score: score}},
                (score, field, -sentence_index, -start_char)) AS mention
            FROM entities
            JOIN chosen ON resolved_name = chosen.name AND entities.label = chosen.label
            GROUP BY ALL
        )
        SELECT id, min_by({{key: document_key, mention: mention}}, document_key, {_CANDIDATES})
        FROM best GROUP BY id""",
    )
    return {
        id: [
            (
                Place(each["key"], each["mention"]["field"], each["mention"]["i"]),
                each["mention"]["score"],
            )
            for each in places
        ]
        for id, places in found
    }


def _telling(
    name: str,
    places: Iterable[tuple[Place, float]],
    sentences: Mapping[Place, Sentence],
    known: set[str],
) -> list[tuple[Place, list[Any]]]:
    """Chooses sentences: no two alike, those of a good length with names of the page first."""
    found: dict[str, tuple[tuple[Any, ...], Place, list[Any]]] = {}
    for place, score in places:
        if place not in sentences:
            continue
        pieces = sentences[place].pieces
        names = [piece[3] or piece[0] for piece in pieces if not isinstance(piece, str)]
        others = len({*names} & known - {name})
        is_short = _SHORT <= size(pieces) <= _LONG
        rank = (not is_short, -min(others, _OTHERS), -round(score, 1), place)
        text = "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)
        focus = next((i for i, piece in enumerate(pieces) if _is(piece, name)), 0)
        entry = (rank, place, cut_around(pieces, focus, _LENGTH))
        found[text] = min(found.get(text, entry), entry, key=lambda each: each[0])
    ranked = sorted(found.values(), key=lambda each: each[0])
    return [(place, pieces) for _, place, pieces in ranked[:_SENTENCES]]


def _is(piece: Any, name: str) -> bool:
    return not isinstance(piece, str) and (piece[3] or piece[0]) == name
