"""The plan as a file: written by the launcher, read by workers and by the next start."""

import dataclasses
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.plan.plan import Plan
from pipeline.settings import Settings
from transforms.output.layout import PLAN_PATH
from transforms.output.output import ALTERED, Output, sha256
from transforms.output.published import Base
from transforms.output.tables import to_table
from transforms.read_plan import parse_row, plan_id_of
from transforms.records import PLAN_SCHEMA, PlanRow

# Beam reads a row group at a time, and a row may have thousands of extents. Small groups make
# the file large: with 64 rows in each, a million rows were 51 MB, not 4.
_EXTENTS_A_ROW_GROUP = 10_000
_SETTINGS, _KEPT, _BASE, _BLOCK_BYTES = b"settings", b"kept", b"base", b"block_bytes"
_DIGEST, _NO_DIGEST = b"sha256", b"Here is the sha256 of all these bytes with this text in them.   "


def save_plan(output: Output, plan: Plan) -> str:
    """Stores a plan; returns its id: 16 hex digits of its bytes. Equal plans have equal ids."""
    data = plan_bytes(plan)
    output.put(PLAN_PATH, data)
    return plan_id_of(data)


def plan_bytes(plan: Plan) -> bytes:
    """Returns the file of a plan."""
    metadata = {
        _SETTINGS: json.dumps(plan.settings.as_json()).encode(),
        _KEPT: plan.kept.serialize().to_pybytes(),
        _BASE: json.dumps(plan.base and dataclasses.asdict(plan.base)).encode(),
        _BLOCK_BYTES: str(plan.block_bytes).encode(),
    }
    sink = io.BytesIO()
    metadata[_DIGEST] = _NO_DIGEST
    with pq.ParquetWriter(sink, PLAN_SCHEMA.with_metadata(metadata), compression="zstd") as writer:
        for rows in _row_groups(plan.rows):
            writer.write_table(_to_table(rows, writer.schema))
    return _signed(sink.getvalue())


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan as it lies in an output; its rows are read one after the other."""

    id: str
    settings: dict[str, Any]  # as JSON: another version of the program may have had others
    kept: pa.Schema
    base: Base | None
    block_bytes: int
    _file: pq.ParquetFile

    def rows(self) -> Iterator[PlanRow]:
        for group in range(self._file.num_row_groups):
            yield from map(parse_row, self._file.read_row_group(group).to_pylist())

    def plan(self, settings: Settings) -> Plan:
        """Returns the plan that was stored; the settings are equal to its own."""
        return Plan(list(self.rows()), settings, self.kept, self.base, self.block_bytes)


def load_plan(output: Output) -> StoredPlan | None:
    """Returns the plan that is stored; None where none is.

    Raises:
      KeyError, TypeError, ValueError: it cannot be read.
    """
    data = output.get(PLAN_PATH)
    return None if data is None else parse_plan(data)


def parse_plan(data: bytes) -> StoredPlan:
    """Reads the bytes of a plan, see `load_plan`."""
    file = pq.ParquetFile(io.BytesIO(data))
    metadata = file.schema_arrow.metadata or {}
    # The Arrow schema among the metadata is encoded, so there the text still stands.
    digest = (file.metadata.metadata or {}).get(_DIGEST)  # plans of release 0.2.0 have none
    if digest and _signed(data.replace(digest, _NO_DIGEST)) != data:
        raise ValueError(f"it {ALTERED}")
    base = json.loads(metadata[_BASE])
    settings = json.loads(metadata[_SETTINGS])
    return StoredPlan(
        id=plan_id_of(data),
        settings=settings,
        kept=pa.ipc.read_schema(pa.py_buffer(metadata[_KEPT])),
        base=base and Base(**base),
        # Plans of release 0.2.0 have no other size than that of their settings.
        block_bytes=int(metadata.get(_BLOCK_BYTES, settings["block_bytes"])),
        _file=file,
    )


def _signed(data: bytes) -> bytes:
    """Returns the bytes of a plan with their own sha256, computed with a text in its place."""
    return data.replace(_NO_DIGEST, sha256(data).encode())


def _row_groups(rows: Iterable[PlanRow]) -> Iterator[list[PlanRow]]:
    """Yields a few rows at a time: a plan of a million inputs is never all in another form."""
    group: list[PlanRow] = []
    extents = 0
    for row in rows:
        group.append(row)
        extents += len(row.extents)
        if extents >= _EXTENTS_A_ROW_GROUP:
            yield group
            group, extents = [], 0
    if group:
        yield group


def _to_table(rows: Sequence[PlanRow], schema: pa.Schema) -> pa.Table:
    extents = [extent for row in rows for extent in row.extents]
    ends = itertools.accumulate((len(row.extents) for row in rows), initial=0)
    kind = schema.field("extents").type
    structs = to_table(extents, pa.schema(list(kind.value_type))).to_struct_array()
    lists = pa.ListArray.from_arrays(
        pa.array(ends, pa.int32()), structs.combine_chunks(), type=kind
    )
    numbers = to_table(rows, pa.schema([field for field in schema if field.name != "extents"]))
    return pa.table([*numbers.columns, lists], schema=schema)
