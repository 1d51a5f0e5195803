"""The recipes of docs/how-to/readers.md, and outputs for them to read."""

import json
import re
from functools import partial
from pathlib import Path

from tests.fakes import ListTagger
from tests.jobs import read, run_job
from tests.places import ROOT
from transforms.output.output import Output

# The last two have no source, and the last no date.
RECORDS = [
    {"text": "We met Ann in Rome.", "source": "Gazette", "date": "2024-01-09"},
    {"text": "It rained on Bo.", "source": "A/B & 100%", "date": "2024-02-09"},
    {"text": "Cy left Rome for Oslo.", "source": "Łódź Echo", "date": "2023-12-31"},
    {"text": "Ann has left.", "date": "2024-01-10"},
    {"text": "It rained."},
]
NAMES = {"Ann": "PER", "Bo": "PER", "Cy": "PER", "Rome": "LOC", "Oslo": "LOC", "It": "MISC"}
PARTITIONS = {"partition": ("source", "month"), "no partition": ()}


load_tagger = partial(ListTagger, {name: (f"B-{label}", 0.9) for name, label in NAMES.items()})


def tag(folder: Path, partition_by: tuple[str, ...]) -> Output:
    """Makes an output named out in a folder."""
    (folder / "news.jsonl").write_text("\n".join(map(json.dumps, RECORDS)))
    return run_job(
        [folder / "news.jsonl"],
        folder / "out",
        load_tagger=load_tagger,
        date_field="date",
        keep=("source",),
        partition_by=partition_by,
    )


def mentions(output: Output) -> dict[str, int]:
    """Counts the mentions of each label in plain Python."""
    labels = [row["label"] for row in read(output, "entities")]
    return {label: labels.count(label) for label in labels}


def recipes() -> dict[str, str]:
    """Returns the block of each section by its heading; "" is that of the function they share."""
    page = (ROOT / "docs" / "how-to" / "readers.md").read_text()
    first, *sections = re.split(r"^## ", page, flags=re.MULTILINE)
    blocks = {"": first} | {section.partition("\n")[0]: section for section in sections}
    return {title: _block(text) for title, text in blocks.items()}


def _block(text: str) -> str:
    (block,) = re.findall(r"^```(?:python|sql)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return block


def run_recipe(title: str) -> dict:
    """Runs a recipe in Python; returns what it leaves, `counts` among it."""
    session: dict = {}
    for name in ("", title):
        exec(recipes()[name], session)
    return session
