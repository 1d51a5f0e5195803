import gzip
import io
import itertools
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.plan import plan as planning
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from tests.fakes import settings
from tests.pages import members, page, record, response
from tests.servers import CUT, BadStore
from transforms.files import formats, remote, text_streams
from transforms.read_blocks import read_blocks
from transforms.records import Block, Receipt, document_key

BLOCK_BYTES = 200
COUNTED = ("records", "documents", "rejected")


def lines(count):
    return b"".join(
        json.dumps({"id": i, "text": f"Text number {i}."}).encode() + b"\n" for i in range(count)
    )


def plan_of(*paths, **changes):
    files = list_inputs([str(path) for path in paths]).files
    return make_plan(files, settings(**{"block_bytes": BLOCK_BYTES, **changes}))


def blocks_of(plan, receipt_of=lambda block_id: None):
    return [
        block
        for row in plan.rows
        for block in read_blocks(
            row, plan.settings.fields, pa.schema([]), plan.settings.block_bytes, receipt_of
        )
    ]


def ids(blocks):
    return [d.id for block in sorted(blocks, key=lambda b: b.id) for d in block.documents]


def receipt(block_id):
    return Receipt(block_id, 0, 0, [], [], 0, 0)


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


def test_a_record_that_makes_no_document_is_a_reject_in_its_place(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "fine"}\n{"text": 5, "id": 9}\n{"text": ')
    rejects = [reject for block in blocks_of(plan_of(path)) for reject in block.rejects]
    assert [(r.scope, r.reason, r.position, r.document_id, r.excerpt) for r in rejects] == [
        ("record", "not_text", 17, "9", "5"),
        ("record", "bad_json", 38, None, '{"text": '),
    ]
    assert rejects[0].document_key == document_key(str(path), 17)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.jsonl.gz", b"no gzip", "; no record was read"),
        ("a.csv", b"id,text,text\n1,a,b\n", "2 columns are called 'text'; no record was read"),
        (
            "a.jsonl.gz",
            gzip.compress(lines(3))[:-8],
            f"; the last record read is at {len(lines(2))}",
        ),
    ],
    ids=["no gzip", "two columns of a name", "truncated"],
)
def test_a_file_that_fails_tells_how_far_it_was_read(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    rejects = {reject for block in blocks_of(plan_of(tmp_path)) for reject in block.rejects}
    assert {r.reason for r in rejects} == {"corrupt"}
    assert all(r.message.endswith(message) for r in rejects)


@pytest.mark.parametrize(("block_bytes", "stripes"), [(1, 52), (7, 8), (20, 3), (200, 1)])
def test_broken_rows_are_the_same_whatever_the_number_of_stripes(tmp_path, block_bytes, stripes):
    rows = ["id,text", '1,"open', "2,b", "", '3,"c', 'd"', '4,"e" e', "5,f", '6,"open', "7,g"]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    plan = plan_of(tmp_path, block_bytes=block_bytes)
    found = blocks_of(plan)
    assert len(plan.rows) == stripes
    assert ids(found) == ["2", "3", "5", "7"]
    rejects = sorted((r.position, r.reason) for block in found for r in block.rejects)
    assert rejects == [(8, "bad_row"), (29, "bad_row"), (41, "bad_row")]
    counts = [count for block in found for count in block.inputs]
    assert [sum(getattr(count, name) for count in counts) for name in COUNTED] == [7, 4, 3]


def test_dates_and_kept_values_come_along(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"text": "a", "d": "26-FEB-1987 15:01", "k": [1]}\n{"text": "b", "d": "soon"}\n'
    )
    plan = plan_of(path, date_field="d", date_format=("%d-%b-%Y %H:%M",), keep=("k=tags",))
    schema = pa.schema([("tags", pa.string())])
    [block] = read_blocks(plan.rows[0], plan.settings.fields, schema, BLOCK_BYTES)
    assert isinstance(block, Block)
    assert [d.date for d in block.documents] == [6265, None]
    assert [(count.dates_unparsed, count.unread_date) for count in block.inputs] == [(1, "soon")]
    assert pa.ipc.open_stream(block.kept).read_all().to_pydict() == {"tags": ["[1]", None]}


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(remote, "PATIENCE_SECONDS", 1.0)


def parquet(count):
    sink = io.BytesIO()
    rows = [json.loads(line) for line in lines(count).splitlines()]
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def plan_of_uris(*uris):
    return make_plan(list_inputs(uris).files, settings())


def test_a_store_that_stays_down_is_a_reject_a_file_and_waited_for_once(impatient, tmp_path):
    store = BadStore({f"{i}.txt": b"Ann" for i in range(9)})
    (tmp_path / "z.txt").write_text("Bob")
    with store.serve() as root:
        plan = plan_of_uris(*(f"{root}/{i}.txt" for i in range(9)), str(tmp_path / "z.txt"))
        store.meet(itertools.repeat(503))
        [block] = blocks_of(plan)
        assert 2 < store.gets.count("0.txt") < 10
        assert store.gets.count("1.txt") == store.gets.count("8.txt") == 1
    assert [(r.scope, r.reason, r.uri[-5:]) for r in block.rejects] == [
        ("file", "unreadable", f"{i}.txt") for i in range(9)
    ]
    assert [d.fields[0].text for d in block.documents] == ["Bob"]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_a_store_refuses_is_a_reject_at_once(status):
    store = BadStore({"a.jsonl.gz": gzip.compress(lines(3))})
    with store.serve() as root:
        plan = plan_of_uris(f"{root}/a.jsonl.gz")
        store.meet(itertools.repeat(status))
        [block] = blocks_of(plan)
        assert len(store.gets) == 1
    assert [r.reason for r in block.rejects] == ["unreadable"]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.bz2", "a.jsonl.xz", "a.jsonl.zst", "a.pq"])
def test_bad_bytes_of_a_store_are_corrupt_at_once(name):
    store = BadStore({name: b"not what it says"})
    with store.serve() as root:
        plan = plan_of_uris(f"{root}/{name}")
        store.meet([])
        [block] = blocks_of(plan)
        assert len(store.gets) == 1
    assert [r.reason for r in block.rejects] == ["corrupt"]


def test_what_changes_while_it_is_read_is_a_reject(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.01)
    store = BadStore({"a.jsonl": lines(8000)})
    with store.serve() as root:
        plan = plan_of_uris(f"{root}/a.jsonl")

        def change_and_cut():
            store.files["a.jsonl"] = lines(9000)
            yield CUT

        store.meet(change_and_cut())
        found = blocks_of(plan)
    assert {r.reason for block in found for r in block.rejects} == {"changed"}


def test_a_mistake_is_no_reject(tmp_path, monkeypatch):
    def mistaken(extent, columns, max_chars):
        raise KeyError("text")
        yield

    (tmp_path / "a.txt").write_text("Ann")
    plan = plan_of(tmp_path / "a.txt")
    monkeypatch.setitem(formats._FORMATS, "txt", formats._FORMATS["txt"]._replace(scan=mistaken))
    with pytest.raises(KeyError):
        blocks_of(plan)


def test_rows_that_could_not_be_counted_are_read_to_the_end(tmp_path, monkeypatch):
    (tmp_path / "a.parquet").write_bytes(parquet(1200))
    with monkeypatch.context() as patch:
        patch.setattr(planning, "read_footer", lambda uri: None)
        plan = plan_of(tmp_path)
    found = blocks_of(plan)
    assert ids(found) == [str(i) for i in range(1200)]
    assert [len(block.documents) for block in found] == [512, 512, 176]
    first = found[0].id
    again = blocks_of(plan, lambda name: receipt(name) if name == first else None)
    assert again[1:] == found[1:]


def test_a_page_that_is_given_as_text_is_a_reject_that_says_so(tmp_path):
    (tmp_path / "a.txt").write_text("<html><p>Angela Merkel</p></html>")
    (tmp_path / "b.txt").write_text("<GR> Grace sells.")
    [block] = blocks_of(plan_of(tmp_path))
    [reject] = block.rejects
    assert (reject.scope, reject.reason) == ("file", "wrong_format")
    assert reject.message == "looks like HTML, not like text; --format html reads it"
    assert [count.status for count in block.inputs] == ["failed", "complete"]


@pytest.mark.parametrize("stripes_bytes", [1 << 20, 300])
def test_an_array_gives_the_same_documents_as_lines(tmp_path, stripes_bytes):
    records = [json.dumps({"text": f"Text number {i}."}) for i in range(40)]
    (tmp_path / "a.jsonl").write_text("\n".join(records))
    (tmp_path / "b.jsonl").write_text("[" + ", ".join(records) + "]")
    (tmp_path / "c.json").write_bytes(("[" + ",".join(records) + "]").encode("utf-16"))
    texts = []
    for name in ("a.jsonl", "b.jsonl", "c.json"):
        blocks = blocks_of(plan_of(tmp_path / name, block_bytes=stripes_bytes))
        assert not any(block.rejects for block in blocks)
        documents = sorted((d.position, d.fields[0].text) for b in blocks for d in b.documents)
        texts.append([text for _, text in documents])
    assert texts[0] == texts[1] == texts[2] == [f"Text number {i}." for i in range(40)]


def test_the_records_before_too_much_expansion_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(text_streams, "_HARMLESS_BYTES", 1 << 20)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines(5) + b"\n" * (4 << 20)))
    blocks = blocks_of(plan_of(tmp_path / "a.jsonl.gz", max_expansion=10))
    assert len(ids(blocks)) == 5
    rejects = [reject for block in blocks for reject in block.rejects]
    assert {(reject.scope, reject.reason) for reject in rejects} == {("file", "expands_too_much")}
    assert len({(r.uri, r.position, r.message) for r in rejects}) == 1


def test_stripes_of_a_crawl_share_its_pages_and_count_what_is_passed_over(tmp_path):
    image = record(response(b"\x89PNG", "image/png"))
    pages = [record(response(page().encode()), url=f"https://a.test/{n}") for n in range(9)]
    empty = record(response(b"<html></html>"), url="https://a.test/front")
    path = tmp_path / "a.warc.gz"
    path.write_bytes(members([*itertools.chain(*zip(pages, [image] * 9, strict=True)), empty]))
    plan = plan_of(path, text_field=(), block_bytes=300)
    assert len(plan.rows) > 1
    blocks = blocks_of(plan)
    assert len(blocks) > 2
    counts = [count for block in blocks for count in block.inputs]
    assert sum(count.passed_over.get("image", 0) for count in counts) == 9
    assert sum(count.records for count in counts) == 10
    assert ids(blocks) == [f"https://a.test/{n}" for n in range(9)]
    [reject] = [reject for block in blocks for reject in block.rejects]
    assert (reject.reason, reject.excerpt) == ("no_text", "https://a.test/front")
    texts = {field.name for block in blocks for d in block.documents for field in d.fields}
    assert texts == {"title", "text"}
