"""Buckets of S3 and Google Cloud Storage on loopback, for all tests."""

import functools
import http.server
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import settings

from tests.places import ROOT
from tests.servers import serving

# Workers unpickle what lies in tests/, and take nothing from the folder that they are started in.
# No part of it may be empty, which would mean that folder.
_PATHS = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(_PATHS))

# A busy machine makes no test fail: by default, an example has to be done in a fifth of a second.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Without one that never needs renewing, Beam asks for credentials for half a minute.
TOKEN = {
    "type": "authorized_user",
    "token": "testing",
    "expiry": "2999-01-01T00:00:00Z",
    "client_id": "testing",
    "client_secret": "testing",
    "refresh_token": "testing",
}


@dataclass(frozen=True)
class Bucket:
    """A bucket, and how others put objects into it."""

    root: str
    put: Callable[[str, bytes], object]


@pytest.fixture(scope="module")
def s3() -> Iterator[Bucket]:
    import boto3
    from moto.server import ThreadedMotoServer

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
        yield Bucket(
            "s3://news", lambda key, data: client.put_object(Bucket="news", Key=key, Body=data)
        )
    server.stop()


@pytest.fixture(scope="module")
def emulator():
    """What the server of Google Cloud Storage holds."""
    from gcp_storage_emulator.storage import Storage

    return Storage(use_memory_fs=True)


@pytest.fixture(scope="module")
def gs(emulator, tmp_path_factory) -> Iterator[Bucket]:
    import google.cloud.storage
    from gcp_storage_emulator.handlers import objects
    from gcp_storage_emulator.server import RequestHandler

    token = tmp_path_factory.mktemp("google") / "token.json"
    token.write_text(json.dumps(TOKEN))
    # The emulator keeps no order among threads, and compares no generations.
    server = http.server.HTTPServer(("127.0.0.1", 0), functools.partial(RequestHandler, emulator))
    with serving(server) as root, pytest.MonkeyPatch.context() as patch:
        patch.setattr(objects, "_multipart_upload", comparing(objects._multipart_upload))
        patch.setenv("STORAGE_EMULATOR_HOST", root)
        patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(token))
        bucket = google.cloud.storage.Client().create_bucket("news")
        yield Bucket("gs://news", lambda key, data: bucket.blob(key).upload_from_string(data))


def comparing(upload: Callable[..., object]) -> Callable[..., object]:
    """Makes an upload refuse where the object has another generation than it asks for."""
    from gcp_storage_emulator.exceptions import NotFound

    def compare(request: Any, response: Any, storage: Any) -> None:
        name = request.data["meta"]["name"]
        try:
            generation = storage.get_file_obj(request.params["bucket_name"], name)["generation"]
        except NotFound:
            generation = "0"
        if request.query.get("ifGenerationMatch", [generation])[0] == generation:
            upload(request, response, storage)
        else:
            response.status = HTTPStatus.PRECONDITION_FAILED

    return compare


@pytest.fixture(params=["s3", "gs"])
def bucket(request) -> Bucket:
    return request.getfixturevalue(request.param)
