"""Prism, the real binary, and the portable job service that comes with Beam."""

import os
import socket
import subprocess
import sys

import apache_beam
import pytest

from tests.engines.conftest import CACHE
from tests.integration.test_command import NEWS, command, wait_for
from tests.jobs import tables_of
from transforms.storage import Output

pytestmark = pytest.mark.engines

BUILD_SECONDS = 600


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    return tables_at(tmp_path_factory.mktemp("local") / "out", "--workers", 1)


@pytest.fixture(scope="module")
def prism(tmp_path_factory):
    """Prism of the same version as Beam, built once into the user's cache."""
    folder = CACHE / f"prism-{apache_beam.__version__}"
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
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    module = "apache_beam.runners.portability.local_job_service_main"
    arguments = ["--port", str(port), "--staging_dir", str(tmp_path / "staged")]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen([sys.executable, "-m", module, *arguments], stderr=log)
    try:
        wait_for(lambda: listens(port, server), f"the job service on port {port}")
        yield f"localhost:{port}"
    finally:
        server.kill()
        server.wait()


def listens(port, server):
    assert server.poll() is None, "the job service ended at its start"
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
