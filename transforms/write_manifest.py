"""WriteManifest: what was published, and last of all the word that it is complete."""

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

from transforms.files.storage import Output, sha256
from transforms.output.published import (
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    Base,
    load_inputs,
    load_manifest,
    load_parts,
)
from transforms.output.tables import ParquetFile, to_parquet, to_table
from transforms.partitions import check_count
from transforms.publish_tables import merge_inputs, part_name
from transforms.records import (
    INPUTS_SCHEMA,
    PARTS_SCHEMA,
    SCHEMA_VERSION,
    TABLES,
    GroupSummary,
    InputCount,
    TableFile,
)

# What the manifest calls the counts of a column's values.
_VALUES = {"label": "entities_by_label", "reason": "rejects_by_reason"}

# Inputs that are records at once: of all groups that are merged, and of what they become.
_ROWS_AT_ONCE = 1 << 15

_LOGGER = logging.getLogger(__name__)


@dataclass(eq=False, kw_only=True)
class WriteManifest(beam.PTransform):
    """Writes inputs.parquet, parts.parquet and then manifest.json, once a job.

    `header` is what the manifest says beside the counts: versions, settings, model. What was
    published before, `base`, stays but for what the summaries say was replaced.
    """

    output: Output
    schemas: dict[str, pa.Schema]
    header: dict[str, Any]
    partition_by: tuple[str, ...] = ()
    base: Base | None = None

    def expand(self, summaries: beam.PCollection[GroupSummary]) -> beam.PCollection[bytes]:
        return (
            summaries
            | "Collect" >> beam.combiners.ToList()
            | "Write"
            >> beam.Map(
                write_manifest,
                self.output,
                self.schemas,
                self.header,
                self.partition_by,
                self.base,
            ).with_output_types(bytes)
        )


def write_manifest(
    summaries: Sequence[GroupSummary],
    output: Output,
    schemas: Mapping[str, pa.Schema],
    header: Mapping[str, Any],
    partition_by: Sequence[str] = (),
    base: Base | None = None,
) -> bytes:
    """Writes the inputs, the parts and the manifest; returns the manifest's bytes.

    A table that nothing was published of gets one empty part, so that readers find it.
    """
    replaced = {path for summary in summaries for path in summary.replaced}
    old = load_parts(output, base) if base else []
    parts = [part for part in old if part.path not in replaced]
    parts += [part for summary in summaries for part in summary.parts]
    # An empty part stands for a table without rows. Beside folders, it is in a reader's way.
    filled = {part.table for part in parts if part.rows}
    parts = [part for part in parts if part.rows or part.table not in filled]
    folders = {part.path.rpartition("/")[0] for part in parts if part.table == "documents"}
    try:
        check_count(len(folders), partition_by)
    except ValueError as error:
        if base is None:
            raise
        # Of an addition every try would end here, and what was published before stays as it is.
        _LOGGER.warning("%s in a new output", error)
    for table in TABLES:
        if not any(part.table == table for part in parts):
            first_group = base.first_group if base else 0
            parts.append(_put_empty(output, table, schemas[table], first_group))
    parts.sort(key=lambda part: (TABLES.index(part.table), part.path))
    told = {
        INPUTS_PATH: _merge_inputs(summaries, load_inputs(output, base) if base else None),
        PARTS_PATH: to_parquet(to_table(parts, PARTS_SCHEMA)),
    }
    counts = load_manifest(output, base)["counts"] if base else {}
    manifest = {
        "schema_version": SCHEMA_VERSION,
        **header,
        "counts": _counts(summaries, parts, told[INPUTS_PATH], counts),
        "added": _added([summary for summary in summaries if not summary.replaced]),
        # Of a reader that looks while they are being replaced: all three go together.
        "sha256": {path: sha256(data) for path, data in told.items()},
    }
    for path, data in told.items():
        output.put(path, data)
    data = json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n"
    output.put(MANIFEST_PATH, data)
    return data


def _merge_inputs(summaries: Sequence[GroupSummary], old: pa.Table | None) -> bytes:
    """Adds up the inputs of all groups, sorted by URI, with those that stay."""
    file = ParquetFile(INPUTS_SCHEMA)
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


def _put_empty(output: Output, table: str, schema: pa.Schema, group: int) -> TableFile:
    path = f"{table}/{part_name(group)}.parquet"
    data = to_parquet(schema.empty_table())
    output.put(path, data)
    return TableFile(table, path, 0, len(data), sha256(data))


def _added(summaries: Sequence[GroupSummary]) -> dict[str, Any]:
    """Counts what this job added, whatever was there before and went."""
    documents = sentences = 0
    reasons: Counter[str] = Counter()
    for summary in summaries:
        sentences += summary.sentences
        documents += sum(part.rows for part in summary.parts if part.table == "documents")
        reasons.update({c.value: c.rows for c in summary.counts if c.column == "reason"})
    return {
        "documents": documents,
        "sentences": sentences,
        "rejects_by_reason": dict(sorted(reasons.items())),
    }


def _counts(
    summaries: Sequence[GroupSummary],
    parts: Sequence[TableFile],
    inputs: bytes,
    old: Mapping[str, Any],
) -> dict[str, Any]:
    rows: Counter[str] = Counter()
    for part in parts:
        rows[part.table] += part.rows
    values = {column: Counter(old.get(name, {})) for column, name in _VALUES.items()}
    for summary in summaries:
        for count in summary.counts:
            values[count.column][count.value] += count.rows
    unparsed = pq.read_table(pa.BufferReader(inputs), columns=["dates_unparsed"])["dates_unparsed"]
    return {
        "inputs": len(unparsed),
        **{table: rows[table] for table in TABLES},
        "words": old.get("words", 0) + sum(summary.words for summary in summaries),
        "dates_unparsed": pc.sum(unparsed).as_py() or 0,
        **{
            name: {value: n for value, n in sorted(values[column].items()) if n}
            for column, name in _VALUES.items()
        },
    }
