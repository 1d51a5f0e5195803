"""Prism, the real binary, and the portable job service that comes with Beam."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.checkpoints import albert_checkpoint
from tests.engines.conftest import JOB_SECONDS, free_port, go_program, serving, tables_at
from tests.integration.test_command import NEWS, command
from transforms.files.store_settings import VARIABLES
from transforms.output.output import Output

pytestmark = pytest.mark.engines


@pytest.fixture
def worker_pool(s3, tmp_path):
    """The address of a bare worker pool, which knows neither where S3 is nor its region."""
    port = free_port()
    # It starts the first python of its path.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    module = "apache_beam.runners.worker.worker_pool_main"
    arguments = [sys.executable, "-m", module, f"--service_port={port}"]
    log = tmp_path / "pool.log"
    with serving(arguments, port, log, env={**environment, "PATH": path}):
        yield f"localhost:{port}"


def prism():
    """The flags that have Prism run a job."""
    program = go_program("prism", "sdks/v2/go/cmd/prism")
    return ("--runner", "PrismRunner", "--prism_location", program)


def test_prism_gives_the_same_bytes(local_tables, tmp_path):
    # A job may take longer than one answer.
    flags = (*prism(), "--job_server_timeout", 3)
    assert tables_at(tmp_path / "out", *flags) == local_tables


def test_prism_adds_to_an_output_as_the_local_runner_does(tmp_path):
    news = tmp_path / "news"
    news.mkdir()
    for name in ("northern-ledger.csv", "meridian-wire.jsonl"):
        shutil.copy(NEWS / name, news)
    runs = [(tmp_path / "local", ()), (tmp_path / "prism", prism())]
    for output, flags in runs:
        tables_at(output, *flags, inputs=news)
    shutil.copy(NEWS / "gdansk-shipyard.txt", news)
    with (news / "meridian-wire.jsonl").open("a") as wire:
        wire.write('{"text": "Maria Okafor met Ann in Gdynia."}\n')
    local, other = (tables_at(output, *flags, inputs=news) for output, flags in runs)
    assert local == other
    assert any("-r" in path for path in local)


def test_a_portable_job_service_gives_the_same_bytes(local_tables, job_service, tmp_path):
    flags = ("--runner", "PortableRunner", "--job_endpoint", job_service)
    assert tables_at(tmp_path / "out", *flags, "--environment_type", "LOOPBACK") == local_tables


def test_a_bare_worker_pool_finds_buckets_where_the_launcher_does(
    s3, job_service, worker_pool, tmp_path
):
    albert = albert_checkpoint(tmp_path / "albert")
    for path in albert.iterdir():
        s3.put(f"albert/{path.name}", path.read_bytes())
    s3.put("in/a.jsonl", b'{"text": "Maria Okafor met Ann in Gdynia."}\n')
    flags = ("--input", f"{s3.root}/in", "--output", f"{s3.root}/out")
    model = ("--model", f"{s3.root}/albert")
    runner = ("--runner", "PortableRunner", "--job_endpoint", job_service)
    workers = ("--environment_type", "EXTERNAL", "--environment_config", worker_pool)
    endpoint = ("--s3_endpoint_url", os.environ["AWS_ENDPOINT_URL"])
    done = command(*flags, *model, *runner, *workers, *endpoint, timeout=JOB_SECONDS)
    assert done.returncode == 0, done.stderr
    output = Output(f"{s3.root}/out")
    assert json.loads(output.get("manifest.json") or b"{}")["counts"]["documents"] == 1
