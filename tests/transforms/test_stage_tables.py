"""A block's rows are staged as files, and a receipt names them once all are there."""

import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.stages import make_block_tables
from transforms.files.documents import kept_table
from transforms.output.output import Output
from transforms.output.receipts import load_receipt
from transforms.output.tables import table_schemas
from transforms.records import Block, Document, InputCount, TextField
from transforms.stage_tables import block_tables, stage_block

KEPT = pa.schema([("source", pa.string())])
SCHEMAS = table_schemas(KEPT, {"model": "m"})
PLAN = "0" * 16


def tables_of(*texts):
    """Returns the rows of a block with a document for each text, kept from A and B in turn."""
    documents = [
        Document(f"key{i}", f"id{i}", "a.txt", i, 365 * i, [TextField("text", text)])
        for i, text in enumerate(texts)
    ]
    kept = kept_table([["AB"[i % 2]] for i in range(len(texts))], KEPT)
    count = InputCount("a.txt", 1, "v", "txt", "complete", len(texts), len(texts), 0, 0)
    block = Block("00000001-00000-0000000", 3, 0, documents, kept, [], [count])
    return make_block_tables(block)


def read(output, file):
    return pq.ParquetFile(io.BytesIO(output.require(file.path))).read()


def test_the_receipt_names_what_was_staged(tmp_path):
    output = Output(str(tmp_path))
    receipt = stage_block(tables_of("so Ann said", "we met Bob"), output, PLAN, SCHEMAS)
    assert load_receipt(output, PLAN, "00000001-00000-0000000") == receipt
    assert [file.table for file in receipt.staged] == ["entities", "sentences", "documents"]
    for file in receipt.staged:
        data = output.require(file.path)
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert read(output, file).num_rows == file.rows == 2
    assert (receipt.group, receipt.sentences, receipt.words) == (3, 2, 6)
    assert [count.uri for count in receipt.inputs] == ["a.txt"]


def test_a_table_without_rows_has_no_file(tmp_path):
    receipt = stage_block(tables_of("nobody was there"), Output(str(tmp_path)), PLAN, SCHEMAS)
    assert [file.table for file in receipt.staged] == ["sentences", "documents"]
    failed = stage_block(tables_of("a kaboom"), Output(str(tmp_path)), PLAN, SCHEMAS)
    assert [file.table for file in failed.staged] == ["sentences", "documents", "rejects"]


def test_kept_columns_stand_beside_their_documents():
    tables = dict(block_tables(tables_of("so Ann said", "we met Bob", "it rained"), SCHEMAS))
    assert tables["documents"].schema.equals(SCHEMAS["documents"], check_metadata=True)
    assert tables["documents"]["document_id"].to_pylist() == ["id0", "id1", "id2"]
    assert tables["documents"]["source"].to_pylist() == ["A", "B", "A"]


def test_every_row_of_a_document_has_its_folder():
    block = tables_of("so Ann said", "we met Bob and Cy", "a kaboom")
    tables = dict(block_tables(block, SCHEMAS, ("source", "year")))
    for name in ("entities", "sentences", "documents"):
        keys = tables[name]["document_key"].to_pylist()
        assert tables[name].column(tables[name].num_columns - 1).to_pylist() == [
            f"source={'AB'[int(key[3:]) % 2]}/year={1970 + int(key[3:])}" for key in keys
        ]
    assert tables["rejects"].schema == SCHEMAS["rejects"]


def test_a_block_that_is_not_all_staged_has_no_receipt(tmp_path, monkeypatch):
    output = Output(str(tmp_path))
    put = Output.put

    def fail_on_documents(output, path, data):
        if "documents" in path:
            raise OSError("no space left")
        put(output, path, data)

    monkeypatch.setattr(Output, "put", fail_on_documents)
    block = tables_of("so Ann said")
    with pytest.raises(OSError, match="no space left"):
        stage_block(block, output, PLAN, SCHEMAS)
    assert load_receipt(output, PLAN, block.block.id) is None
    monkeypatch.undo()
    before = output.names("_run")
    stage_block(block, output, PLAN, SCHEMAS)
    assert {*before} < {*output.names("_run")}


def test_staging_twice_gives_the_same_files(tmp_path):
    output = Output(str(tmp_path))
    first = stage_block(tables_of("so Ann said"), output, PLAN, SCHEMAS)
    names = output.names("_run")
    assert stage_block(tables_of("so Ann said"), output, PLAN, SCHEMAS) == first
    assert output.names("_run") == names
