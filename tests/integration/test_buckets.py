"""Reading from and writing to S3, against a server on loopback; inputs over http."""

import functools
import http.server
import json
import threading

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from tests.jobs import run_job
from transforms.storage import Output, find, stat


@pytest.fixture(scope="module")
def bucket():
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket="news")
        yield client
    server.stop()


def lines(count):
    return b"".join(json.dumps({"id": i, "text": f"Ann{i}"}).encode() + b"\n" for i in range(count))


def test_a_job_from_and_to_a_bucket(bucket, tmp_path):
    bucket.put_object(Bucket="news", Key="in/a.jsonl", Body=lines(50))
    bucket.put_object(Bucket="news", Key="in/sub/b.txt", Body=b"we met Ann")
    pq.write_table(pa.table({"text": ["Bob", "Cy"]}), tmp_path / "c.parquet")
    bucket.put_object(Bucket="news", Key="in/c.parquet", Body=(tmp_path / "c.parquet").read_bytes())
    output = run_job(["s3://news/in"], "s3://news/out", block_bytes=500)
    manifest = json.loads(output.get("manifest.json") or b"{}")
    assert manifest["counts"]["documents"] == manifest["counts"]["entities"] == 53
    parts = [name for name in output.names("entities") if name.endswith(".parquet")]
    assert len(parts) == 1
    output.remove("entities")
    assert output.names("entities") == []


def test_globs_and_single_objects(bucket):
    for key in ("g/a.txt", "g/b.txt", "g/deep/c.txt"):
        bucket.put_object(Bucket="news", Key=key, Body=b"x")
    assert sorted(f.uri for f in find("s3://news/g/*.txt")) == [
        "s3://news/g/a.txt",
        "s3://news/g/b.txt",
    ]
    assert [f.uri for f in find("s3://news/g/a.txt")] == ["s3://news/g/a.txt"]
    assert Output("s3://news/g").get("nothing") is None


def test_inputs_over_http(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(lines(3))
    pq.write_table(pa.table({"text": ["Bob", "Cy"]}), tmp_path / "c.parquet")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}"
    try:
        output = run_job([f"{root}/a.jsonl", f"{root}/c.parquet"], tmp_path / "out")
        manifest = json.loads(output.get("manifest.json") or b"{}")
        assert manifest["counts"]["documents"] == 5
        with pytest.raises(FileNotFoundError):
            stat(f"{root}/missing.jsonl")
    finally:
        server.shutdown()
