"""Looks at every file of an output: group after group, so that little of it is in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.graph import schemas_of
from pipeline.inspection.findings import Findings
from pipeline.inspection.published import Published, find_published
from pipeline.inspection.rows import COLUMNS, Breach, breaches, concat, orphans, slim
from pipeline.inspection.sources import Sources
from pipeline.inspection.texts import extracted, text_breaches
from pipeline.inspection.totals import Totals
from pipeline.plan.damage import find_unlisted, sizes_of_tables, split_unlisted
from pipeline.plan.lists import Lists, read_lists
from pipeline.settings import RESULTS_VERSION
from transforms.output.copies import damaged_copies
from transforms.output.layout import INPUTS_PATH, MANIFEST_PATH, PARTS_PATH
from transforms.output.output import Output, what_is_wrong
from transforms.output.published import by_group
from transforms.publish_tables import count_rows
from transforms.records import TABLES, Counts, PublishedGroup, TableFile
from transforms.write_manifest import describe_counts

# What the manifest counts of the rows of each table.
_COUNTED = {
    "documents": ["word_count", "language", "tagged"],
    "sentences": [],
    "texts": [],
    "entities": ["label"],
    "rejects": ["reason"],
}
_NO_ROWS_OF = "has rows whose document is not there"


@dataclass(slots=True)
class Inspection:
    """What is known of an output after it has been looked at.

    Attributes:
      findings: all that is wrong.
      inputs: URIs of the listed inputs that have to be tagged again.
      unlisted: URIs of inputs that have rows and are not listed.
      sound: the parts that are what was written, by path, with what they count.
      strays: files in readers' way that no job is known to have written.
      unfinished: whether an addition has begun and not come to its end.
    """

    published: Published
    lists: Lists
    findings: Findings = field(default_factory=Findings)
    inputs: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    sound: dict[TableFile, Counts] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    unfinished: bool = False

    @property
    def is_sound(self) -> bool:
        return not [*self.findings]

    @property
    def counts(self) -> Counts:
        return sum(self.sound.values(), Counts())


def inspect_output(output: Output, sources: Sources | None = None) -> Inspection:
    """Looks at every file of an output; writes nothing.

    Args:
      sources: compares texts with the inputs that they are said to be of.

    Raises:
      UsageError: no job has come to its end there.
      DamagedError: what is lost is told by nothing else.
    """
    lists = read_lists(output)
    published = find_published(output, lists)
    found = Inspection(published, lists)
    found.unfinished = not lists.is_complete and not lists.damage
    for path, why in lists.damage.items():
        found.findings.add(path, why)
    _look_for_strays(output, found)
    _look_at_groups(output, found, sources)
    if all(part in found.sound for part in published.parts):
        _compare_counts(found)
    for path in damaged_copies(output):
        found.findings.add(path, "is not what was copied")
    listed = set(published.inputs["uri"].to_pylist())
    found.inputs = found.findings.inputs & listed
    found.unlisted = found.findings.inputs - listed
    return found


def _look_for_strays(output: Output, found: Inspection) -> None:
    published = found.published
    unlisted = find_unlisted(published.parts, sizes_of_tables(output))
    _, found.strays = split_unlisted(output, unlisted, found.lists.stored)
    for path in found.strays:
        found.findings.add(path, "is listed nowhere, yet readers of the folder take its rows")
    if pq.read_metadata(pa.BufferReader(published.data[PARTS_PATH])).num_rows > len(
        published.parts
    ):
        found.findings.add(PARTS_PATH, "lists parts twice")


def _look_at_groups(output: Output, found: Inspection, sources: Sources | None) -> None:
    published = found.published
    totals = Totals(published.inputs)
    keeping = None if published.settings.texts else extracted(published.inputs)
    schemas = _Schemas(published)
    lost: dict[str, dict[str, str]] = {table: {} for table in TABLES}
    for group in by_group(published.parts):
        seen = _look_at_group(output, group, schemas)
        _judge_group(seen, found, published.settings.sentences != "none")
        for breach in text_breaches(output, seen.sound, keeping):
            _add_breach(found.findings, breach, seen.damaged[breach.table], seen.place(breach))
        documents, rejects = seen.joined("documents"), seen.joined("rejects")
        totals.add_documents(documents["uri"])
        totals.add_rejects(rejects["scope"], rejects["uri"])
        for table, damaged in seen.damaged.items():
            lost[table] |= damaged
        found.sound |= seen.sound
        if sources:
            for path, what, uris in sources.compare(output, seen.sound, published):
                found.findings.add(path, what, uris)
    for breach in totals.breaches():
        _add_breach(found.findings, breach, lost.get(breach.table, {}), _place_of(breach))


def _place_of(breach: Breach) -> str:
    return INPUTS_PATH if breach.table == "inputs" else breach.table


class _Schemas:
    """The schema of each table: what this release writes, or else what the first part has."""

    def __init__(self, published: Published) -> None:
        ours = published.settings.results_version == RESULTS_VERSION
        self._known = schemas_of(published.settings, published.kept) if ours else {}

    def fit(self, table: str, schema: pa.Schema) -> bool:
        return bool(self._known.setdefault(table, schema).equals(schema, check_metadata=True))


@dataclass(slots=True)
class _Group:
    """The parts of a group: what is wrong with some, and the rows of the others."""

    damaged: dict[str, dict[str, str]]  # by table, by path, what is wrong
    rows: dict[str, dict[str, pa.Table]]  # by table, by path
    sound: dict[TableFile, Counts]

    def joined(self, table: str) -> pa.Table:
        return concat(table, [*self.rows[table].values()])

    def place(self, breach: Breach) -> str:
        """Returns the path of a part of the table whose law is broken, or else the table."""
        return next(iter(self.rows[breach.table]), breach.table)

    def leave_out(self, path: str) -> None:
        self.sound = {part: counts for part, counts in self.sound.items() if part.path != path}
        for rows in self.rows.values():
            rows.pop(path, None)


def _look_at_group(output: Output, group: PublishedGroup, schemas: _Schemas) -> _Group:
    seen = _Group({table: {} for table in TABLES}, {table: {} for table in TABLES}, {})
    for part in group.parts:
        data = output.get(part.path)
        wrong = what_is_wrong(data, part.sha256)
        file = None if wrong or data is None else pq.ParquetFile(pa.BufferReader(data))
        if file:
            wrong = _wrong_file(file, part, schemas)
        if wrong or file is None:
            seen.damaged[part.table][part.path] = str(wrong)
            continue
        seen.rows[part.table][part.path], seen.sound[part] = _read(file, part.table)
    return seen


def _wrong_file(file: pq.ParquetFile, part: TableFile, schemas: _Schemas) -> str | None:
    if file.metadata.num_rows != part.rows:
        return f"has {file.metadata.num_rows} rows, and {part.rows} are listed"
    return None if schemas.fit(part.table, file.schema_arrow) else "has other columns"


def _read(file: pq.ParquetFile, table: str) -> tuple[pa.Table, Counts]:
    """Reads what is looked at, a row group at a time, and counts as the manifest does."""
    pieces, counts = [concat(table, [])], Counts()
    columns = [*COLUMNS[table], *_COUNTED[table]]
    for number in range(file.num_row_groups):
        rows = file.read_row_group(number, columns=columns)
        pieces.append(slim(table, rows))
        counts += count_rows(table, rows)
    return pa.concat_tables(pieces), counts


def _judge_group(seen: _Group, found: Inspection, has_sentences: bool) -> None:
    """Adds what is wrong with a group; leaves out parts whose rows belong to no document."""
    for table in ("entities", "sentences", "texts"):
        for path, rows in [*seen.rows[table].items()]:
            if orphans(rows, seen.joined("documents")):
                seen.leave_out(path)
                if not seen.damaged["documents"]:  # else these are theirs
                    seen.damaged[table][path] = _NO_ROWS_OF
    for damaged in seen.damaged.values():
        for path, why in damaged.items():
            found.findings.add(path, why)
    tables = {table: seen.joined(table) for table in TABLES}
    for breach in breaches(tables, has_sentences):
        _add_breach(found.findings, breach, seen.damaged[breach.table], seen.place(breach))


def _add_breach(findings: Findings, breach: Breach, damaged: Mapping[str, str], place: str) -> None:
    """Adds the inputs of a breach to what explains it, which is a damaged part of the table."""
    for path, why in damaged.items():
        findings.add(path, why, breach.inputs)
    if not damaged:
        findings.add(place, breach.what, breach.inputs)


def _compare_counts(found: Inspection) -> None:
    """Compares what the manifest counts with what the tables hold."""
    told: Mapping[str, Any] = found.published.manifest.get("counts", {})
    counts = describe_counts(found.counts, found.sound, found.published.data[INPUTS_PATH])
    for name, held in counts.items():
        if told and told.get(name) != held:
            found.findings.add(MANIFEST_PATH, f"counts {told.get(name)} {name}, not {held}")
