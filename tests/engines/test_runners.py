"""Prism, the real binary, and the portable job service that comes with Beam."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import apache_beam
import pytest

from tests.checkpoints import albert_checkpoint
from tests.integration.test_command import NEWS, command, wait_for
from tests.jobs import tables_of
from transforms.storage import Output
from transforms.stores import VARIABLES

pytestmark = pytest.mark.engines

BUILD_SECONDS = 600


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    return tables_at(tmp_path_factory.mktemp("local") / "out", "--workers", 1)


@pytest.fixture(scope="module")
def prism(tmp_path_factory):
    """Prism of the same version as Beam, built once into the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "news-entities" / f"prism-{apache_beam.__version__}"
    if not (folder / "prism").exists():
        module = f"github.com/apache/beam/sdks/v2/go/cmd/prism@v{apache_beam.__version__}"
        subprocess.run(
            ["go", "install", module],
            env={**os.environ, "GOBIN": str(folder)},
            timeout=BUILD_SECONDS,
            check=True,
        )
    return folder / "prism"


@pytest.fixture
def job_service(tmp_path):
    """The address of Beam's own job service, in a process of its own."""
    port = free_port()
    arguments = ("--port", port, "--staging_dir", tmp_path / "staged")
    with served("apache_beam.runners.portability.local_job_service_main", port, *arguments):
        yield f"localhost:{port}"


@pytest.fixture
def worker_pool(s3):
    """The address of a bare worker pool, which knows neither where S3 is nor its region."""
    port = free_port()
    # It starts the first python of its path.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    module = "apache_beam.runners.worker.worker_pool_main"
    with served(module, port, "--service_port", port, env={**environment, "PATH": path}):
        yield f"localhost:{port}"


def free_port():
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def served(module, port, *arguments, env=None):
    """Runs a module's server in a process of its own."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=env)
    try:
        wait_for(lambda: listens(port, server), f"{module} on port {port}")
        yield
    finally:
        server.terminate()  # a pool ends its workers when it is told to
        try:
            server.wait(30)
        finally:
            server.kill()


def listens(port, server):
    assert server.poll() is None, "the server ended at its start"
    with socket.socket() as trial:
        return trial.connect_ex(("localhost", port)) == 0


def tables_at(output, *flags):
    done = command("--input", NEWS, "--output", output, "--precision", "fp32", *flags)
    assert done.returncode == 0, done.stderr
    return tables_of(Output(str(output)))


def test_prism_gives_the_same_bytes(local, prism, tmp_path):
    flags = ("--runner", "PrismRunner", "--prism_location", prism)
    assert tables_at(tmp_path / "out", *flags) == local


def test_a_portable_job_service_gives_the_same_bytes(local, job_service, tmp_path):
    flags = ("--runner", "PortableRunner", "--job_endpoint", job_service)
    assert tables_at(tmp_path / "out", *flags, "--environment_type", "LOOPBACK") == local


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
    done = command(*flags, *model, *runner, *workers, *endpoint)
    assert done.returncode == 0, done.stderr
    output = Output(f"{s3.root}/out")
    assert json.loads(output.get("manifest.json") or b"{}")["counts"]["documents"] == 1
