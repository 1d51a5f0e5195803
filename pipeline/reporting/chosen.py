"""The names that the page tells more of: the most named, the rising and the tied ones."""

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from pipeline.counting import queries
from pipeline.reporting.labels import Label
from pipeline.reporting.sql import make_table, rows

# So many names are listed of a label, and of all labels together.
_OF_LABEL, _OF_ALL, _AT_LEAST = 25, 120, 5


class Chosen:
    """Numbers the names that are chosen, in the order in which they are."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self.labels = labels
        self.names: dict[tuple[str, str], int] = {}

    def add(self, name: str, label: str) -> int:
        """Returns the number of a name, which is a new one where it was not chosen before."""
        return self.names.setdefault((name, label), len(self.names))

    def store(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes a table `chosen` of the names: id, name, label."""
        listed = [(id, name, label) for (name, label), id in self.names.items()]
        make_table(connection, "chosen", "id INTEGER, name VARCHAR, label VARCHAR", listed)


def count_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes a table `named` of all names, as `queries.names` counts them."""
    queries.names(connection).create("named")


def choose_top(connection: duckdb.DuckDBPyConnection, chosen: Chosen) -> list[dict[str, Any]]:
    """Chooses the most named of each label.

    Returns:
      for each label: label, name (its title), letter, mentions, names and, in `top`, numbers.
    """
    return [_top(connection, chosen, label) for label in chosen.labels]


def _top(connection: duckdb.DuckDBPyConnection, chosen: Chosen, label: Label) -> dict[str, Any]:
    most = max(_AT_LEAST, min(_OF_LABEL, _OF_ALL // len(chosen.labels)))
    [(count,)] = rows(connection, "SELECT count(*) FROM named WHERE label = ?", [label.label])
    names = rows(
        connection,
        f"""SELECT name FROM named WHERE label = ?
        ORDER BY mentions DESC, documents DESC, name LIMIT {most}""",
        [label.label],
    )
    return {
        "label": label.label,
        "name": label.title,
        "letter": label.letter,
        "mentions": label.mentions,
        "names": count,
        "top": _add(chosen, (name for (name,) in names), label.label),
    }


def _add(chosen: Chosen, names: Iterable[str], label: str) -> list[int]:
    return [chosen.add(name, label) for name in names]
