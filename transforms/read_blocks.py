"""ReadBlocks: reads the blocks of documents that a row of the plan names."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apache_beam as beam
import pyarrow as pa
from apache_beam.metrics import Metrics

from transforms.files.addresses import Addresses
from transforms.files.documents import kept_table, read_document, storable_id
from transforms.files.extents import ChangedError, is_open_ended, scan_patiently
from transforms.files.fields import DocumentFields
from transforms.files.file_names import bytes_for_text
from transforms.files.formats import parse
from transforms.files.found import READ_ERRORS, Found, PassedOver, RecordError, Values, reason_of
from transforms.files.parquet_rows import PARQUET_BATCH_ROWS
from transforms.files.remote import Patience
from transforms.output.layout import GROUP_BYTES, block_id
from transforms.output.output import Output
from transforms.output.receipts import load_receipt
from transforms.records import (
    FILE,
    READING,
    RECORD,
    Block,
    Document,
    Extent,
    InputCount,
    InputStatus,
    PlanRow,
    Receipt,
    Reject,
    document_key,
)

_RESUMED = "resumed"  # the output for the receipts of blocks that an earlier run did


@dataclass(eq=False, kw_only=True)
class ReadBlocks(beam.PTransform):
    """Reads the blocks of plan rows, except those that have a receipt.

    Returns the blocks that are to be done, and the receipts of the blocks that are done.
    """

    output: Output
    plan_id: str  # only receipts of this plan count
    fields: DocumentFields
    kept_schema: pa.Schema
    block_bytes: int
    addresses: Addresses = field(default_factory=lambda: Addresses({}))  # of what is read

    # Two collections come out, and Beam reads the annotation of a single one only.
    def expand(self, rows: beam.PCollection[PlanRow]) -> Any:
        read = rows | "Read" >> beam.ParDo(_ReadBlocks(self)).with_outputs(_RESUMED, main="blocks")
        return read["blocks"], read[_RESUMED]


class _ReadBlocks(beam.DoFn):
    def __init__(self, settings: ReadBlocks) -> None:
        self._output = settings.output
        self._plan_id = settings.plan_id
        self._fields = settings.fields
        self._kept_schema = settings.kept_schema
        self._block_bytes = settings.block_bytes
        self._addresses = settings.addresses  # where this is unpickled, they are known
        self._documents = Metrics.counter("news", "documents")
        self._rejects = Metrics.counter("news", "rejects")
        self._resumed = Metrics.counter("news", "blocks_resumed")

    def process(self, row: PlanRow) -> Iterator[Block]:
        def receipt_of(block_id: str) -> Receipt | None:
            return load_receipt(self._output, self._plan_id, block_id)

        for found in read_blocks(
            row, self._fields, self._kept_schema, self._block_bytes, receipt_of
        ):
            if isinstance(found, Receipt):
                self._resumed.inc()
                yield beam.pvalue.TaggedOutput(_RESUMED, found)  # type: ignore[misc]
            else:
                self._documents.inc(len(found.documents))
                self._rejects.inc(len(found.rejects))
                yield found


class Place(NamedTuple):
    """A block's place in its row of the plan.

    All extents of a row begin in the same block, SHARED, so that many small files are one unit of
    work. What an extent holds beyond its first stretch makes blocks of its own: (item, 1),
    (item, 2) and so on.

    Attributes:
      item: index of the extent in its row; 0 for the shared block.
      ordinal: index of the stretch of the extent that the block holds.
    """

    item: int
    ordinal: int


SHARED = Place(0, 0)


class Opened(NamedTuple):
    """Reading came to an extent, whether or not there is anything in it."""

    place: Place
    extent: Extent


class FoundRecord(NamedTuple):
    """A record was found; whether it makes a document shows when it is parsed."""

    place: Place
    extent: Extent
    found: Found


class FileFailed(NamedTuple):
    """An extent could not be read to its end."""

    place: Place
    extent: Extent
    reject: Reject


_Event = Opened | FoundRecord | FileFailed


def read_blocks(
    row: PlanRow,
    fields: DocumentFields,
    kept_schema: pa.Schema,
    block_bytes: int,
    receipt_of: Callable[[str], Receipt | None] = lambda block_id: None,
) -> Iterator[Block | Receipt]:
    """Reads what a plan row names. Each block comes out once, as it was read or as its receipt.

    The extents of a row make one block together. The records of a stream make the blocks
    0, 1, 2, ...: block n holds those that begin in its n-th stretch of `block_bytes`. What cannot
    be read becomes a reject of the block in which it lies.

    Args:
      receipt_of: returns the receipt of a block that is done, None for one that is not.
    """
    if not any(is_open_ended(extent) for extent in row.extents):
        # There is only the shared block. If that is done, nothing needs to be opened.
        receipt = receipt_of(_block_id(row, SHARED))
        if receipt:
            yield receipt
            return
    blocks: dict[Place, _Building] = {}
    for event in _walk(row, fields, block_bytes):
        place = event.place
        if not _is_own(place, row):
            continue
        if place not in blocks:
            for ended in _ended(blocks, row):
                yield blocks.pop(ended).finish()
            part = place.ordinal * block_bytes // GROUP_BYTES
            name = _block_id(row, place)
            blocks[place] = _Building(row, name, part, fields, kept_schema, receipt_of(name))
        blocks[place].add(event)
    for block in blocks.values():
        yield block.finish()


def _is_own(place: Place, row: PlanRow) -> bool:
    """Tells whether a block belongs to this stripe; a row without stripes has all blocks."""
    return place.ordinal % row.stripes == row.stripe


def _ended(places: Iterable[Place], row: PlanRow) -> list[Place]:
    """Returns the blocks that get nothing more once another one begins."""
    # A block that several extents share may still go on.
    return [place for place in places if place != SHARED or len(row.extents) == 1]


def _block_id(row: PlanRow, place: Place) -> str:
    return block_id(row.first, place.item, place.ordinal)


def _walk(row: PlanRow, fields: DocumentFields, block_bytes: int) -> Iterator[_Event]:
    """Yields what happens while a row is read, in the order of its extents."""
    # The extents share their patience: while a store stays down, only the first one waits for it.
    patience = Patience()
    for item, extent in enumerate(row.extents):
        ordinal = 0
        last: int | None = None
        yield Opened(SHARED, extent)
        try:
            for found in scan_patiently(extent, fields.columns, fields, patience):
                last = found.position
                ordinal = _ordinal(extent, last, block_bytes)
                yield FoundRecord(_place(item, ordinal), extent, found)
        except MemoryError:
            raise
        except READ_ERRORS as error:
            # Each stripe reports the failure in a block of its own, since a server may fail for
            # one of them alone. A failure that several of them report is published once.
            ordinal += (row.stripe - ordinal) % row.stripes
            yield FileFailed(_place(item, ordinal), extent, _file_reject(extent, last, error))


def _place(item: int, ordinal: int) -> Place:
    return Place(item, ordinal) if ordinal else SHARED


def _ordinal(extent: Extent, position: int, block_bytes: int) -> int:
    """Tells in which stretch of an extent a record begins."""
    if not is_open_ended(extent):
        return 0
    # The rows of a Parquet file whose footer gave no count are cut by batches, not by bytes.
    text_bytes = block_bytes * bytes_for_text(extent.format)
    return position // (PARQUET_BATCH_ROWS if extent.format == "parquet" else text_bytes)


def _file_reject(extent: Extent, last: int | None, error: Exception) -> Reject:
    """Makes the reject of a file that failed after the record at `last`, or before any record."""
    reason = "changed" if isinstance(error, ChangedError) else reason_of(extent, error)
    message = str(error)
    if reason not in ("changed", "wrong_format"):
        read = "no record was read" if last is None else f"the last record read is at {last}"
        message = f"{type(error).__name__}: {message}; {read}"
    return Reject(
        FILE, READING, reason, message, extent.uri, extent.start if last is None else last
    )


@dataclass(slots=True)
class _Count:
    """The figures of an input while a block is being read."""

    extent: Extent
    records: int = 0
    documents: int = 0
    dates_unparsed: int = 0
    unread_date: str | None = None
    failed: bool = False
    unreadable: bool = False
    passed_over: Counter[str] = field(default_factory=Counter)

    def total(self) -> InputCount:
        extent = self.extent
        status = (
            InputStatus.COMPLETE
            if not self.failed
            else InputStatus.PARTIAL
            if self.records
            else InputStatus.FAILED
        )
        rejected = self.records - self.documents
        return InputCount(
            extent.uri,
            extent.size,
            None if self.unreadable else extent.version,
            extent.format + extent.compression,
            status,
            self.records,
            self.documents,
            rejected,
            self.dates_unparsed,
            self.unread_date,
            dict(self.passed_over),
        )


@dataclass(slots=True)
class _Building:
    """A block whose records come in one by one; if it has a receipt, it takes none."""

    row: PlanRow
    id: str
    part: int
    fields: DocumentFields
    kept_schema: pa.Schema
    receipt: Receipt | None
    documents: list[Document] = field(default_factory=list)
    kept: list[list[Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: dict[str, _Count] = field(default_factory=dict)

    def add(self, event: _Event) -> None:
        if self.receipt:
            return
        count = self.counts.setdefault(event.extent.uri, _Count(event.extent))
        match event:
            case FoundRecord(found=Found(content=PassedOver(kind))):
                count.passed_over[kind] += 1
            case FoundRecord():
                self._add_record(count, event.found)
            case FileFailed():
                self._add_failure(count, event.reject)

    def finish(self) -> Block | Receipt:
        if self.receipt:
            return self.receipt
        return Block(
            id=self.id,
            group=self.row.group,
            part=self.part,
            documents=self.documents,
            kept=kept_table(self.kept, self.kept_schema),
            rejects=self.rejects,
            inputs=[count.total() for count in self.counts.values()],
        )

    def _add_failure(self, count: _Count, reject: Reject) -> None:
        count.failed = True
        count.unreadable |= reject.reason == "unreadable"
        self.rejects.append(reject)

    def _add_record(self, count: _Count, found: Found) -> None:
        """Adds the document of a record, or a reject if it makes none."""
        extent = count.extent
        count.records += 1
        values: Values = {}
        try:
            values = parse(extent, found)
            read = read_document(values, extent, found.position, self.fields)
        except RecordError as error:
            self.rejects.append(self._record_reject(extent, found, values, error))
            return
        self.documents.append(read.document)
        self.kept.append(read.kept)
        count.documents += 1
        if read.unread_date is not None:
            count.dates_unparsed += 1
            count.unread_date = count.unread_date or read.unread_date

    def _record_reject(
        self, extent: Extent, found: Found, values: Values, error: RecordError
    ) -> Reject:
        return Reject(
            RECORD,
            READING,
            error.reason,
            error.message,
            extent.uri,
            position=found.position,
            document_key=document_key(extent.uri, found.position),
            document_id=storable_id(values, extent, self.fields.of(extent.format)),
            excerpt=error.excerpt,
        )
