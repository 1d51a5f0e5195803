"""Stores for outputs: a local disk, and emulators of S3 and Google Cloud Storage.

The emulators are processes of their own, since a process that forks should have no threads.
"""

import functools
import http.server
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import TOKEN, comparing
from tests.faults import forks


@contextmanager
def serving_process(serve: Callable[[Callable[[int], None]], None], log: Path) -> Iterator[int]:
    """Runs a server in a forked process, and gives its port.

    Args:
      serve: it calls what it is given with the port, and never returns.
    """
    reader, writer = os.pipe()
    process = forks.start(lambda: serve(lambda port: _tell(writer, port)), log)
    os.close(writer)
    with os.fdopen(reader) as stream:
        port = int(stream.readline())
    try:
        yield port
    finally:
        os.kill(process, signal.SIGKILL)
        forks.wait(process)


def _tell(writer: int, port: int) -> None:
    with os.fdopen(writer, "w") as stream:
        stream.write(f"{port}\n")


def _serve_s3(tell: Callable[[int], None]) -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    tell(server.get_host_and_port()[1])
    signal.pause()


def _serve_google(tell: Callable[[int], None]) -> None:
    from gcp_storage_emulator.handlers import objects
    from gcp_storage_emulator.server import RequestHandler
    from gcp_storage_emulator.storage import Storage

    objects._multipart_upload = comparing(objects._multipart_upload)
    handler = functools.partial(RequestHandler, Storage(use_memory_fs=True))
    # The emulator keeps no order among threads.
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    tell(server.server_port)
    server.serve_forever()


def _make_s3_bucket() -> None:
    import boto3

    boto3.client("s3").create_bucket(Bucket="news")


def _make_google_bucket() -> None:
    import google.cloud.storage

    google.cloud.storage.Client().create_bucket("news")


@contextmanager
def s3_bucket(log: Path) -> Iterator[tuple[str, int]]:
    """Gives the root of a bucket, and the port of its server."""
    with serving_process(_serve_s3, log) as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        forks.ask(_make_s3_bucket, log)
        yield "s3://news", port


@contextmanager
def google_bucket(log: Path) -> Iterator[tuple[str, int]]:
    """Gives the root of a bucket, and the port of its server."""
    token = log.with_suffix(".token.json")
    token.write_text(json.dumps(TOKEN))
    with serving_process(_serve_google, log) as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(token))
        forks.ask(_make_google_bucket, log)
        yield "gs://news", port
