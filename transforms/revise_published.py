"""RevisePublished: writes published parts anew, without the rows of some inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.output.layout import PartName, folder_of
from transforms.output.output import Output
from transforms.output.published import Base, Turn, load_dropped, load_groups
from transforms.output.tables import ParquetBuffer, to_parquet
from transforms.publish_tables import count_rows, get_checked, put_part
from transforms.records import (
    INPUTS_SCHEMA,
    Counts,
    GroupSummary,
    PublishedGroup,
    TableFile,
)

_NO_INPUTS = to_parquet(INPUTS_SCHEMA.empty_table())


@dataclass(eq=False, kw_only=True)
class RevisePublished(beam.PTransform):
    """Takes the rows of changed and pruned inputs out of the parts published before."""

    turn: Turn
    base: Base

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection[GroupSummary]:
        return (
            root
            | "NameBase" >> beam.Create([self.base])
            | "ListGroups" >> beam.FlatMap(partial(load_groups, self.turn.output))
            | "Deal" >> beam.Reshuffle()
            | "Revise" >> beam.ParDo(_Revise(self.turn, self.base))
        )


class _Revise(beam.DoFn):
    def __init__(self, turn: Turn, base: Base) -> None:
        self._turn = turn
        self._base = base

    def setup(self) -> None:
        self._dropped = load_dropped(self._turn.output, self._base)

    def process(self, group: PublishedGroup) -> Iterator[GroupSummary]:
        self._turn.check()
        summary = revise_group(group, self._dropped, self._turn.output, self._base.first_group)
        if summary.replaced:
            yield summary


def revise_group(
    group: PublishedGroup, dropped: pa.Array, output: Output, mark: int
) -> GroupSummary:
    """Writes those parts of a group anew that have rows of the inputs that go.

    The old parts stay for those who read them, and the new ones have `mark` in their names. They
    depend on the old parts alone, so it is safe to run this twice.

    Args:
      dropped: (input,), the URIs of the inputs that go.
      mark: a number that no earlier revision had.

    Raises:
      ValueError: a part is not what parts.parquet says.
    """
    by_key = ("document_key", _keys(group, dropped, output))
    by_uri = ("uri", dropped)  # a reject may have no document
    revised = _Revised(PartName(group.group, group.part, mark))
    for part in group.parts:
        column, going = by_uri if part.table == "rejects" else by_key
        if len(going) and part.rows:
            revised.take(part, column, going, output)
    return revised.summary()


def _keys(group: PublishedGroup, dropped: pa.Array, output: Output) -> pa.Array:
    """Returns the keys of the documents that go, (document,)."""
    chunks: list[pa.Array] = []
    for part in group.parts:
        if part.table == "documents":
            rows = _open(output, part).read(["document_key", "uri"])
            chunks += rows["document_key"].filter(pc.is_in(rows["uri"], dropped)).chunks
    return pa.chunked_array(chunks, pa.string()).combine_chunks()


class _Revised:
    """Collects what becomes of a group, part after part."""

    def __init__(self, name: PartName) -> None:
        self._name = name
        self._parts: list[TableFile] = []
        self._replaced: list[str] = []
        self._gone = Counts()

    def take(self, part: TableFile, column: str, going: pa.Array, output: Output) -> None:
        file = _open(output, part)
        # Most parts stay as they are, and this one column tells so: no other needs decoding.
        if not pc.any(pc.is_in(file.read([column])[column], going)).as_py():
            return
        kept = ParquetBuffer(file.schema_arrow)
        for number in range(file.num_row_groups):
            rows = file.read_row_group(number)
            goes = pc.is_in(rows[column], going)
            kept.add(rows.filter(pc.invert(goes)))
            self._gone += count_rows(part.table, rows.filter(goes))
        self._replaced.append(part.path)
        if kept.rows:
            path = f"{folder_of(part.path)}/{self._name}"
            self._parts.append(put_part(output, part.table, path, kept))

    def summary(self) -> GroupSummary:
        return GroupSummary(
            parts=self._parts, inputs=_NO_INPUTS, gone=self._gone, replaced=self._replaced
        )


def _open(output: Output, part: TableFile) -> pq.ParquetFile:
    return pq.ParquetFile(pa.BufferReader(get_checked(output, part)))
