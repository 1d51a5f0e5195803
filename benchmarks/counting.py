"""Shows what `names` and `pairs` take on many mentions.

    python -m benchmarks.counting [MENTIONS] [--memory 4GB] [--folder FOLDER]

It makes an output of so many invented mentions (20 million by default), runs both commands on it,
and says how long each took, how much memory it held at most, and how much it put on disk beside it.
A document has 25 mentions of about 15 names: half of these are its story's, which 20 documents
share, and half are drawn from all names, of which the most frequent is in every fifth document and
most are in one. --folder keeps the output, and takes one that is there.
"""

import argparse
import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow.parquet as pq

from benchmarks.job_usage import run_job
from pipeline.counting.flags import MEMORY
from transforms.output.layout import MANIFEST_PATH, PARTS_PATH, PartName
from transforms.output.output import Output
from transforms.output.published import load_parts
from transforms.output.tables import to_parquet, to_table
from transforms.records import PARTS_SCHEMA, TableFile

MENTIONS_A_DOCUMENT = 25
DOCUMENTS_A_PART = 80_000
DOCUMENTS_A_STORY = 20
# How often it is looked how large the temporary folder is.
LOOK_SECONDS = 0.2

# A name's number is drawn with a probability of about one over the number, as names are in news.
_MENTIONS = """
    WITH drawn AS (
        SELECT document, mention, hash(document, mention, 'slot') % 15 AS slot,
            if(slot < 8, hash(document // {story}, slot), hash(document, slot)) AS seed,
            exp(ln({names}) * (seed % 1000007) / 1000007)::BIGINT AS number,
            'Name ' || number || ' ' || upper(left(md5(number::VARCHAR), 6)) AS full_name,
            if(mention % 3 = 0, full_name, 'Name ' || number) AS form
        FROM range({first}, {end}) AS documents(document), range({mentions}) AS places(mention)
    )
    SELECT md5(document::VARCHAR) AS document_key, 'news-' || document AS document_id,
        DATE '2023-01-01' + (document % 700)::INTEGER AS date, 'text' AS field,
        (mention * 80)::INTEGER AS start_char, (mention * 80 + 12)::INTEGER AS end_char,
        form AS text, form AS name, full_name AS resolved_name,
        ['PER', 'ORG', 'LOC', 'MISC'][1 + number % 4] AS label, label AS model_label,
        round(0.5 + (seed % 5000) / 10000, 4)::FLOAT AS score,
        (mention // 2)::INTEGER AS sentence_index
    FROM drawn
    ORDER BY document, mention
"""
_DOCUMENTS = """
    SELECT md5(document::VARCHAR) AS document_key, true AS tagged
    FROM range({first}, {end}) AS documents(document)
"""


def main() -> None:
    arguments = parse_arguments()
    with TemporaryDirectory() as folder:
        place = arguments.folder or Path(folder, "out")
        if not (place / PARTS_PATH).exists():
            make_output(place, arguments.mentions)
        for line in measure(place, arguments.memory):
            print(line, flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mentions", nargs="?", type=int, default=20_000_000)
    parser.add_argument("--memory", default=MEMORY, help="what DuckDB may take")
    parser.add_argument("--folder", type=Path, help="keeps the output")
    return parser.parse_args()


def make_output(place: Path, mentions: int) -> None:
    """Writes the tables `entities` and `documents` of an output, and the list of their parts."""
    documents = mentions // MENTIONS_A_DOCUMENT
    parts = []
    with duckdb.connect() as connection:
        for group, first in enumerate(range(0, documents, DOCUMENTS_A_PART)):
            values = {
                "first": first,
                "end": min(documents, first + DOCUMENTS_A_PART),
                "story": DOCUMENTS_A_STORY,
                "mentions": MENTIONS_A_DOCUMENT,
                # Every fifth mention would be of a new name, if each were drawn alike.
                "names": mentions // 5,
            }
            for table, query in (("entities", _MENTIONS), ("documents", _DOCUMENTS)):
                path = place / PartName(group).path(table)
                path.parent.mkdir(parents=True, exist_ok=True)
                rows = connection.sql(query.format(**values))
                rows.write_parquet(str(path), compression="zstd")
                parts.append(describe(place, path, table))
    output = Output(str(place))
    output.put(PARTS_PATH, to_parquet(to_table(parts, PARTS_SCHEMA)))
    output.put(MANIFEST_PATH, json.dumps({"model": {"labels": []}}).encode())


def describe(place: Path, path: Path, table: str) -> TableFile:
    rows = pq.read_metadata(path).num_rows
    return TableFile(table, str(path.relative_to(place)), rows, path.stat().st_size, "")


def measure(place: Path, memory: str) -> Iterator[str]:
    """Yields a line for each command on an output."""
    parts = [part for part in load_parts(Output(str(place))) if part.table == "entities"]
    mentions, size = sum(part.rows for part in parts), sum(part.bytes for part in parts)
    yield f"{mentions:,} mentions in {size / 1e6:,.0f} MB, {memory} for DuckDB"
    yield f"{'':>7}{'clock s':>9}{'CPU s':>8}{'peak MB':>9}{'on disk MB':>12}"
    for command in ("names", "pairs"):
        with TemporaryDirectory() as folder:
            words = ["-m", "pipeline", command, str(place), "--memory", memory]
            with watched(Path(folder)) as most:
                usage = run_job([*words, "--output", f"{folder}/{command}.parquet"])
        yield (
            f"{command:>7}{usage.seconds:>9.1f}{usage.cpu_seconds:>8.1f}"
            f"{usage.peak_bytes / 1e6:>9,.0f}{max(most) / 1e6:>12,.0f}"
        )


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[list[int]]:
    """Makes a folder the one for temporary files, and notes how many bytes it holds."""
    before, sizes, ended = os.environ.get("TMPDIR"), [0], threading.Event()

    def watch() -> None:
        while not ended.wait(LOOK_SECONDS):
            sizes.append(held_in(folder))

    watcher = threading.Thread(target=watch)
    os.environ["TMPDIR"] = str(folder)
    watcher.start()
    try:
        yield sizes
    finally:
        ended.set()
        watcher.join()
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)


def held_in(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # it was removed just now
            size += path.stat().st_size
    return size


if __name__ == "__main__":
    main()
