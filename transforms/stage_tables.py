"""StageTables: writes the rows of a block as files under _run/, and then its receipt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc

from transforms.output.layout import staged_path
from transforms.output.output import Output, sha256
from transforms.output.receipts import save_receipt
from transforms.output.tables import to_parquet, to_table
from transforms.partitions import PARTITIONED, add_folders, folders
from transforms.records import (
    DOCUMENTS_SCHEMA,
    REJECTS_SCHEMA,
    BlockTables,
    Receipt,
    TableFile,
)


@dataclass(eq=False, kw_only=True)
class StageTables(beam.PTransform):
    """Writes the rows of each block where no reader looks yet, and a receipt that names them."""

    output: Output
    plan_id: str
    schemas: dict[str, pa.Schema]
    partition_by: tuple[str, ...] = ()

    def expand(self, blocks: beam.PCollection[BlockTables]) -> beam.PCollection[Receipt]:
        return blocks | "Stage" >> beam.Map(
            stage_block, self.output, self.plan_id, self.schemas, self.partition_by
        )


def stage_block(
    block: BlockTables,
    output: Output,
    plan_id: str,
    schemas: Mapping[str, pa.Schema],
    partition_by: Sequence[str] = (),
) -> Receipt:
    """Writes a file for each table that has rows, and then the receipt that names the files."""
    tables = block_tables(block, schemas, partition_by)
    staged = [_put(output, plan_id, block.block.id, name, table) for name, table in tables]
    receipt = Receipt(
        block_id=block.block.id,
        group=block.block.group,
        part=block.block.part,
        staged=staged,
        inputs=block.block.inputs,
        sentences=_total(block.documents["sentence_count"]),
        words=_total(block.documents["word_count"]),
    )
    save_receipt(output, plan_id, receipt)
    return receipt


def block_tables(
    block: BlockTables, schemas: Mapping[str, pa.Schema], partition_by: Sequence[str] = ()
) -> Iterator[tuple[str, pa.Table]]:
    """Yields the tables of a block that have rows.

    If the output is partitioned, a column tells the folder of each row.
    """
    kept = pa.ipc.open_stream(block.block.kept).read_all()
    tables = {
        "entities": block.entities,
        "sentences": block.sentences,
        "documents": _add_kept(block.documents, kept, schemas["documents"]),
        "texts": block.texts,
        "rejects": to_table(block.rejects, REJECTS_SCHEMA),
    }
    for name, table in tables.items():
        if not table.num_rows:
            continue
        table = pa.table(table.columns, schema=schemas[name])
        if partition_by and name in PARTITIONED:
            table = add_folders(table, _folders(block, table, kept, partition_by))
        yield name, table


def _add_kept(documents: pa.Table, kept: pa.Table, schema: pa.Schema) -> pa.Table:
    names = schema.names[len(DOCUMENTS_SCHEMA) :]
    return pa.table([*documents.columns, *(kept[name] for name in names)], schema=schema)


def _folders(
    block: BlockTables, table: pa.Table, kept: pa.Table, partition_by: Sequence[str]
) -> pa.Array:
    """Returns the folder of each row, which is that of its document."""
    dates = [document.date for document in block.block.documents]
    document = pc.index_in(table["document_key"], block.documents["document_key"].combine_chunks())
    return pa.array(folders(dates, kept, partition_by), pa.string()).take(document)


def _put(output: Output, plan_id: str, block_id: str, name: str, table: pa.Table) -> TableFile:
    data = to_parquet(table)
    digest = sha256(data)
    path = staged_path(plan_id, block_id, name, digest)
    output.put(path, data)
    return TableFile(name, path, table.num_rows, len(data), digest)


def _total(column: pa.ChunkedArray) -> int:
    return int(pc.sum(column, min_count=0).as_py())
