"""WriteManifest: what was published, and last of all the word that it is complete."""

import heapq
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.partitions import check_count
from transforms.publish import merge_inputs
from transforms.records import (
    INPUTS_SCHEMA,
    PARTS_SCHEMA,
    SCHEMA_VERSION,
    TABLES,
    GroupSummary,
    InputCount,
    TableFile,
)
from transforms.storage import Output, sha256
from transforms.tables import ParquetFile, to_parquet, to_table

MANIFEST_PATH = "manifest.json"
PARTS_PATH = "parts.parquet"
INPUTS_PATH = "inputs.parquet"

# Inputs that are records at once: of all groups that are merged, and of what they become.
_ROWS_AT_ONCE = 1 << 15


@dataclass(eq=False, kw_only=True)
class WriteManifest(beam.PTransform):
    """Writes inputs.parquet, parts.parquet and then manifest.json, once a job.

    `header` is what the manifest says beside the counts: versions, settings, model.
    """

    output: Output
    schemas: dict[str, pa.Schema]
    header: dict[str, Any]
    partition_by: tuple[str, ...] = ()

    def expand(self, summaries: beam.PCollection[GroupSummary]) -> beam.PCollection[bytes]:
        return (
            summaries
            | "Collect" >> beam.combiners.ToList()
            | "Write"
            >> beam.Map(
                write_manifest, self.output, self.schemas, self.header, self.partition_by
            ).with_output_types(bytes)
        )


def write_manifest(
    summaries: Sequence[GroupSummary],
    output: Output,
    schemas: Mapping[str, pa.Schema],
    header: Mapping[str, Any],
    partition_by: Sequence[str] = (),
) -> bytes:
    """Writes the inputs, the parts and the manifest; returns the manifest's bytes.

    A table that nothing was published of gets one empty part, so that readers find it.
    """
    parts = sorted((part for s in summaries for part in s.parts), key=lambda part: part.path)
    folders = {part.path.rpartition("/")[0] for part in parts if part.table == "documents"}
    check_count(len(folders), partition_by)
    for table in TABLES:
        if not any(part.table == table for part in parts):
            parts.append(_put_empty(output, table, schemas[table]))
    parts.sort(key=lambda part: (TABLES.index(part.table), part.path))
    inputs = _merge_inputs(summaries)
    output.put(INPUTS_PATH, inputs.close())
    output.put(PARTS_PATH, to_parquet(to_table(parts, PARTS_SCHEMA)))
    counts = _counts(summaries, parts, inputs.rows)
    manifest = {"schema_version": SCHEMA_VERSION, **header, "counts": counts}
    data = json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n"
    output.put(MANIFEST_PATH, data)
    return data


def _merge_inputs(summaries: Sequence[GroupSummary]) -> ParquetFile:
    """Adds up the inputs of all groups, sorted by URI."""
    file = ParquetFile(INPUTS_SCHEMA)
    of_each = max(1, _ROWS_AT_ONCE // max(1, len(summaries)))
    sorted_groups = [_inputs(summary, of_each) for summary in summaries]
    merged = merge_inputs(heapq.merge(*sorted_groups, key=attrgetter("uri")))
    while some := list(itertools.islice(merged, _ROWS_AT_ONCE)):
        file.add(to_table(some, INPUTS_SCHEMA))
    return file


def _inputs(summary: GroupSummary, rows_at_once: int) -> Iterator[InputCount]:
    stored = pq.ParquetFile(pa.BufferReader(summary.inputs))
    for batch in stored.iter_batches(rows_at_once):
        yield from (InputCount(**row) for row in batch.to_pylist())


def _put_empty(output: Output, table: str, schema: pa.Schema) -> TableFile:
    path = f"{table}/part-00000.parquet"
    data = to_parquet(schema.empty_table())
    output.put(path, data)
    return TableFile(table, path, 0, len(data), sha256(data))


def _counts(
    summaries: Sequence[GroupSummary], parts: Sequence[TableFile], inputs: int
) -> dict[str, Any]:
    rows: Counter[str] = Counter()
    for part in parts:
        rows[part.table] += part.rows
    values: dict[str, Counter[str]] = {"label": Counter(), "reason": Counter()}
    for summary in summaries:
        for count in summary.counts:
            values[count.column][count.value] += count.rows
    return {
        "inputs": inputs,
        **{table: rows[table] for table in TABLES},
        "words": sum(summary.words for summary in summaries),
        "dates_unparsed": sum(summary.dates_unparsed for summary in summaries),
        "entities_by_label": dict(sorted(values["label"].items())),
        "rejects_by_reason": dict(sorted(values["reason"].items())),
    }
