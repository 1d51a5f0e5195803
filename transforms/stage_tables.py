"""StageTables: writes the rows of a block as files under _run/, and then its receipt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import apache_beam as beam
import pyarrow as pa

from transforms.output.layout import staged_path
from transforms.output.output import Output, sha256
from transforms.output.receipts import save_receipt
from transforms.output.tables import to_parquet, to_table
from transforms.partitions import PARTITIONED, add_folders, folders
from transforms.records import (
    DOCUMENTS_SCHEMA,
    TABLES,
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
        sentences=sum(document.sentence_count for document in block.documents),
        words=sum(document.word_count for document in block.documents),
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
    for name in TABLES:
        rows = getattr(block, name)
        if not rows:
            continue
        schema = schemas[name]
        if name == "documents":
            table = pa.table(
                [*to_table(rows, DOCUMENTS_SCHEMA).columns]
                + [kept[column] for column in schema.names[len(DOCUMENTS_SCHEMA) :]],
                schema=schema,
            )
        else:
            table = to_table(rows, schema)
        if partition_by and name in PARTITIONED:
            folder_of = _folders_by_key(block, kept, partition_by)
            table = add_folders(table, [folder_of[row.document_key] for row in rows])
        yield name, table


def _folders_by_key(
    block: BlockTables, kept: pa.Table, partition_by: Sequence[str]
) -> dict[str, str]:
    dates = [document.date for document in block.documents]
    keys = [document.document_key for document in block.documents]
    return dict(zip(keys, folders(dates, kept, partition_by), strict=True))


def _put(output: Output, plan_id: str, block_id: str, name: str, table: pa.Table) -> TableFile:
    data = to_parquet(table)
    digest = sha256(data)
    path = staged_path(plan_id, block_id, name, digest)
    output.put(path, data)
    return TableFile(name, path, table.num_rows, len(data), digest)
