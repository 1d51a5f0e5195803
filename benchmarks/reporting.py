"""Measures what the report of a large output takes: the rows of a small one, many times over.

python -m benchmarks.reporting OUT TIMES [MEMORY]

Each copy has documents of its own, and a third of its names have forms that only a few copies
share. It prints the mentions, the seconds (of the clock and of the processor), the peak of memory
and the size of the page.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipeline.counting.queries import literal
from pipeline.counting.tables import MEMORY
from pipeline.reporting.figures import gather
from pipeline.reporting.page import make_page
from transforms.output.layout import INPUTS_PATH, MANIFEST_PATH, PARTS_PATH, PartName
from transforms.output.output import Output
from transforms.output.published import load_parts
from transforms.output.tables import to_parquet, to_table
from transforms.records import PARTS_SCHEMA, TABLES, TableFile

# So many copies make a part.
_COPIES = 50
_KEY = "md5(document_key || '/' || copy.i) AS document_key"
_NAME = (
    "if(hash(resolved_name, copy.i // 4) % 3 = 0, resolved_name || ' ' || (copy.i // 4), "
    "resolved_name) AS resolved_name"
)
_CHANGES = {
    "entities": f"{_KEY}, {_NAME}",
    "sentences": _KEY,
    "documents": _KEY,
    "texts": _KEY,
}


def main(source: str, times: str, memory: str = MEMORY) -> None:
    """Repeats an output and reports on it."""
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        mentions = repeat(Output(source), Output(folder), int(times))
        started, used = time.monotonic(), time.process_time()
        page = make_page(gather(Output(folder), memory) | {"made": "", "version": ""})
        seconds, processor = time.monotonic() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{mentions:,} mentions: {seconds:.0f} s, {processor:.0f} s of the processor, "
        f"{peak:.1f} GB, a page of {len(page) / 1e6:.1f} MB"
    )


def repeat(source: Output, copy: Output, times: int) -> int:
    """Makes an output of copies of another one's rows; returns how many mentions it has."""
    listed = {
        table: [source.uri(part.path) for part in load_parts(source) if part.table == table]
        for table in TABLES
    }
    parts = [
        _write(paths, copy, table, first, min(first + _COPIES, times))
        for first in range(0, times, _COPIES)
        for table, paths in listed.items()
        if paths  # few outputs have texts
    ]
    copy.put(PARTS_PATH, to_parquet(to_table(parts, PARTS_SCHEMA)))
    for path in (INPUTS_PATH, MANIFEST_PATH):
        copy.put(path, source.require(path))
    return sum(part.rows for part in parts if part.table == "entities")


def _write(rows: list[str], copy: Output, table: str, first: int, end: int) -> TableFile:
    path = PartName(first // _COPIES).path(table)
    place = Path(copy.uri(path))
    place.parent.mkdir(exist_ok=True)
    listed = ", ".join(map(literal, rows))
    changes = f"REPLACE ({_CHANGES[table]})" if table in _CHANGES else ""
    copies = f"range({first}, {end if changes else first + 1}) AS copy(i)"
    columns = f"rows.* {changes}"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {columns} FROM read_parquet([{listed}]) AS rows, {copies}) "
            f"TO {literal(str(place))} (FORMAT parquet)"
        )
    return TableFile(table, path, pq.read_metadata(place).num_rows, place.stat().st_size, "")


if __name__ == "__main__":
    main(*sys.argv[1:])
