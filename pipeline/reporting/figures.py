"""Gathers all that the page shows of an output."""

from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from pipeline.counting.tables import MEMORY, open_tables
from pipeline.reporting import overview
from pipeline.reporting.chosen import Chosen, choose_top, count_names
from pipeline.reporting.labels import labels_of
from pipeline.reporting.page import to_json
from pipeline.reporting.periods import count_documents, find_periods
from pipeline.reporting.profiles import Profiles
from pipeline.reporting.rising import find_rising
from pipeline.reporting.sample import ROOM_BYTES, sample
from pipeline.reporting.scores import Scores
from pipeline.reporting.segments import short
from pipeline.reporting.sql import rows
from pipeline.reporting.texts import fetch_rows, fetch_sentences
from pipeline.reporting.ties import Together, find_ties
from pipeline.settings import Settings
from transforms.output.output import Output
from transforms.output.published import load_inputs, load_manifest
from transforms.records import TABLES

Figures = dict[str, Any]

# The page must have less than 3 MB, and what draws it has .7.
_MOST_BYTES = 2_250_000


def gather(output: Output, memory: str = MEMORY) -> Figures:
    """Returns the figures of an output, as JSON takes them; page/*.js reads them.

    Args:
      memory: how much DuckDB may take; what has no room in it goes into a temporary folder.

    Raises:
      UsageError: no job has come to its end there, or an older version made the tables.
      DamagedError: a part is gone.
      OSError: a store cannot be read.
    """
    with open_tables(output, TABLES, memory) as connection:
        connection.register("inputs", load_inputs(output))
        manifest = load_manifest(output)
        settings = Settings.of_json(manifest["settings"])
        figures = _count(connection, settings)
        figures["skipped"] = manifest.get("skipped", [])
        figures["model"] = manifest["model"]["id"]
    return figures | {"root": output.root, "title": output.root.rstrip("/").rpartition("/")[2]}


def _count(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Figures:
    kept = [column for _, column in settings.kept]
    labels = labels_of(
        dict(rows(connection, "SELECT label, count(*) FROM entities GROUP BY label"))
    )
    chosen = Chosen(labels)
    count_names(connection)
    told: Figures = {
        "totals": overview.totals(connection),
        "inputs": overview.inputs(connection),
        "rejects": overview.rejects(connection),
        "languages": overview.languages(connection),
        "sources": overview.sources(connection, kept),
        "labels": choose_top(connection, chosen),
        "rising": find_rising(connection, chosen),
        "ties": find_ties(connection, chosen),
        "texts": settings.sentences == "text",
    }
    periods = find_periods(connection)
    counts = count_documents(connection, periods)
    told["dates"] = overview.dates(connection) | {
        "unit": periods.unit,
        "periods": periods.titles,
        "documents": counts,
    }
    dated = told["totals"]["documents"] - told["dates"]["undated"]
    told["dates"]["outside"] = dated - sum(counts)
    chosen.store(connection)
    profiles = Profiles(connection, chosen, periods)
    together = Together(connection, told["ties"])
    scores = Scores(connection, labels)
    places = {*profiles.places, *together.places, *scores.places}
    sentences = fetch_sentences(connection, labels, places)
    documents = fetch_rows(connection, (place.document_key for place in sentences))
    told["names"] = profiles.as_json(sentences, documents, len(periods.starts))
    together.fill(sentences, documents, [short(name) for name, _ in chosen.names])
    told["scores"] = scores.as_json(sentences, documents)
    cited = [*_cited(told)]
    keys = (each["key"] for each in cited)
    room = min(ROOM_BYTES, _MOST_BYTES - len(to_json(told).encode()))
    shown, numbers = sample(connection, labels, keys, kept, settings.text_field, room)
    _link(cited, numbers)
    told["reader"] = {"documents": shown, "reason": _why_none(told)}
    return told


def _cited(told: Figures) -> Iterator[dict[str, Any]]:
    """Yields the sentences of the page, the first ones of each name first."""
    names, ties = told["names"], told["ties"]
    for number in range(max((len(name["sentences"]) for name in names), default=0)):
        yield from (each for name in names for each in name["sentences"][number : number + 1])
    for pair in (*ties["rows"], *ties["matrix"]["cells"]):
        yield from pair["sentences"]
    for examples in told["scores"]["examples"].values():
        yield from examples


def _link(cited: Iterable[dict[str, Any]], numbers: dict[str, int]) -> None:
    """Tells of each sentence which document of the reader it is in, if it is in one."""
    for each in cited:
        each["document"] = numbers.get(each.pop("key"))


def _why_none(told: Figures) -> str | None:
    if not told["totals"]["documents"]:
        return "There are no documents to read."
    if not told["texts"]:
        return (
            "The job kept no text of sentences, so there is nothing to read: --sentences text "
            "keeps it."
        )
    return "No document has a sentence to read: none was tagged."
