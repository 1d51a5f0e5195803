"""The documents that the page shows whole: a sample, as large as there is room for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from pipeline.reporting.labels import Label
from pipeline.reporting.page import to_json
from pipeline.reporting.segments import Segment
from pipeline.reporting.sql import make_table, records, rows
from pipeline.reporting.texts import Place, Sentence, fetch_documents

# So many bytes of the page are theirs, if the rest leaves them.
ROOM_BYTES = 1_250_000
_MOST = 250
_SENTENCES = 150
_TITLE_CHARS = 110
_VALUE_CHARS = 200
# These fields are a document's title if it has them.
_TITLES = ("title", "headline")


def sample(
    connection: duckdb.DuckDBPyConnection,
    labels: Sequence[Label],
    cited: Iterable[str],
    kept: Sequence[str],
    fields: Sequence[str],
    room: int = ROOM_BYTES,
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Returns documents, and the places of these by their keys.

    Args:
      cited: keys of documents whose sentences the page shows; those come first.
      kept: the columns of `documents` that the job kept.
      fields: the text fields, in the order in which they are read.
      room: how many bytes they may take.
    """
    keys = _keys(connection, cited)
    told = _rows(connection, keys, kept)
    texts = _by_document(fetch_documents(connection, labels, told))
    documents: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for key in keys:
        if key not in texts:
            continue
        document = _document(told[key], texts[key], kept, fields)
        room -= len(to_json(document).encode())
        if room < 0:
            break
        places[key] = len(documents)
        documents.append(document)
    return documents, places


def _keys(connection: duckdb.DuckDBPyConnection, cited: Iterable[str]) -> list[str]:
    """Returns two cited documents, then one of all, and so on. A key is a digest: it is random."""
    first = list(dict.fromkeys(cited))[:_MOST]
    others = [
        key
        for (key,) in rows(
            connection,
            f"SELECT document_key FROM documents WHERE sentence_count > 0 "
            f"ORDER BY document_key LIMIT {_MOST}",
        )
    ]
    pairs = (each for i, key in enumerate(others) for each in (*first[2 * i : 2 * i + 2], key))
    return list(dict.fromkeys([*pairs, *first[2 * len(others) :]]))[:_MOST]


def _rows(
    connection: duckdb.DuckDBPyConnection, keys: Sequence[str], kept: Sequence[str]
) -> dict[str, dict[str, Any]]:
    make_table(connection, "wanted", "document_key VARCHAR", [(key,) for key in keys])
    columns = ["document_key", "document_id", "date", "uri", "language", *kept]
    listed = ", ".join('"' + name.replace('"', '""') + '"' for name in dict.fromkeys(columns))
    found = records(
        connection, f"SELECT {listed} FROM documents SEMI JOIN wanted USING (document_key)"
    )
    return {each["document_key"]: each for each in found}


def _by_document(
    sentences: Mapping[Place, Sentence],
) -> dict[str, dict[str, list[Sentence]]]:
    found: defaultdict[str, dict[str, list[Sentence]]] = defaultdict(dict)
    for place in sorted(sentences):
        found[place.document_key].setdefault(place.field, []).append(sentences[place])
    return found


def _document(
    row: Mapping[str, Any],
    texts: Mapping[str, Sequence[Sentence]],
    kept: Sequence[str],
    fields: Sequence[str],
) -> dict[str, Any]:
    names = sorted(texts, key=lambda name: fields.index(name) if name in fields else len(fields))
    left = _SENTENCES
    shown = []
    for name in names:
        shown.append({"name": name, "paragraphs": _paragraphs(texts[name][:left])})
        left -= min(left, len(texts[name]))
    return {
        "id": row["document_id"],
        "date": row["date"] and row["date"].isoformat(),
        "uri": row["uri"],
        "language": row["language"],
        "title": _title(texts, names),
        "kept": [
            [name, None if row[name] is None else f"{row[name]}"[:_VALUE_CHARS]] for name in kept
        ],
        "fields": shown,
        "omitted": max(0, sum(map(len, texts.values())) - _SENTENCES),
    }


def _title(texts: Mapping[str, Sequence[Sentence]], names: Sequence[str]) -> str:
    field = next((name for name in _TITLES if name in texts), names[0])
    pieces = texts[field][0].pieces
    said = "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)
    return said if len(said) <= _TITLE_CHARS else said[: _TITLE_CHARS - 1] + "…"


def _paragraphs(sentences: Iterable[Sentence]) -> list[list[list[Segment]]]:
    """Groups sentences by paragraphs: between two of them is more than one character."""
    paragraphs: list[list[list[Segment]]] = []
    end = None
    for each in sentences:
        if end is None or each.start - end > 1:
            paragraphs.append([])
        paragraphs[-1].append(each.pieces)
        end = each.end
    return paragraphs
