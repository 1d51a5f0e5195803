"""Whole jobs through the graph, with a quick tagger."""

import base64
import datetime
import functools
import gzip
import http.server
import json
import random
import re
from collections import Counter
from pathlib import Path

import apache_beam as beam
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from apache_beam.runners.portability.fn_api_runner import translations

import pipeline.plan.plan
from pipeline.errors import UsageError
from pipeline.graph import Job, build
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from tests.fakes import load_capital_tagger, load_noting_tagger, settings
from tests.jobs import read, read_inputs, run_job, tables_of
from tests.servers import serving
from transforms.detect_languages import DetectLanguages
from transforms.group_entities import GroupEntities
from transforms.make_tables import MakeTables
from transforms.output.output import Output
from transforms.publish_tables import PublishTables
from transforms.read_blocks import ReadBlocks
from transforms.records import REASONS
from transforms.reject_poison import RejectPoison
from transforms.resolve_names import ResolveNames
from transforms.split_sentences import SplitSentences
from transforms.stage_tables import StageTables
from transforms.tag_words import TagWords
from transforms.write_manifest import WriteManifest


def write_jsonl(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def nasty(tmp_path):
    """A corpus of everything that can be wrong, beside what is right."""
    folder = tmp_path / "nasty"
    folder.mkdir()
    good = json.dumps({"id": "ok", "text": "it was Ann Lee."}).encode()
    (folder / "lines.jsonl").write_bytes(
        b"\n".join(
            [
                good,
                b"{",
                b"[]",
                b'{"text": 1}',
                b'{"no": "text"}',
                b'{"text": ""}',
                b'{"text": "\\ud800"}',
                b'{"text": "caf\xe9"}',
                b'{"text": "' + b"x" * 3000 + b'"}',
                b'{"text": "then kaboom happened. Bob left."}',
                b"[" * 100_000,
                good,
            ]
        )
    )
    (folder / "truncated.jsonl.gz").write_bytes(gzip.compress((good + b"\n") * 5000)[:-30])
    (folder / "garbage.jsonl.bz2").write_bytes(b"no bzip2 at all")
    (folder / "garbage.parquet").write_bytes(b"PAR1 no parquet PAR1")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "quote.csv").write_bytes(b'id,text\n1,it was Ann\n2,"never closed\n3,lost\n')
    (folder / "latin1.txt").write_bytes(b"caf\xe9")
    (folder / "blank.txt").write_bytes(b" \n")
    (folder / "fine.txt").write_text("we saw Ben Okri.")
    pq.write_table(pa.table({"text": ["in Rome", None, ""]}), folder / "rows.parquet")
    pq.write_table(pa.table({"text": [1, 2]}), folder / "numbers.parquet")
    return folder


def test_every_record_of_a_nasty_corpus_is_accounted_for(nasty, tmp_path):
    output = run_job([nasty], tmp_path / "out", max_document_chars=2000, block_bytes=4096)
    inputs = read_inputs(output)
    assert len(inputs) == len(list(nasty.iterdir()))
    documents = Counter(row["uri"] for row in read(output, "documents"))
    rejects = read(output, "rejects")
    records = Counter(row["uri"] for row in rejects if row["scope"] == "record")
    for row in inputs.values():
        assert row["records"] == row["documents"] + row["rejected"]
        assert row["documents"] == documents[row["uri"]]
        assert row["rejected"] == records[row["uri"]]
    assert inputs["lines.jsonl"]["records"] == 12
    statuses = {name: row["status"] for name, row in inputs.items() if row["status"] != "complete"}
    assert statuses == {
        "truncated.jsonl.gz": "partial",
        "garbage.jsonl.bz2": "failed",
        "garbage.parquet": "failed",
    }
    failures = Counter(row["uri"] for row in rejects if row["scope"] == "file")
    assert set(failures.values()) == {1}
    assert all(row["reason"] in REASONS[row["scope"]] for row in rejects)
    assert {row["reason"] for row in rejects} == {
        *("bad_json", "not_text", "missing_text", "empty", "lone_surrogate", "bad_encoding"),
        *("too_long", "model_failed", "corrupt", "bad_row"),
    }


def test_tables_do_not_depend_on_what_was_done_before(nasty, tmp_path):
    first = run_job([nasty], tmp_path / "first", block_bytes=4096)
    second = tmp_path / "second"
    run_job([nasty], second, block_bytes=4096)
    # As if it had been killed: some receipts are there, no table is.
    receipts = sorted((second / "_run" / "receipts").rglob("*.json"))
    assert len(receipts) > 3
    for receipt in receipts[::2]:
        receipt.unlink()
    (second / "manifest.json").unlink()
    run_job([nasty], second, block_bytes=4096)
    assert tables_of(first) == tables_of(Output(str(second)))


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """Inputs of several plan groups; one of them lies in two."""
    monkeypatch.setattr(pipeline.plan.plan, "GROUP_BYTES", 2048)
    long = [{"id": f"a{i}", "text": f"it was Ann Lee{i}, in Rome."} for i in range(60)]
    short = [{"id": f"b{i}", "text": "then kaboom happened. Bob left."} for i in range(3)]
    write_jsonl(tmp_path / "a.jsonl", long)
    write_jsonl(tmp_path / "b.jsonl", short)
    return [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]


def test_workers_that_are_processes_make_the_same_tables(groups, tmp_path):
    alone = run_job(groups, tmp_path / "alone", block_bytes=1024)
    together = run_job(groups, tmp_path / "together", workers=2, block_bytes=1024)
    parts = [path for path in tables_of(alone) if path.startswith("documents/")]
    assert len(parts) > 1
    assert read_inputs(alone)["a.jsonl"]["documents"] == 60
    assert tables_of(together) == tables_of(alone)


def test_one_compressed_input_gives_every_process_work(tmp_path):
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        for i in range(200):
            file.write(json.dumps({"id": i, "text": f"it was {random.Random(i).random()}."}) + "\n")
    notes = tmp_path / "notes"
    notes.mkdir()
    load = functools.partial(load_noting_tagger, str(notes))
    output = run_job(
        [tmp_path / "a.jsonl.gz"], tmp_path / "out", 2, load_tagger=load, block_bytes=1024
    )
    tagged = [file.stat().st_size for file in notes.iterdir()]
    receipts = list((tmp_path / "out" / "_run" / "receipts").rglob("*.json"))
    assert len(tagged) == 2
    assert sum(tagged) == len(receipts) >= 10
    assert min(tagged) >= len(receipts) // 3
    assert len(read(output, "documents")) == 200


def behind_shuffle(expand):
    @functools.wraps(expand)  # Beam reads its annotations
    def expand_shuffled(stage, given):
        if isinstance(given, tuple):
            shuffled = tuple(c | f"Shuffle{i}" >> beam.Reshuffle() for i, c in enumerate(given))
        else:
            shuffled = given | "Shuffle" >> beam.Reshuffle()
        return expand(stage, shuffled)

    return expand_shuffled


def test_no_stage_relies_on_another_in_its_process(groups, tmp_path, monkeypatch):
    output = run_job(groups, tmp_path / "out", block_bytes=1024)
    expected = tables_of(output)
    # Half of the blocks are done, and come as receipts.
    for receipt in sorted((tmp_path / "out" / "_run" / "receipts").rglob("*.json"))[::2]:
        receipt.unlink()
    for path in expected:
        (tmp_path / "out" / path).unlink()
    for stage in (
        *(ReadBlocks, RejectPoison, DetectLanguages, SplitSentences, TagWords, GroupEntities),
        *(ResolveNames, MakeTables, StageTables, PublishTables, WriteManifest),
    ):
        monkeypatch.setattr(stage, "expand", behind_shuffle(stage.expand))
    run_job(groups, output.root, workers=2, block_bytes=1024)
    assert tables_of(output) == expected


def test_what_another_job_left_is_not_taken(tmp_path):
    old = write_jsonl(tmp_path / "old.jsonl", [{"text": "it was Ann."}])
    new = write_jsonl(tmp_path / "new.jsonl", [{"text": "it was Bob."}])
    run_job([old], tmp_path / "out").remove("manifest.json")
    # As if workers of the old job were still there when a new one took the output over.
    output = run_job([new], tmp_path / "out")
    left = list((tmp_path / "out" / "_run" / "receipts").rglob("*.json"))
    assert len(left) == 2
    assert len({path.name for path in left}) == 1
    assert [row["text"] for row in read(output, "entities")] == ["Bob"]
    assert tables_of(output) == tables_of(run_job([new], tmp_path / "alone"))


def test_block_size_moves_no_entity(nasty, tmp_path):
    small = run_job([nasty], tmp_path / "small", block_bytes=1024)
    large = run_job([nasty], tmp_path / "large")
    key = lambda row: (row["document_key"], row["start_char"])  # noqa: E731
    assert sorted(read(small, "entities"), key=key) == sorted(read(large, "entities"), key=key)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_small_corpus_has_the_same_tables_in_blocks_of_any_size(tmp_path, monkeypatch, ending):
    chance = random.Random(0)
    texts = [" ".join(f"Ann{chance.getrandbits(64)} met." for _ in range(20)) for _ in range(1_500)]
    texts = texts[: 900 if ending else None]  # compressed bytes stand for four times as many
    lines = write_jsonl(tmp_path / "a.jsonl", [{"text": text} for text in texts])
    if ending:
        (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.read_bytes()))
    monkeypatch.setattr(pipeline.plan.plan, "_SMALL_BLOCK_BYTES", 1 << 20)
    few = run_job([tmp_path / f"a.jsonl{ending}"], tmp_path / "few")
    monkeypatch.undo()
    many = run_job([tmp_path / f"a.jsonl{ending}"], tmp_path / "many")
    counts = [len([*Path(out.root, "_run/receipts").rglob("*.json")]) for out in (few, many)]
    assert counts[0] == 1 < counts[1]
    for table in ("documents", "entities", "sentences"):
        assert many.get(f"{table}/part-00000.parquet") == few.get(f"{table}/part-00000.parquet")


def test_one_line_files_share_blocks_and_parts(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(2000):
        (folder / f"{i:05}.txt").write_text(f"we met Ann{i} there.")
    output = run_job([folder], tmp_path / "out")
    assert len(read(output, "documents")) == len(read(output, "entities")) == 2000
    assert len(tables_of(output)) == 6


def test_partitions_are_read_by_others(tmp_path):
    records = [
        {"text": f"Ann{i}", "d": f"2024-0{1 + i % 3}-05", "source": "A/B" if i % 2 else None}
        for i in range(12)
    ]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    output = run_job(
        [path],
        tmp_path / "out",
        date_field="d",
        keep=("source",),
        partition_by=("source", "month"),
    )
    entities = ds.dataset(f"{output.root}/entities", partitioning="hive").to_table()
    counts = Counter(
        zip(entities["source"].to_pylist(), entities["month"].to_pylist(), strict=True)
    )
    assert counts == {(s, f"2024-0{m}"): 2 for s in ("A/B", "unknown") for m in (1, 2, 3)}


def test_too_many_partitions_are_refused(tmp_path):
    records = [{"text": "Ann", "k": i} for i in range(1001)]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    with pytest.raises(ValueError, match="partition_by k gives 1001 folders"):
        run_job([path], tmp_path / "out", keep=("k",), partition_by=("k",))


def test_several_text_fields_are_tagged_each_by_itself(tmp_path):
    path = write_jsonl(
        tmp_path / "a.jsonl", [{"title": "Ann", "text": "by Bob"}, {"text": "by Cy", "title": None}]
    )
    output = run_job([path], tmp_path / "out", text_field=("title", "text"))
    found = [(row["field"], row["text"], row["start_char"]) for row in read(output, "entities")]
    assert found == [("title", "Ann", 0), ("text", "Bob", 3), ("text", "Cy", 3)]


def test_reading_to_staging_is_one_fused_stage(tmp_path):
    job = Job.of(Output(str(tmp_path)), make_plan([], settings()), "0", load_capital_tagger)
    pipeline = beam.Pipeline()
    build(pipeline, job)
    _, stages = translations.create_and_optimize_stages(
        pipeline.to_runner_api(),
        phases=translations.standard_optimize_phases(),
        known_runner_urns=frozenset(),
    )
    wanted = (
        *("ReadBlocks", "DetectLanguages", "SplitSentences", "TagWords", "GroupEntities"),
        *("ResolveNames", "MakeTables", "StageTables"),
    )
    holding = [stage.name for stage in stages if "TagWords" in stage.name]
    assert len(holding) == 1
    assert all(re.search(name, holding[0]) for name in wanted)


def test_sound_parquet_that_python_has_no_words_for_becomes_tables(tmp_path):
    far = [2**62, None, 0]
    table = pa.table(
        {
            "id": ["a", "b", "c"],
            "text": ["we met Ann"] * 3,
            "authors": pa.array([["Ann"], [None], None], pa.list_(pa.string())),
            "stamp": pa.array([1_704_790_923_000_000_001, None, 0], pa.timestamp("ns")),
            "far": pa.array(far, pa.timestamp("ms")),
            "zone": pa.array([1_704_790_923, None, 0], pa.timestamp("s", "Mars/Olympus")),
            "took": pa.array(far, pa.duration("s")),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    table = pq.ParquetFile(tmp_path / "a.parquet").read()
    for date in ("stamp", "far", "zone"):
        output = run_job(
            [tmp_path / "a.parquet"],
            tmp_path / f"by_{date}",
            date_field=date,
            keep=("authors", "stamp", "far", "zone", "took"),
            partition_by=("stamp",),
        )
        [*parts] = (part for part in tables_of(output) if part.startswith("documents/"))
        assert {part.split("/")[1] for part in parts} == {
            "stamp=2024-01-09 09%3A02%3A03",
            "stamp=1970-01-01 00%3A00%3A00",
            "stamp=unknown",
        }
        stored = pa.concat_tables(
            pq.ParquetFile(f"{output.root}/{part}").read() for part in parts
        ).sort_by("position")
        for name in ("authors", "far", "zone", "took"):
            assert stored[name].combine_chunks().equals(table[name].combine_chunks())
        ninth, first = datetime.date(2024, 1, 9), datetime.date(1970, 1, 1)
        assert stored["date"].to_pylist() == [None if date == "far" else ninth, None, first]
        unread = read_inputs(output)["a.parquet"]["dates_unparsed"]
        assert unread == (1 if date == "far" else 0)


def test_kept_columns_of_any_type_beside_json_are_text(tmp_path):
    table = pa.table(
        {
            "text": ["we met Ann", "we met Bob"],
            "k": pa.array([1_704_790_923_000_000_001, 0], pa.timestamp("ns")),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text('{"text": "we met Eve", "k": {"deep": [1]}}\n')
    output = run_job([tmp_path], tmp_path / "out", keep=("k",))
    assert [row["k"] for row in read(output, "documents")] == [
        '"2024-01-09 09:02:03"',
        '"1970-01-01 00:00:00"',
        '{"deep": [1]}',
    ]


def test_deep_json_is_a_reject_however_deep_it_is(tmp_path):
    depths = (1, 98, 99, 100, 300, 990, 1000, 100_000)
    lines = [
        json.dumps({"id": depth, "text": "we met Ann"})[:-1]
        + f', "k": {"[" * depth}{"]" * depth}}}'
        for depth in depths
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    output = run_job([tmp_path / "a.jsonl"], tmp_path / "out", keep=("k",))
    assert [row["document_id"] for row in read(output, "documents")] == ["1", "98", "99"]
    assert [row["reason"] for row in read(output, "rejects")] == ["bad_json"] * 5


def test_html_escapes_are_undone_for_the_model_and_stay_in_the_text(tmp_path):
    text = "so Johnson &amp; Johnson hired Angela&nbsp;Merkel; Merkel&#39;s team left."
    (tmp_path / "a.txt").write_text(text)
    output = run_job([tmp_path / "a.txt"], tmp_path / "out")
    entities = read(output, "entities")
    assert [(row["text"], row["name"]) for row in entities] == [
        ("Johnson", "Johnson"),
        ("Johnson", "Johnson"),
        ("Angela&nbsp;Merkel", "Angela Merkel"),
        ("Merkel", "Merkel"),
    ]
    for row in entities:
        assert text[row["start_char"] : row["end_char"]] == row["text"]


class _Guarded(http.server.BaseHTTPRequestHandler):
    """Gives a file to whoever has the password and a signature, and tells others nothing."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        expected = "Basic " + base64.b64encode(b"ann:hush-password").decode()
        known = self.headers.get("Authorization") == expected and "=hush-" in self.path
        is_there = "lost" not in self.path
        self.send_response(200 if known and is_there else 403)
        body = b'{"text": "We met Ann."}\n' if known and is_there else b""
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", "1")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *ignored: object) -> None:
        pass


def test_what_is_secret_in_an_address_is_sent_to_workers_and_stored_nowhere(tmp_path, capfd):
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Guarded)) as root:
        secret = root.replace("http://", "http://ann:hush-password@")

        def run(signature: str) -> Output:
            queries = (f"X-Amz-Signature=hush-{signature}", f"day=1&token=hush-{signature}")
            inputs: list[Path | str] = [
                f"{secret}/{n}.jsonl?{query}" for n, query in enumerate(queries)
            ]
            return run_job(inputs, tmp_path / signature, workers=2)

        first, second = run("one"), run("two")
    assert [row["uri"] for row in read(first, "documents")] == [
        f"{root}/0.jsonl",
        f"{root}/1.jsonl?day=1",
    ]
    assert tables_of(first) == tables_of(second)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"hush" not in path.read_bytes(), path
        if path.suffix == ".parquet":
            assert "hush" not in str(pq.read_table(path).to_pylist())
    assert "hush" not in "".join(capfd.readouterr())


def test_what_is_secret_is_in_no_message_about_an_address(tmp_path):
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Guarded)) as root:
        place = f"{root.replace('//', '//ann:hush-password@')}/lost.jsonl?day=1&sig=hush-1"
        with pytest.raises(UsageError, match=r"lost\.jsonl\?day=1 cannot be listed") as raised:
            list_inputs([place])
    assert "hush" not in str(raised.value)
    assert raised.value.__cause__
    assert raised.value.__cause__.__suppress_context__  # the library's error holds the address
