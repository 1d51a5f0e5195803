"""The plan: the inputs cut into rows of about one block each."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from pipeline.plan.inputs import InputFile
from pipeline.plan.kept_columns import kept_schema
from pipeline.plan.sample import cannot_be_read, check_fields, limit_rows
from pipeline.settings import Settings
from transforms.files.fields import DocumentFields
from transforms.files.file_names import bytes_for_text
from transforms.files.formats import can_be_cut
from transforms.files.parquet_rows import read_footer
from transforms.files.remote import StoreError
from transforms.output.layout import GROUP_BYTES
from transforms.output.published import Base
from transforms.records import Extent, PlanRow

# News gets about so many times as long when it is decompressed.
EXPANSION = 4.0
_MAX_STRIPES = 64
# Each file costs an opening, however small it is.
_MAX_FILES_A_ROW = 10_000
# A corpus of one block's text gets small blocks, so that there is work for every worker.
# GROUP_BYTES is a multiple of them: a long stream's parts begin at the same records.
_SMALL_BLOCK_BYTES = 128 << 10
# A stream that overflows a shared row is published after the row. In small blocks only streams of
# less than this share of one share a row, so that none overflows which would not in large ones.
_SMALL_STREAM = 8


@dataclass(frozen=True, slots=True)
class Plan:
    rows: list[PlanRow]
    settings: Settings
    kept: pa.Schema  # the columns of --keep
    base: Base | None = None  # what was published before; None for an output's first job
    block_bytes: int = Settings.block_bytes  # those of the settings, or less in a small corpus
    warnings: tuple[str, ...] = ()  # for a person; not stored

    @property
    def next_group(self) -> int:
        """The first number that no part will have had."""
        last = self.rows[-1].group if self.rows else self.base.first_group if self.base else 0
        return last + 1

    @property
    def files(self) -> int:
        return len({extent.uri for row in self.rows for extent in row.extents})

    @property
    def stored_bytes(self) -> int:
        sizes = {extent.uri: extent.size for row in self.rows for extent in row.extents}
        return sum(max(0, size) for size in sizes.values())

    def count_blocks(self, expansion: float = EXPANSION) -> int:
        """Tells about how many blocks there are: a stream's are known when it is read.

        Args:
          expansion: how many times as long compressed inputs get.
        """
        firsts = (row for row in self.rows if row.stripe == 0)
        return sum(self._blocks_of(row, expansion) for row in firsts)

    def _blocks_of(self, row: PlanRow, expansion: float) -> int:
        """Returns about how many blocks a row makes, together with its other stripes."""
        [extent, *others] = row.extents
        if others or not extent.is_stream:
            return 1
        return max(1, math.ceil(_text_bytes(extent, expansion) / self.block_bytes))


def make_plan(
    files: Sequence[InputFile],
    settings: Settings,
    base: Base | None = None,
    kept: pa.Schema | None = None,
) -> Plan:
    """Cuts inputs into plan rows: a pure function of the inputs, the settings and the base.

    Args:
      kept: the kept columns that the base has; an output's first job finds out their types.

    Raises:
      UsageError: none of the first 1,000 records of a first job has a text field; or a store
        fails, without which the inputs cannot be cut.
    """
    kept = kept_schema(files, settings, kept)
    first_group = base.first_group if base else 0
    rows, text_bytes = _cut_rows(files, settings, first_group, settings.block_bytes)
    is_known = all(file.stored.size >= 0 for file in files)
    block_bytes = _block_bytes(settings, text_bytes) if is_known else settings.block_bytes
    if block_bytes < settings.block_bytes:
        there = {extent.uri for row in rows for extent in row.extents}
        files = [file for file in files if file.stored.uri in there]  # --limit leaves out others
        rows, _ = _cut_rows(files, settings, first_group, block_bytes)
    warnings = [] if base else check_fields(rows, settings)
    return Plan(rows, settings, kept, base, block_bytes, tuple(warnings))


def _block_bytes(settings: Settings, text_bytes: int) -> int:
    """Chooses the size of the blocks by that of the corpus alone: no machine changes a plan."""
    is_small = text_bytes <= settings.block_bytes
    return min(settings.block_bytes, _SMALL_BLOCK_BYTES) if is_small else settings.block_bytes


def _cut_rows(
    files: Sequence[InputFile], settings: Settings, first_group: int, block_bytes: int
) -> tuple[list[PlanRow], int]:
    """Returns the rows that hold the inputs up to --limit, and about how many bytes of text."""
    pieces = [*_pack(files, settings, block_bytes)]
    rows = _number(pieces, first_group)
    if settings.limit is not None:
        rows = limit_rows(rows, settings.fields, settings.limit)
    firsts = (row for row in rows if row.stripe == 0)
    return rows, sum(map(_kept_bytes, pieces, firsts))


def _kept_bytes(piece: "_Piece", row: PlanRow) -> int:
    """Returns about how many bytes of a piece's text its row has after --limit."""
    [extent, *others] = row.extents
    ends = extent.is_stream and not others and extent.end >= 0
    return _text_bytes(extent) if ends else piece.bytes


@dataclass(frozen=True, slots=True)
class _Piece:
    """Extents that go together, and about how many bytes of text they hold."""

    extents: list[Extent]
    bytes: int
    stripes: int = 1


def _pack(files: Iterable[InputFile], settings: Settings, block_bytes: int) -> Iterator[_Piece]:
    """Yields pieces of about one block: small extents together, long streams by themselves."""
    is_small = block_bytes < settings.block_bytes
    longest_shared = block_bytes // _SMALL_STREAM if is_small else block_bytes
    packed = _Piece([], 0)
    for extent, size in (cut for file in files for cut in _cut(file, settings, block_bytes)):
        if extent.is_stream and size > longest_shared:
            if packed.extents:
                yield packed
                packed = _Piece([], 0)
            yield _Piece([extent], size, min(_MAX_STRIPES, math.ceil(size / block_bytes)))
            continue
        full = packed.bytes + size > block_bytes or len(packed.extents) == _MAX_FILES_A_ROW
        if full and packed.extents:
            yield packed
            packed = _Piece([], 0)
        packed = _Piece(_append(packed.extents, extent), packed.bytes + size)
    if packed.extents:
        yield packed


def _append(extents: list[Extent], extent: Extent) -> list[Extent]:
    """Adds an extent, joined to the last one where it goes on from there."""
    if extents and extents[-1].uri == extent.uri and extents[-1].end == extent.start:
        extents[-1] = replace(extents[-1], end=extent.end)
    else:
        extents.append(extent)
    return extents


def _cut(file: InputFile, settings: Settings, block_bytes: int) -> Iterator[tuple[Extent, int]]:
    """Yields the extents of a file, each at most about a block, and their bytes of text."""
    stored = file.stored
    whole = Extent(stored.uri, file.format, file.compression, stored.size, stored.version, 0, -1)
    if file.format == "parquet":
        yield from _cut_parquet(whole, settings.fields.columns, block_bytes)
    elif file.format == "jsonl" and not whole.is_stream:
        yield from _cut_lines(whole, settings.fields, block_bytes)
    else:
        yield whole, _text_bytes(whole)


def _cut_lines(
    whole: Extent, fields: DocumentFields, block_bytes: int
) -> Iterator[tuple[Extent, int]]:
    if whole.size <= block_bytes:  # a million small files are not opened here
        yield whole, whole.size
    elif not _can_be_cut(whole, fields):
        yield replace(whole, is_whole=True), whole.size
    else:
        for start in range(0, whole.size, block_bytes):
            end = min(start + block_bytes, whole.size)
            yield replace(whole, start=start, end=end), end - start


def _can_be_cut(whole: Extent, fields: DocumentFields) -> bool:
    try:
        return can_be_cut(whole, fields)
    except StoreError as error:
        raise cannot_be_read(whole, error) from error


def _cut_parquet(
    whole: Extent, columns: Sequence[str], block_bytes: int
) -> Iterator[tuple[Extent, int]]:
    try:
        footer = read_footer(whole.uri)
    except StoreError as error:
        raise cannot_be_read(whole, error) from error
    if footer is None:
        # Its reader meets the same failure, and makes it a reject; should it be mended by then, it
        # is read to its end.
        yield whole, 0
        return
    groups = [footer[0].row_group(i) for i in range(footer[0].num_row_groups)]
    first = 0
    for group in groups:
        size = sum(
            column.total_uncompressed_size
            for column in (group.column(i) for i in range(group.num_columns))
            if column.path_in_schema.partition(".")[0] in columns
        )
        step = max(1, group.num_rows * block_bytes // max(1, size))
        for start in range(0, group.num_rows, step):
            rows = min(step, group.num_rows - start)
            share = size * rows // group.num_rows
            yield replace(whole, start=first + start, end=first + start + rows), share
        first += group.num_rows
    if first == 0:
        yield replace(whole, end=0), 0


def _number(pieces: Iterable[_Piece], group: int) -> list[PlanRow]:
    """Gives each piece its rows, a stripe a row, and the group that publishes it."""
    rows: list[PlanRow] = []
    group_bytes = 0
    for piece in pieces:
        first = len(rows)
        rows += [
            PlanRow(first, stripe, piece.stripes, group, piece.extents)
            for stripe in range(piece.stripes)
        ]
        group_bytes += piece.bytes
        if group_bytes >= GROUP_BYTES:
            group, group_bytes = group + 1, 0
    return rows


def _text_bytes(extent: Extent, expansion: float = EXPANSION) -> int:
    markup = bytes_for_text(extent.format)
    if extent.end >= 0:  # of a stream, --limit tells it
        return extent.end // markup
    return int(max(0, extent.size) * (expansion if extent.compression else 1) / markup)
