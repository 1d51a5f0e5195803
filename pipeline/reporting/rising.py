"""Which names are new, or in a larger share of the documents than they were before."""

from typing import Any

import duckdb

from pipeline.reporting.chosen import Chosen
from pipeline.reporting.sql import records, row

# The newest documents that are set against those before: about so large a share of the dated ones.
_NEWEST = 0.2
# Fewer documents than these tell of no rise.
_MIN_DOCUMENTS = 3
# Chance gives one name in twenty such a ratio, and one in a thousand 10.83 (chi-squared).
_MIN_RATIO = 3.84
_SHOWN = 25

# Dunning's log-likelihood ratio of two shares: `after` of the newer documents have the name, and
# `before` of the others. For a table of two rows and two columns it is 2 Σ x ln x over its cells,
# less that over its margins, and with that of all.
_G2 = """2 * (
    x(after) + x(before) + x($newer - after) + x($older - before)
    - x(after + before) - x($newer + $older - after - before) - x($newer) - x($older)
    + x($newer + $older)
)"""


def find_rising(connection: duckdb.DuckDBPyConnection, chosen: Chosen) -> dict[str, Any]:
    """Finds the names that rose, the surest rise first.

    Returns:
      since, before and after (dated documents), and rows of name (its number), before, after, g2;
      or the reason why there are none.
    """
    since, newer, older = _split(connection)
    if not newer or not older:
        return {"reason": _reason(newer), "rows": []}
    connection.execute("CREATE OR REPLACE TEMP MACRO x(n) AS if(n = 0, 0, n * ln(n))")
    g2 = _G2.replace("$newer", f"{newer}").replace("$older", f"{older}")
    found = records(
        connection,
        f"""WITH often AS (
            SELECT name, label FROM named WHERE documents >= {_MIN_DOCUMENTS} AND last_date >= $1
        ), mentioned AS (
            SELECT resolved_name AS name, label, document_key::UUID AS document, min(date) AS date
            FROM entities SEMI JOIN often
                ON entities.resolved_name = often.name AND entities.label = often.label
            WHERE date IS NOT NULL
            GROUP BY ALL
        ), counted AS (
            SELECT name, label, count(*) FILTER (date >= $1) AS after,
                count(*) FILTER (date < $1) AS before
            FROM mentioned GROUP BY ALL
        )
        SELECT name, label, after, before, {g2} AS ratio FROM counted
        WHERE ratio >= {_MIN_RATIO} AND after >= {_MIN_DOCUMENTS}
            AND after * {older}::HUGEINT > before * {newer}::HUGEINT
        ORDER BY ratio DESC, after DESC, name, label LIMIT {_SHOWN}""",
        [since],
    )
    listed = [
        {
            "name": chosen.add(each["name"], each["label"]),
            "after": each["after"],
            "before": each["before"],
            "g2": round(each["ratio"], 2),
        }
        for each in found
    ]
    return {
        "reason": None,
        "since": since.isoformat(),
        "after": newer,
        "before": older,
        "rows": listed,
    }


def _split(connection: duckdb.DuckDBPyConnection) -> tuple[Any, int, int]:
    """Returns the first day of the newer documents, how many they are, and how many the others."""
    since, newer, older = row(
        connection,
        f"""WITH dated AS (SELECT date FROM documents WHERE date IS NOT NULL),
        second AS (SELECT min(date) AS day FROM dated WHERE date > (SELECT min(date) FROM dated)),
        split AS (SELECT greatest(quantile_disc(date, {1 - _NEWEST}), any_value(second.day)) AS day
            FROM dated, second)
        SELECT any_value(split.day), count(*) FILTER (date >= split.day),
            count(*) FILTER (date < split.day)
        FROM dated, split""",
    )
    return since, newer, older


def _reason(newer: int) -> str:
    return (
        "No document has a date, so there is no time before."
        if not newer
        else "All dated documents have the same date, so there is no time before."
    )
