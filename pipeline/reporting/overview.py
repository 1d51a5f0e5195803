"""What was read, rejected and passed over, and of which languages and sources it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from pipeline.reporting.sql import records, row, rows

_INPUTS, _FAILED, _VALUES, _EXAMPLES, _LANGUAGES = 20, 20, 12, 5, 60
_MESSAGE_CHARS = 400
# A column tells no sources if there are as many values as this, and few documents for each.
_MANY_VALUES, _FEW_DOCUMENTS = 50, 2
_ADDRESS = "^[a-z]+://([^/?#:]+)"


def totals(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Counts the rows of the tables; `inputs` and `named` must be there."""
    found = records(
        connection,
        """SELECT (SELECT count(*) FROM inputs) AS inputs, count(*) AS documents,
            coalesce(sum(sentence_count), 0)::BIGINT AS sentences,
            coalesce(sum(word_count), 0)::BIGINT AS words,
            (SELECT count(*) FROM entities) AS entities, (SELECT count(*) FROM named) AS names,
            (SELECT count(*) FROM rejects) AS rejects,
            count(*) FILTER (NOT tagged) AS untagged
        FROM documents""",
    )
    return found[0]


def dates(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Tells from when to when documents are dated, and how many are not."""
    first, last, undated, unread = row(
        connection,
        """SELECT min(date), max(date), count(*) FILTER (date IS NULL),
            (SELECT coalesce(sum(dates_unparsed), 0)::BIGINT FROM inputs)
        FROM documents""",
    )
    return {
        "from": first and first.isoformat(),
        "to": last and last.isoformat(),
        "undated": undated,
        "unread": unread,
    }


def inputs(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Tells what became of the inputs."""
    columns = "uri, documents, rejected"
    return {
        "statuses": dict(
            rows(connection, "SELECT status, count(*) FROM inputs GROUP BY ALL ORDER BY ALL")
        ),
        "largest": records(
            connection,
            f"""SELECT {columns} FROM inputs WHERE documents > 0
            ORDER BY documents DESC, uri LIMIT {_INPUTS}""",
        ),
        "failed": records(
            connection,
            f"""SELECT {columns}, status FROM inputs WHERE status <> 'complete'
            ORDER BY rejected DESC NULLS LAST, uri LIMIT {_FAILED}""",
        ),
    }


def rejects(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Counts the rejects of each reason, with examples."""
    found = records(
        connection,
        f"""SELECT reason, scope, count(*) AS count, min_by(
            {{uri: uri, position: position, message: message[:{_MESSAGE_CHARS}], excerpt: excerpt}},
            (uri, coalesce(position, -1)), {_EXAMPLES}) AS examples
        FROM rejects GROUP BY reason, scope ORDER BY count DESC, reason""",
    )
    return found


def languages(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Counts the documents of each language, and those of them that were tagged."""
    return records(
        connection,
        f"""SELECT language AS code, count(*) AS documents, count(*) FILTER (tagged) AS tagged
        FROM documents GROUP BY language ORDER BY documents DESC, code LIMIT {_LANGUAGES}""",
    )


def sources(connection: duckdb.DuckDBPyConnection, kept: Sequence[str]) -> list[dict[str, Any]]:
    """Counts documents and mentions by the values of kept columns; of addresses, by their hosts."""
    view = connection.view("documents")
    types = dict(zip(view.columns, view.types, strict=True))
    found = (_source(connection, name, types) for name in kept if name in types)
    return [each for each in found if each]


def _source(
    connection: duckdb.DuckDBPyConnection, name: str, types: Mapping[str, Any]
) -> dict[str, Any] | None:
    quoted = '"' + name.replace('"', '""') + '"'
    if str(types[name]) != "VARCHAR":
        value = f"CAST({quoted} AS VARCHAR)"
    else:
        value = f"coalesce(nullif(regexp_extract({quoted}, '{_ADDRESS}', 1), ''), {quoted})"
    distinct, documents = row(
        connection, f"SELECT approx_count_distinct({value}), count({value}) FROM documents"
    )
    if distinct == 0 or (distinct > _MANY_VALUES and documents < distinct * _FEW_DOCUMENTS):
        return None
    values = records(
        connection,
        f"""SELECT {value}[:120] AS value, count(*) AS documents,
            sum(entity_count)::BIGINT AS mentions
        FROM documents GROUP BY {value} ORDER BY documents DESC, value LIMIT {_VALUES}""",
    )
    return {"column": name, "distinct": distinct, "values": values}
