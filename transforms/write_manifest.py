"""WriteManifest: writes what was published, and last the manifest, which says it is complete."""

import heapq
import itertools
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.output.layout import INPUTS_PATH, MANIFEST_PATH, PARTS_PATH, PartName, folder_of
from transforms.output.output import Output, sha256
from transforms.output.published import Turn, load_inputs, load_manifest, load_parts
from transforms.output.tables import ParquetBuffer, to_parquet, to_table
from transforms.partitions import check_count
from transforms.publish_tables import add_up, first_dates, merge_inputs, put_part
from transforms.records import (
    INPUTS_SCHEMA,
    PARTS_SCHEMA,
    SCHEMA_VERSION,
    TABLES,
    Counts,
    GroupSummary,
    InputCount,
    TableFile,
)

# Up to so many inputs of the groups that are being merged are in memory as records, and up to so
# many merged ones that wait to be written.
_ROWS_AT_ONCE = 1 << 15

_LOGGER = logging.getLogger(__name__)


@dataclass(eq=False, kw_only=True)
class WriteManifest(beam.PTransform):
    """Writes inputs.parquet, parts.parquet and then manifest.json, once a job.

    `header` is what the manifest says beside the counts: versions, settings and the model. Of what
    was published before, the parts that the summaries do not replace stay.
    """

    schemas: dict[str, pa.Schema]
    header: dict[str, Any]
    turn: Turn
    partition_by: tuple[str, ...] = ()
    always: tuple[str, ...] = TABLES  # the tables that readers find even if they have no rows

    def expand(self, summaries: beam.PCollection[GroupSummary]) -> beam.PCollection[bytes]:
        return (
            summaries
            | "Collect" >> beam.combiners.ToList()
            | "Write"
            >> beam.Map(
                write_manifest,
                self.schemas,
                self.header,
                self.turn,
                self.partition_by,
                self.always,
            ).with_output_types(bytes)
        )


def write_manifest(
    summaries: Sequence[GroupSummary],
    schemas: Mapping[str, pa.Schema],
    header: Mapping[str, Any],
    turn: Turn,
    partition_by: Sequence[str] = (),
    always: Sequence[str] = TABLES,
) -> bytes:
    """Writes the inputs, the parts and the manifest; returns the manifest's bytes.

    Each table of `always` that has no rows gets one empty part, so that readers find it.

    Raises:
      ValueError: the first job of an output makes more folders than readers can bear.
      OvertakenError: another run has published meanwhile; what it wrote stays.
    """
    version, output, base = turn.check(), turn.output, turn.base
    parts = list_parts(summaries, load_parts(output, base) if base else [])
    _check_folders(parts, partition_by, is_first=base is None)
    missing = [table for table in always if not any(part.table == table for part in parts)]
    parts += _put_empty_tables(output, missing, schemas, base.first_group if base else 0)
    parts.sort(key=lambda part: (TABLES.index(part.table), part.path))
    inputs = _merge_inputs(summaries, load_inputs(output, base) if base else None)
    told = {INPUTS_PATH: inputs, PARTS_PATH: to_parquet(to_table(parts, PARTS_SCHEMA))}
    added = sum((summary.added for summary in summaries), Counts())
    gone = sum((summary.gone for summary in summaries), Counts())
    old = load_manifest(output, base) if base else None
    before = _stored_counts(old) if old else Counts()
    unread = [date for summary in summaries for date in summary.unread_dates]
    manifest = {
        "schema_version": SCHEMA_VERSION,
        **header,
        "counts": describe_counts(before + added - gone, parts, inputs),
        # These count what this job added, whatever was there before and whatever went.
        "added": {
            "documents": added.documents,
            "sentences": added.sentences,
            "rejects_by_reason": added.by_reason,
            "unread_dates": first_dates(unread),
            "passed_over": add_up(summary.passed_over for summary in summaries),
        },
        # Of all that is published; an input that had one of them may have gone since.
        "unread_dates": first_dates([*unread, *_stored_dates(old)]),
        # A reader may look while files are being replaced. By these it can tell that it has three
        # files of one job.
        "sha256": {path: sha256(data) for path, data in told.items()},
    }
    for path, data in told.items():
        output.put(path, data)
    data = json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n"
    output.replace(MANIFEST_PATH, data, instead_of=version)
    return data


def list_parts(summaries: Sequence[GroupSummary], old: Sequence[TableFile]) -> list[TableFile]:
    """Returns the parts that readers are to see, which are those that stay and the new ones."""
    replaced = {path for summary in summaries for path in summary.replaced}
    parts = [part for part in old if part.path not in replaced]
    parts += [part for summary in summaries for part in summary.parts]
    # An empty part stands for a table without rows. Once the table has folders, that part would
    # be in a reader's way.
    filled = {part.table for part in parts if part.rows}
    return [part for part in parts if part.rows or part.table not in filled]


def _check_folders(parts: Sequence[TableFile], partition_by: Sequence[str], is_first: bool) -> None:
    folders = {folder_of(part.path) for part in parts if part.table == "documents"}
    try:
        check_count(len(folders), partition_by)
    except ValueError as error:
        if is_first:
            raise
        # If this were an error, every try of the addition would end here, although what was
        # published before is as it is.
        _LOGGER.warning("%s in a new output", error)


def _put_empty_tables(
    output: Output, tables: Iterable[str], schemas: Mapping[str, pa.Schema], group: int
) -> list[TableFile]:
    return [
        put_part(output, table, PartName(group).path(table), ParquetBuffer(schemas[table]))
        for table in tables
    ]


def _stored_counts(manifest: Mapping[str, Any]) -> Counts:
    counts = manifest["counts"]
    return Counts(
        documents=counts["documents"],
        sentences=counts["sentences"],
        words=counts["words"],
        by_label=counts["entities_by_label"],
        by_reason=counts["rejects_by_reason"],
        untagged=counts["untagged_by_language"],
    )


def _stored_dates(manifest: Mapping[str, Any] | None) -> Sequence[str]:
    """Returns the dates that could not be read; earlier releases kept those of the last job."""
    if manifest is None:
        return []
    of_last = manifest.get("added", {}).get("unread_dates", [])
    dates: Sequence[str] = manifest.get("unread_dates", of_last)
    return dates


def describe_counts(counts: Counts, parts: Iterable[TableFile], inputs: bytes) -> dict[str, Any]:
    """Returns the counts for the manifest, in which the numbers of rows are those of the parts.

    Args:
      inputs: the bytes of inputs.parquet.
    """
    rows: Counter[str] = Counter()
    for part in parts:
        rows[part.table] += part.rows
    unparsed = pq.read_table(pa.BufferReader(inputs), columns=["dates_unparsed"])["dates_unparsed"]
    return {
        "inputs": len(unparsed),
        **{table: rows[table] for table in TABLES},
        "words": counts.words,
        "dates_unparsed": pc.sum(unparsed).as_py() or 0,
        "entities_by_label": counts.by_label,
        "rejects_by_reason": counts.by_reason,
        "untagged_by_language": counts.untagged,
    }


def _merge_inputs(summaries: Sequence[GroupSummary], old: pa.Table | None) -> bytes:
    """Adds up the inputs of all groups and those that stay, sorted by URI."""
    file = ParquetBuffer(INPUTS_SCHEMA)
    of_each = max(1, _ROWS_AT_ONCE // max(1, len(summaries)))
    stored = (pq.ParquetFile(pa.BufferReader(summary.inputs)) for summary in summaries)
    sorted_groups = [_inputs(group.iter_batches(of_each)) for group in stored]
    if old is not None:
        sorted_groups.append(_inputs(old.to_batches(_ROWS_AT_ONCE)))
    merged = merge_inputs(heapq.merge(*sorted_groups, key=attrgetter("uri")))
    while some := list(itertools.islice(merged, _ROWS_AT_ONCE)):
        file.add(to_table(some, INPUTS_SCHEMA))
    return file.close()


def _inputs(batches: Iterable[pa.RecordBatch]) -> Iterator[InputCount]:
    for batch in batches:
        yield from (InputCount(**row) for row in batch.to_pylist())
