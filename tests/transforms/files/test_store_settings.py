import os
import pickle
import subprocess
import sys

import pytest
from apache_beam.internal import pickler

from tests.fakes import load_capital_tagger
from tests.places import ROOT
from transforms.files.store_settings import VARIABLES, StoreSettings
from transforms.output.output import Output
from transforms.tag_words import _TagWords

LOAD = """
import os, sys
from apache_beam.internal import pickler
pickler.loads(sys.stdin.buffer.read())
print([os.environ.get(name) for name in sys.argv[1:]])
"""


def on_a_worker(pickled: bytes, *names: str, **environment: str) -> str:
    """Unpickles in a process that shares no variables with this one; says what it has of some."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *names],
        input=pickled,
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    "sent", [Output("s3://news"), _TagWords(load_capital_tagger)], ids=["output", "model"]
)
def test_endpoints_and_regions_go_where_stores_are_reached_for(sent, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://minio:9000")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    found = on_a_worker(pickler.dumps(sent), "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION")
    assert found == "['http://minio:9000', 'eu-north-1']"


def test_a_workers_own_variables_come_first(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9000")
    found = on_a_worker(
        pickler.dumps(StoreSettings()), "AWS_ENDPOINT_URL", AWS_ENDPOINT_URL="http://minio:9000"
    )
    assert found == "['http://minio:9000']"


def test_no_secret_is_sent(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HF_TOKEN"):
        assert name not in VARIABLES
        monkeypatch.setenv(name, "a secret")
    assert b"a secret" not in pickle.dumps(Output("s3://news"))
