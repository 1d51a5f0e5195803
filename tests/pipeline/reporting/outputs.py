"""Outputs to report on: a few invented documents, some of them hostile, tagged by a list."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.counting.tables import open_tables
from pipeline.reporting.chosen import Chosen, choose_top, count_names
from pipeline.reporting.labels import labels_of
from pipeline.reporting.sql import rows
from tests.fakes import ListTagger
from tests.jobs import run_job
from transforms.output.output import Output
from transforms.output.published import load_inputs
from transforms.records import TABLES

LABELS = ("O", *(f"{part}-{name}" for name in ("PER", "ORG", "LOC") for part in "BI"))
TAGS = {
    "Ann": ("B-PER", 0.95),
    "Berg": ("I-PER", 0.9),
    "Oslo": ("B-LOC", 0.6),
    "Acme": ("B-ORG", 0.99),
    "Zed": ("B-PER", 0.58),
}
# Markup, what ends a script, separators of lines, and marks that turn the direction of text.
HOSTILE = (
    "<script>document.title='taken'</script> said Ann Berg. </script><!-- "
    "<img src=x onerror=alert(1)> {{script}} \u2028 \u202eOslo was turned. "
    "It's 'quoted' & \"so\" \ufeff."
)


def load_list_tagger() -> ListTagger:
    return ListTagger(TAGS)


def records() -> list[dict[str, Any]]:
    """Returns 31 records: Ann Berg with Acme in old ones, Zed in new ones, Oslo in most."""
    found: list[dict[str, Any]] = [
        {
            "id": f"doc-{i:02}",
            "date": f"2024-{1 + i // 3:02}-{1 + i % 28:02}",
            "source": "Gazette" if i % 3 else "Herald",
            "url": f"https://news{i % 2}.example/{i}",
            "title": f"Piece {i} of Ann Berg" if i < 20 else f"Piece {i} of Zed",
            "text": f"In Oslo, number {i}, it rained.\n\n"
            + ("Ann Berg left Acme, said Acme." if i < 20 else f"Zed came to Oslo, for {i} days."),
        }
        for i in range(30)
    ]
    return [*found, {"id": "</script>", "title": "Hostile", "text": HOSTILE, "source": "<b>"}]


def make_output(folder: Path, lines: Sequence[str], **settings: Any) -> Output:
    """Tags lines of JSON; `settings` are those of the job."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "news.jsonl"
    source.write_text("".join(f"{line}\n" for line in lines))
    fixed: dict[str, Any] = {
        "labels": LABELS,
        "text_field": ("title", "text"),
        "date_field": "date",
        "keep": ("source", "url"),
    }
    return run_job([source], folder / "out", load_tagger=load_list_tagger, **(fixed | settings))


def make_news(folder: Path, **settings: Any) -> Output:
    """Makes an output of the records and of two broken lines."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records()]
    return make_output(folder, [*lines, "{broken", '{"id": "empty", "text": " "}'], **settings)


@contextmanager
def opened(output: Output) -> Iterator[tuple[duckdb.DuckDBPyConnection, Chosen]]:
    """Opens an output as `figures` does, with names counted and the most named chosen."""
    with open_tables(output, TABLES) as connection:
        connection.register("inputs", load_inputs(output))
        found = rows(connection, "SELECT label, count(*) FROM entities GROUP BY label")
        chosen = Chosen(labels_of(dict(found)))
        count_names(connection)
        choose_top(connection, chosen)
        yield connection, chosen
