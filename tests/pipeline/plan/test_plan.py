"""A plan: inputs cut into rows of about one block each."""

import gzip
import io
import itertools
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import UsageError
from pipeline.plan.inputs import InputFile, list_inputs
from pipeline.plan.kept_columns import kept_schema
from pipeline.plan.plan import make_plan
from tests.fakes import settings
from tests.servers import CUT, BadStore
from transforms.files import remote
from transforms.files.places import StoredFile


def plan_of(*patterns, **changes):
    return make_plan(list_inputs([str(p) for p in patterns]).files, settings(**changes))


def test_parquet_is_cut_by_rows(tmp_path):
    pq.write_table(
        pa.table({"text": ["x" * 1000] * 100}), tmp_path / "a.parquet", use_dictionary=False
    )
    rows = plan_of(tmp_path, block_bytes=10_000).rows
    extents = [extent for row in rows for extent in row.extents]
    assert 8 <= len(rows) <= 12
    assert next((e.start, e.end) for e in extents)[0] == 0
    assert all(a.end == b.start for a, b in itertools.pairwise(extents))
    assert extents[-1].end == 100


def ends(plan):
    return [(extent.start, extent.end) for row in plan.rows for extent in row.extents]


def parquet(**columns):
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_a_footer_that_cannot_be_read_leaves_the_end_open(tmp_path):
    (tmp_path / "a.parquet").write_bytes(parquet(text=pa.array([], pa.string())))
    (tmp_path / "b.parquet").write_bytes(b"no Parquet")
    assert ends(plan_of(tmp_path)) == [(0, 0), (0, -1)]


def test_a_footer_is_asked_for_again(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.01)
    store = BadStore({"a.parquet": parquet(text=["a", "b"], n=[1, 2])})
    with store.serve() as root:
        files = list_inputs([f"{root}/a.parquet"]).files
        store.meet([503, CUT])
        assert ends(make_plan(files, settings())) == [(0, 2)]
        store.meet([503, CUT])
        assert kept_schema(files, settings(keep=("n",))).types == [pa.int64()]
        monkeypatch.setattr(remote, "PATIENCE_SECONDS", 0.5)
        # Never guessed: what is planned, and the types kept, would be others when it is up.
        for plan in (make_plan, kept_schema):
            store.meet(itertools.repeat(503))
            with pytest.raises(UsageError, match=r"a\.parquet cannot be read now"):
                plan(files, settings(keep=("n",)))
        store.meet(itertools.repeat(503))
        with pytest.raises(UsageError, match=r"a\.parquet cannot be read now"):
            make_plan(files, settings(limit=1))


def test_a_long_file_whose_lines_bytes_do_not_cut_is_whole(tmp_path):
    lines = '{"text": "Zoë"}\n' * 100
    for name, encoding in (("a", "utf-8"), ("b", "utf-16"), ("c", "cp1252")):
        (tmp_path / f"{name}.jsonl").write_bytes(lines.encode(encoding))
    (tmp_path / "d.jsonl").write_bytes(b"{}\n")
    rows = plan_of(tmp_path, block_bytes=1000, encoding="cp1252").rows
    extents: dict[str, list[tuple[int, int, bool]]] = {}
    for extent in (extent for row in rows for extent in row.extents):
        extents.setdefault(extent.uri[-7], []).append((extent.start, extent.end, extent.is_whole))
    assert extents["a"] == [(0, 1000, False), (1000, 1700, False)]
    assert extents["b"] == [(0, -1, True)] * 4
    assert extents["c"] == [(0, 1000, False), (1000, 1600, False)]
    assert extents["d"] == [(0, -1, False)]


def test_a_long_array_is_never_cut(tmp_path):
    (tmp_path / "a.jsonl").write_text("[\n" + '{"text": "a"},\n' * 200 + '{"text": "b"}\n]')
    rows = plan_of(tmp_path, block_bytes=1000).rows
    assert [row.stripes for row in rows] == [4] * 4
    assert {(e.start, e.end, e.is_stream) for row in rows for e in row.extents} == {(0, -1, True)}


def test_a_long_file_that_is_no_text_is_never_cut(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"%PDF-1.7\n" * 1000)
    rows = plan_of(tmp_path, block_bytes=1000).rows
    assert {(e.start, e.end, e.is_whole) for row in rows for e in row.extents} == {(0, -1, True)}


LINE = b'{"text": "One MiB has 32,768."}\n'  # 32 bytes, or 31 without the break
KIB, MIB = 1 << 10, 1 << 20


def listed(size, name="a.jsonl.gz", compression=".gz"):
    return InputFile(StoredFile(f"/gone/{name}", size, "v"), "jsonl", compression)


def test_a_small_corpus_has_small_blocks(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(LINE * (MIB // len(LINE)))
    plan = plan_of(tmp_path)
    assert plan.block_bytes == 128 * KIB
    assert len(plan.rows) == plan.count_blocks() == 8
    assert plan.settings.block_bytes == MIB  # the next run compares the settings


@pytest.mark.parametrize(
    ("sizes", "block_bytes"),
    [
        ([MIB // 4], 128 * KIB),  # compressed bytes stand for four times as many of text
        ([MIB // 4 + 1], MIB),
        ([MIB // 4, KIB], MIB),
        ([], 128 * KIB),
        ([KIB, -1], MIB),  # a server does not tell how long one is
    ],
)
def test_the_corpus_alone_decides_on_the_size_of_blocks(sizes, block_bytes):
    files = [listed(size, f"{index}.jsonl.gz") for index, size in enumerate(sizes)]
    assert make_plan(files, settings()).block_bytes == block_bytes


def test_a_job_with_a_limit_is_as_small_as_its_limit(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(LINE * (2 * MIB // len(LINE)))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(random.Random(0).randbytes(3 * MIB)))
    whole, limited = plan_of(tmp_path), plan_of(tmp_path, limit=10_000)
    assert (whole.block_bytes, limited.block_bytes) == (MIB, 128 * KIB)
    assert limited.count_blocks() == 3
    assert {extent.uri[-7:] for row in limited.rows for extent in row.extents} == {"a.jsonl"}
    assert limited.rows[-1].extents[-1].end == 10_000 * len(LINE)


def test_a_limited_stream_has_the_blocks_up_to_its_limit(tmp_path):
    lines = b"".join(b'{"text": "%d"}\n' % random.Random(i).getrandbits(800) for i in range(40_000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines))
    limited = plan_of(tmp_path, limit=1_000)
    assert limited.block_bytes == 128 * KIB
    assert limited.count_blocks() == -(-limited.rows[0].extents[0].end // (128 * KIB)) == 2


def test_small_streams_share_rows_only_if_none_can_fill_a_block():
    files = [listed(4 * KIB, "a"), listed(4 * KIB, "b"), listed(5 * KIB, "c"), listed(KIB, "d")]
    rows = make_plan(files, settings()).rows
    shared = [[extent.uri[-1] for extent in row.extents] for row in rows]
    assert shared == [["a", "b"], ["c"], ["d"]]
