"""Reading from and writing to S3 and Google Cloud Storage, against servers on loopback, and
inputs over http.
"""

import functools
import gzip
import http.server
import json
import time

import google.cloud.storage
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from gcp_storage_emulator.server import RequestHandler
from moto.s3.models import FakeKey

from pipeline import launch
from pipeline.cli import main
from pipeline.errors import ExitCode
from pipeline.metrics import RunMetrics
from pipeline.plan.clear import clear_staging
from tests.fakes import load_capital_tagger
from tests.jobs import read_inputs, run_job, tables_of
from tests.servers import serving
from transforms.files.listing import find
from transforms.files.storage import open_input, stat
from transforms.model.checkpoint import Checkpoint
from transforms.output.copies import save_copy
from transforms.output.output import Output, get_file
from transforms.output.published import load_parts
from transforms.records import TABLES


def lines(count):
    return b"".join(json.dumps({"id": i, "text": f"Ann{i}"}).encode() + b"\n" for i in range(count))


def kept_in_run(output: Output) -> list[str]:
    """Returns what is left of a job that has ended, beside the copies of its lists."""
    return [name for name in output.names("_run") if not name.startswith("copy/")]


def test_a_job_from_and_to_a_bucket(bucket, tmp_path):
    bucket.put("in/a.jsonl", lines(50))
    bucket.put("in/sub/b.txt", b"we met Ann")
    pq.write_table(pa.table({"text": ["Bob", "Cy"]}), tmp_path / "c.parquet")
    bucket.put("in/c.parquet", (tmp_path / "c.parquet").read_bytes())
    bucket.put("in/d.jsonl.gz", gzip.compress(lines(7)))
    output = run_job([f"{bucket.root}/in"], f"{bucket.root}/out", block_bytes=500)
    manifest = json.loads(output.get("manifest.json") or b"{}")
    assert manifest["counts"]["documents"] == manifest["counts"]["entities"] == 60
    parts = [name for name in output.names("entities") if name.endswith(".parquet")]
    assert len(parts) == 1
    output.remove("entities")
    assert output.names("entities") == []


def test_the_metrics_file_may_lie_in_a_bucket(bucket):
    place = f"{bucket.root}/metrics/news.prom"
    for code in (ExitCode.DONE, ExitCode.FAILED):
        RunMetrics(place=place, output="out").write(code)
    text = (get_file(place) or b"").decode()
    assert 'news_entities_exit_code{output="out"} 1.0' in text
    assert "news_entities_last_success_timestamp_seconds{" in text


def test_globs_and_single_objects(bucket):
    for key in ("g/a.txt", "g/b.txt", "g/deep/c.txt"):
        bucket.put(key, b"x")
    root = f"{bucket.root}/g"
    assert sorted(f.uri for f in find(f"{root}/*.txt")) == [f"{root}/a.txt", f"{root}/b.txt"]
    assert [f.uri for f in find(f"{root}/a.txt")] == [f"{root}/a.txt"]
    assert Output(root).get("nothing") is None


def test_a_bucket_is_a_folder_and_marks_of_folders_are_no_files(bucket):
    bucket.put("marked/", b"")
    bucket.put("marked/a.txt", b"x")
    bucket.put("marked/deep/", b"")
    root = f"{bucket.root}/marked"
    for pattern in (root, f"{root}/*"):
        assert [f.uri for f in find(pattern)] == [f"{root}/a.txt"]
    found = [f.uri for f in find(bucket.root)]
    assert f"{root}/a.txt" in found
    assert root + "/" not in found


def test_removing_takes_names_literally(bucket):
    output = Output(bucket.root)
    for path in ("doomed/a", "doomed/a/[1].txt", "doomed/a/b/*.txt", "doomed/ab.txt"):
        output.put(path, b"x")
    output.remove("doomed/a")
    assert output.names("doomed") == ["ab.txt"]


def test_what_cannot_be_removed_is_told(gs, emulator, monkeypatch):
    output = Output(f"{gs.root}/held")
    output.put("a/b.txt", b"x")
    monkeypatch.setattr(emulator, "delete_file", lambda *path: None)
    with pytest.raises(OSError, match=r"held/a/b\.txt cannot be deleted"):
        output.remove("a")


def test_the_command_writes_to_a_bucket_what_it_writes_to_a_folder(gs, tmp_path, capsys):
    gs.put("news/a.jsonl", lines(3))
    gs.put("news/b.jsonl.gz", gzip.compress(lines(2)))
    gs.put("news/passed-over.txt", b"we met Ann")
    pq.write_table(pa.table({"text": ["Bob was in Berlin."]}), tmp_path / "c.parquet")
    gs.put("more/2024/c.parquet", (tmp_path / "c.parquet").read_bytes())
    inputs = ("--input", f"{gs.root}/news/*.jsonl*", f"{gs.root}/more")
    output, local = Output(f"{gs.root}/tables"), tmp_path / "tables"
    assert main([*inputs, "--output", output.root]) == 0
    assert main([*inputs, "--output", str(local)]) == 0
    published = [f"{table}/{name}" for table in TABLES for name in output.names(table)]
    published += ["inputs.parquet", "parts.parquet"]
    assert {path: output.get(path) for path in published} == tables_of(Output(str(local)))
    manifest = output.get("manifest.json") or b""
    assert manifest == (local / "manifest.json").read_bytes()
    assert json.loads(manifest)["counts"]["documents"] == 6
    assert kept_in_run(output) == ["plan.parquet"]
    capsys.readouterr()
    assert main([*inputs, "--output", output.root]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_an_output_in_a_bucket_is_added_to(bucket, capsys):
    output = Output(f"{bucket.root}/growing/tables")
    arguments = ["--input", f"{bucket.root}/growing/news", "--output", output.root, "--prune"]
    bucket.put("growing/news/a.jsonl", lines(3))
    bucket.put("growing/news/b.jsonl", lines(2))
    assert main(arguments) == 0
    bucket.put("growing/news/b.jsonl", lines(4))
    bucket.put("growing/news/c.jsonl", lines(1))
    capsys.readouterr()
    assert main(arguments) == 0
    assert "1 input new, 1 input changed: 2 files" in capsys.readouterr().out
    manifest = json.loads(output.get("manifest.json") or b"{}")
    assert (manifest["counts"]["inputs"], manifest["counts"]["documents"]) == (3, 8)
    there = {f"{table}/{name}" for table in TABLES for name in output.names(table)}
    assert there == {part.path for part in load_parts(output)}
    assert "documents/part-00000-r00001.parquet" in there
    assert kept_in_run(output) == ["plan.parquet"]
    assert main(arguments) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_a_content_encoding_changes_nothing_of_what_is_read(gs, monkeypatch):
    gs.put("encoded.jsonl.gz", gzip.compress(lines(50)))
    end_headers = RequestHandler.end_headers

    def say_encoding(handler):
        if handler.path.startswith("/download/"):
            handler.send_header("Content-Encoding", "gzip")
        end_headers(handler)

    monkeypatch.setattr(RequestHandler, "end_headers", say_encoding)
    with open_input(f"{gs.root}/encoded.jsonl.gz", ".gz") as stream:
        assert stream.read() == lines(50)


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("plain.jsonl", gzip.compress(lines(50)), "jsonl.gz"),
        ("named.jsonl.gz", gzip.compress(lines(50)), "jsonl.gz"),
        ("twice.jsonl.gz", gzip.compress(gzip.compress(lines(50))), "jsonl.gz"),
    ],
)
def test_objects_that_are_kept_encoded_are_read(gs, tmp_path, name, body, kind):
    put_encoded(name, body)
    output = run_job([f"{gs.root}/{name}"], tmp_path / "out", block_bytes=500)
    manifest = json.loads(output.get("manifest.json") or b"{}")
    assert manifest["counts"]["documents"] == 50
    assert manifest["counts"]["rejects"] == 0
    [row] = read_inputs(output).values()
    assert (row["format"], row["size"]) == (kind, len(body))


def test_parquet_that_is_kept_encoded_is_read(gs, tmp_path):
    pq.write_table(pa.table({"text": ["Bob", "Cy"]}), tmp_path / "c.parquet")
    put_encoded("c.parquet", gzip.compress((tmp_path / "c.parquet").read_bytes()))
    output = run_job([f"{gs.root}/c.parquet"], tmp_path / "out")
    assert json.loads(output.get("manifest.json") or b"{}")["counts"]["documents"] == 2


def put_encoded(key, data):
    blob = google.cloud.storage.Client().bucket("news").blob(key)
    blob.content_encoding = "gzip"
    blob.upload_from_string(data)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Sydney"])
@pytest.mark.parametrize("month", ["01", "07"])
def test_a_version_is_the_same_in_all_time_zones(zone, month, gs, emulator, monkeypatch):
    gs.put("dated.txt", b"x")
    updated = f"2024-{month}-01T12:00:00.123456"
    emulator.get_file_obj("news", "dated.txt")["updated"] = updated + "Z"
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert stat(f"{gs.root}/dated.txt").version == updated + "+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_listing_in_milliseconds_gives_the_version_of_an_object(s3, monkeypatch):
    milliseconds = property(lambda key: key.last_modified.strftime("%Y-%m-%dT%H:%M:%S.") + "987Z")
    monkeypatch.setattr(FakeKey, "last_modified_ISO8601", milliseconds)
    s3.put("dated/a.txt", b"x")
    [listed] = find(f"{s3.root}/dated")
    assert listed == stat(listed.uri)


def test_what_is_not_there_is_told_alike_by_all_stores(bucket):
    for ask in (stat, lambda uri: open_input(uri).__enter__()):
        with pytest.raises(FileNotFoundError, match="missing"):
            ask(f"{bucket.root}/missing.txt")


def test_inputs_over_http(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(lines(3))
    pq.write_table(pa.table({"text": ["Bob", "Cy"]}), tmp_path / "c.parquet")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as root:
        output = run_job([f"{root}/a.jsonl", f"{root}/c.parquet"], tmp_path / "out")
        manifest = json.loads(output.get("manifest.json") or b"{}")
        assert manifest["counts"]["documents"] == 5
        with pytest.raises(FileNotFoundError):
            stat(f"{root}/missing.jsonl")


def test_an_output_in_a_bucket_is_verified_and_repaired(bucket, monkeypatch, capsys):
    found = Checkpoint("capitals", "", "", ("O", "B-PER", "I-PER"), "0")
    monkeypatch.setattr(launch, "resolve_checkpoint", lambda *args: found)
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
    bucket.put("sound/a.jsonl", lines(5))
    output = run_job([f"{bucket.root}/sound"], f"{bucket.root}/mended")
    clear_staging(output)
    assert main(["verify", output.root, "--sources"]) == ExitCode.DONE
    save_copy(output)
    part = load_parts(output)[0]
    assert part.table == "entities"
    rows = output.require(part.path)
    output.put("parts.parquet", b"x")
    output.remove(part.path)
    output.put("entities/part-00009.parquet", b"mine")
    assert main(["verify", output.root]) == ExitCode.DAMAGED
    assert main(["repair", output.root]) == ExitCode.DONE
    assert output.get("_run/strays/entities/part-00009.parquet") == b"mine"
    [again] = [part for part in load_parts(output) if part.table == "entities"]
    assert output.require(again.path) == rows
