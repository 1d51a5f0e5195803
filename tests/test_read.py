import gzip
import json

import pyarrow as pa
import pytest

from pipeline.inputs import list_inputs
from pipeline.plan import make_plan
from tests.fakes import settings
from transforms.read import read_blocks
from transforms.records import Block, Receipt

BLOCK_BYTES = 200


def lines(count):
    return b"".join(
        json.dumps({"id": i, "text": f"Text number {i}."}).encode() + b"\n" for i in range(count)
    )


def plan_of(*paths, **changes):
    files = list_inputs([str(path) for path in paths]).files
    return make_plan(files, settings(block_bytes=BLOCK_BYTES, **changes))


def blocks_of(plan, receipt_of=lambda block_id: None):
    return [
        block
        for row in plan.rows
        for block in read_blocks(row, plan.settings.fields, pa.schema([]), BLOCK_BYTES, receipt_of)
    ]


def ids(blocks):
    return [d.id for block in sorted(blocks, key=lambda b: b.id) for d in block.documents]


def receipt(block_id):
    return Receipt(block_id, 0, 0, [], [], 0, 0, 0, 0, 0, 0)


def test_plain_lines_and_a_stream_give_the_same_documents(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(lines(40))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines(40)))
    plain, stream = plan_of(tmp_path / "a.jsonl"), plan_of(tmp_path / "b.jsonl.gz")
    assert len(plain.rows) > 4
    assert len(stream.rows) > 1
    expected = [str(i) for i in range(40)]
    assert ids(blocks_of(plain)) == expected == ids(blocks_of(stream))


def test_every_block_of_a_stream_comes_from_one_stripe(tmp_path):
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines(40)))
    names = [block.id for block in blocks_of(plan_of(tmp_path / "b.jsonl.gz"))]
    assert len(names) == len(set(names)) > 4


def test_many_small_files_make_one_block(tmp_path):
    for i in range(50):
        (tmp_path / f"{i:02}.txt").write_text("abc")
    plan = plan_of(tmp_path)
    assert len(plan.rows) == 1
    [block] = blocks_of(plan)
    assert len(block.documents) == len(block.inputs) == 50


def test_a_small_file_that_expands_overflows_into_more_blocks(tmp_path):
    (tmp_path / "a.txt").write_text("first")
    (tmp_path / "b.jsonl.bz2").write_bytes(__import__("bz2").compress(lines(400))[:])
    (tmp_path / "c.txt").write_text("last")
    plan = plan_of(tmp_path)
    found = blocks_of(plan)
    assert len(found) > 3
    assert sorted(len(ids([block])) for block in found)[0] > 0
    assert len(ids(found)) == 402


def test_blocks_with_receipts_are_not_read(tmp_path):
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines(40)))
    plan = plan_of(tmp_path / "b.jsonl.gz")
    everything = blocks_of(plan)
    done = {block.id for block in everything[::2]}
    again = blocks_of(plan, lambda name: receipt(name) if name in done else None)
    assert {r.block_id for r in again if isinstance(r, Receipt)} == done
    assert [b for b in again if isinstance(b, Block)] == everything[1::2]


def test_a_changed_input_is_a_reject(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(3))
    plan = plan_of(path)
    path.write_bytes(lines(4))
    [block] = blocks_of(plan)
    [reject] = block.rejects
    assert (reject.scope, reject.reason, reject.uri) == ("file", "changed", str(path))
    assert block.inputs[0].status == "failed"


def test_a_vanished_input_is_a_reject(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Ann")
    plan = plan_of(path)
    path.unlink()
    [block] = blocks_of(plan)
    assert [r.reason for r in block.rejects] == ["unreadable"]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"id": 1}, "missing_text"),
        ({"text": 5}, "not_text"),
        ({"text": " \n"}, "empty"),
        ({"text": "a\ud800"}, "lone_surrogate"),
        ({"text": "a", "id": "\udfff"}, "lone_surrogate"),
        ({"text": "x" * 101}, "too_long"),
    ],
)
def test_a_record_without_fit_text_is_a_reject(tmp_path, record, reason):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "fine"}\n' + json.dumps(record) + "\n")
    found = blocks_of(plan_of(path, max_document_chars=100))
    rejects = [reject for block in found for reject in block.rejects]
    assert [(r.scope, r.reason, r.position) for r in rejects] == [("record", reason, 17)]


def test_dates_and_kept_values_come_along(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"text": "a", "d": "26-FEB-1987 15:01", "k": [1]}\n{"text": "b", "d": "soon"}\n'
    )
    plan = plan_of(path, date_field="d", date_format="%d-%b-%Y %H:%M", keep=("k=tags",))
    schema = pa.schema([("tags", pa.string())])
    [block] = read_blocks(plan.rows[0], plan.settings.fields, schema)
    assert isinstance(block, Block)
    assert [d.date for d in block.documents] == [6265, None]
    assert block.dates_unparsed == 1
    assert pa.ipc.open_stream(block.kept).read_all().to_pydict() == {"tags": ["[1]", None]}
