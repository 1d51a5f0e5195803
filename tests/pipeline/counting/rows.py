"""Small tables of mentions for the tests of counting, and the same counts in plain Python."""

import contextlib
import datetime
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class Mention:
    document: int
    resolved_name: str
    label: str
    name: str
    score: float = 1.0

    @property
    def key(self) -> tuple[str, str]:
        return self.resolved_name, self.label


def date_of(document: int) -> datetime.date | None:
    """Every third document has no date."""
    return datetime.date(2024, 1, 1 + document % 28) if document % 3 else None


@contextlib.contextmanager
def database(
    mentions: Sequence[Mention], documents: int, untagged: int = 0
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Connects to tables of mentions in documents 0, 1, ...; the last ones were not tagged."""
    entities = pa.table(
        {
            "document_key": [f"{each.document:032x}" for each in mentions],
            "date": pa.array([date_of(each.document) for each in mentions], pa.date32()),
            "name": pa.array([each.name for each in mentions], pa.string()),
            "resolved_name": pa.array([each.resolved_name for each in mentions], pa.string()),
            "label": pa.array([each.label for each in mentions], pa.string()),
            "score": pa.array([each.score for each in mentions], pa.float32()),
        }
    )
    tagged = pa.table({"tagged": [True] * documents + [False] * untagged})
    with duckdb.connect() as connection:
        connection.register("entities", entities)
        connection.register("documents", tagged)
        yield connection


def count_names(mentions: Sequence[Mention], max_forms: int) -> list[tuple]:
    """Counts as `names` does."""
    rows = []
    for key in {each.key for each in mentions}:
        mine = [each for each in mentions if each.key == key]
        documents = {each.document for each in mine}
        dates = [date for document in documents if (date := date_of(document))]
        forms = sorted(Counter(each.name for each in mine).items(), key=lambda it: (-it[1], it[0]))
        told = [{"form": form, "mentions": number} for form, number in forms[:max_forms]]
        first, last = min(dates, default=None), max(dates, default=None)
        rows.append((*key, len(mine), len(documents), first, last, told))
    return sorted(rows, key=lambda row: (-row[2], -row[3], *row[:2]))


def count_pairs(
    mentions: Sequence[Mention], documents: int, min_documents: int, max_names: int
) -> dict[tuple[str, str, str, str], tuple[int, float, float]]:
    """Counts as `pairs` does; the values are documents, npmi and log_likelihood."""
    named: dict[int, Counter] = defaultdict(Counter)
    for each in mentions:
        named[each.document][each.key] += 1
    alone = Counter(key for keys in named.values() for key in keys)
    together: Counter = Counter()
    for keys in named.values():
        known = [key for key in keys if alone[key] >= min_documents]
        known.sort(key=lambda key: (-keys[key], -alone[key], key))
        together.update(itertools.combinations(sorted(known[:max_names]), 2))
    return {
        (*one, *two): (met, *measures(met, alone[one], alone[two], documents))
        for (one, two), met in together.items()
        if met >= min_documents
    }


def measures(met: int, a: int, b: int, n: int) -> tuple[float, float]:
    """Returns npmi and log_likelihood by their definitions, over the four cells of the table."""
    npmi = 1.0 if met == n else math.log((met / n) / (a / n * b / n)) / -math.log(met / n)
    cells = [(met, a, b), (a - met, a, n - b), (b - met, n - a, b), (n - a - b + met, n - a, n - b)]
    ratio = 2 * sum(k * math.log(k * n / (row * column)) for k, row, column in cells if k)
    return npmi, math.copysign(ratio, met * n - a * b) if met * n != a * b else 0.0
