"""PublishTables: merges staged files into the Parquet files that readers see."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import attrgetter
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.errors import HopelessError
from transforms.output.layout import PartName
from transforms.output.output import Output, sha256, what_is_wrong
from transforms.output.published import Turn
from transforms.output.tables import ParquetBuffer, to_parquet, to_table
from transforms.partitions import check_count, split
from transforms.records import (
    FILE,
    INPUTS_SCHEMA,
    TABLES,
    Counts,
    GroupSummary,
    InputCount,
    InputStatus,
    Receipt,
    TableFile,
)

# The manifest shows so many of the dates that could not be read.
_MAX_UNREAD_DATES = 3


@dataclass(eq=False, kw_only=True)
class PublishTables(beam.PTransform):
    """Merges the staged files of each plan group into one part a table.

    It takes the receipts of blocks that were done before, and of those that are done now.
    """

    schemas: dict[str, pa.Schema]
    turn: Turn
    partition_by: tuple[str, ...] = ()
    one_chunk: bool = False  # whether the blocks are small, and parts are to be as of one block

    # A tuple of collections comes in, and Beam reads the annotation of a single one only.
    def expand(self, receipts: Any) -> beam.PCollection[GroupSummary]:
        publish = partial(
            _publish,
            self.turn,
            output=self.turn.output,
            schemas=self.schemas,
            partition_by=self.partition_by,
            one_chunk=self.one_chunk,
            is_first=self.turn.base is None,
        )
        return (
            receipts
            | "Join" >> beam.Flatten()
            | "NameGroup" >> beam.Map(lambda each: (str(PartName(each.group, each.part)), each))
            | "GroupReceipts" >> beam.GroupByKey()
            | "TakeReceipts" >> beam.Values()
            | "Publish" >> beam.Map(publish).with_output_types(GroupSummary)
        )


def _publish(turn: Turn, receipts: Iterable[Receipt], **settings: Any) -> GroupSummary:
    # Parts that another run has published meanwhile may have the same names.
    turn.check()
    return publish_group(receipts, **settings)


def publish_group(
    receipts: Iterable[Receipt],
    output: Output,
    schemas: Mapping[str, pa.Schema],
    partition_by: Sequence[str] = (),
    one_chunk: bool = False,
    is_first: bool = True,
) -> GroupSummary:
    """Writes the parts of one group.

    They depend on its receipts alone, so it is safe to run this twice.

    Args:
      one_chunk: see `ParquetBuffer`.
      is_first: whether nothing was published before. Many folders end a first job, since its
        settings cannot be right; they must not end every run that adds to what is there.

    Raises:
      ValueError: a staged file is not what its receipt says, or a first job has too many folders.
    """
    # A bundle that ran twice gives the receipt of a block twice.
    by_block = {receipt.block_id: receipt for receipt in receipts}
    in_order = [by_block[block_id] for block_id in sorted(by_block)]
    name = PartName(in_order[0].group, in_order[0].part)
    parts: list[TableFile] = []
    counts = Counts()
    for table in TABLES:
        staged = [file for receipt in in_order for file in receipt.staged if file.table == table]
        files, counted = _merge(table, staged, output, schemas[table], one_chunk)
        counts += counted
        if is_first:
            check_count(len(files), partition_by)
        parts += [put_part(output, table, name.path(table, p), files[p]) for p in sorted(files)]
    inputs = sorted(
        (count for receipt in in_order for count in receipt.inputs), key=attrgetter("uri")
    )
    return GroupSummary(
        parts=parts,
        inputs=to_parquet(to_table(list(merge_inputs(inputs)), INPUTS_SCHEMA)),
        # The table of sentences may be left empty, and the receipts count them all the same.
        added=replace(
            counts,
            sentences=sum(receipt.sentences for receipt in in_order),
            words=sum(receipt.words for receipt in in_order),
        ),
        unread_dates=first_dates(count.unread_date for count in inputs),
        passed_over=add_up(count.passed_over for count in inputs),
    )


def first_dates(unread: Iterable[str | None]) -> list[str]:
    """Returns the first of some dates that could not be read, in alphabetical order."""
    return sorted({one for one in unread if one is not None})[:_MAX_UNREAD_DATES]


def add_up(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Adds up counts by their names, in alphabetical order."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))


def merge_inputs(counts: Iterable[InputCount]) -> Iterator[InputCount]:
    """Adds up the counts of each input; they must come sorted by URI."""
    for _, of_one in itertools.groupby(counts, key=attrgetter("uri")):
        yield reduce(_add, of_one)


def _add(one: InputCount, other: InputCount) -> InputCount:
    records = one.records + other.records
    if one.status == other.status == InputStatus.COMPLETE:
        status = InputStatus.COMPLETE
    else:
        status = InputStatus.PARTIAL if records else InputStatus.FAILED
    return replace(
        one,
        version=None if other.version is None else one.version,
        status=status,
        records=records,
        documents=one.documents + other.documents,
        rejected=one.rejected + other.rejected,
        dates_unparsed=one.dates_unparsed + other.dates_unparsed,
        unread_date=one.unread_date or other.unread_date,
    )


def _merge(
    table: str,
    staged: Iterable[TableFile],
    output: Output,
    schema: pa.Schema,
    one_chunk: bool,
) -> tuple[dict[str, ParquetBuffer], Counts]:
    """Reads staged files one after the other into one file for each folder, and counts rows."""
    files: dict[str, ParquetBuffer] = {}
    counts = Counts()
    failures: set[tuple[str, ...]] = set()
    for rows in (_load(output, file) for file in staged):
        if table == "rejects":
            rows = _drop_repeated_failures(rows, failures)
        counts += count_rows(table, rows)
        for folder, part in split(rows):
            if folder not in files:
                files[folder] = ParquetBuffer(schema, one_chunk)
            files[folder].add(part)
    return files, counts


def count_rows(table: str, rows: pa.Table) -> Counts:
    """Counts some rows of a table as the manifest does."""
    match table:
        case "documents":
            words = pc.sum(rows["word_count"]).as_py() or 0
            return Counts(documents=len(rows), words=words, untagged=_count_untagged(rows))
        case "sentences":
            return Counts(sentences=len(rows))
        case "entities":
            return Counts(by_label=dict(Counter(rows["label"].to_pylist())))
        case "texts":
            return Counts()
        case _:
            return Counts(by_reason=dict(Counter(rows["reason"].to_pylist())))


def _count_untagged(documents: pa.Table) -> dict[str, int]:
    """Counts the rows of documents that were not tagged, by their language."""
    return Counter(documents.filter(pc.invert(documents["tagged"]))["language"].to_pylist())


def _load(output: Output, file: TableFile) -> pa.Table:
    data = get_checked(output, file)
    # For small files, read_table would take twice the time.
    return pq.ParquetFile(pa.BufferReader(data)).read()


def _drop_repeated_failures(rejects: pa.Table, seen: set[tuple[str, ...]]) -> pa.Table:
    """Keeps one of the equal rejects by which the stripes of a stream report one failure."""
    keep = []
    for scope, *failure in zip(
        *(rejects[name].to_pylist() for name in ("scope", "uri", "position", "message")),
        strict=True,
    ):
        repeated = scope == FILE and tuple(failure) in seen
        if scope == FILE:
            seen.add(tuple(failure))
        keep.append(not repeated)
    return rejects.filter(pa.array(keep, pa.bool_()))


def get_checked(output: Output, file: TableFile) -> bytes:
    """Returns the bytes of a file.

    Raises:
      HopelessError: it is gone, or it has other bytes than were written.
    """
    data = output.get(file.path)
    wrong = what_is_wrong(data, file.sha256)
    if data is None or wrong:
        raise HopelessError(f"{output.uri(file.path)} {wrong}")
    return data


def put_part(output: Output, table: str, path: str, file: ParquetBuffer) -> TableFile:
    """Closes a file and writes it as a part."""
    data = file.close()
    output.put(path, data)
    return TableFile(table, path, file.rows, len(data), sha256(data))
