"""What the tests of other engines share: programs built once, servers, and the local run."""

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import apache_beam
import pytest

from tests.integration.test_command import NEWS, command, wait_for
from tests.jobs import tables_of
from transforms.output.output import Output

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "news-entities"
BUILD_SECONDS = 600
JOB_SECONDS = 400


def go_program(name: str, module: str) -> Path:
    """Returns a program of Beam's, of the version that is installed, built once into the cache."""
    version = apache_beam.__version__
    program = CACHE / f"{name}-{version}" / module.rpartition("/")[2]
    if not program.exists():
        subprocess.run(
            ["go", "install", f"github.com/apache/beam/{module}@v{version}"],
            env={**os.environ, "GOBIN": str(program.parent)},
            timeout=BUILD_SECONDS,
            check=True,
        )
    return program


def environment(name: str, packages: Sequence[str]) -> Path:
    """Returns the Python of an environment with packages, made once into the cache."""
    version = hashlib.sha256(" ".join((sys.version, *packages)).encode()).hexdigest()[:8]
    folder = CACHE / f"{name}-{version}"
    ready = folder / "ready"
    python = folder / "bin" / "python"
    if not ready.exists():
        _run(sys.executable, "-m", "venv", "--clear", folder)
        uv = (sys.executable, "-m", "uv", "--quiet", "pip", "install")
        try:
            _run(*uv, "--python", python, *packages)
        except subprocess.CalledProcessError:  # as environment.sh does: only pip may get through
            _run(python, "-m", "pip", "install", "--quiet", *packages)
        ready.touch()
    return python


def _run(*command: object) -> None:
    subprocess.run([*map(str, command)], timeout=BUILD_SECONDS, check=True)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving(arguments: Sequence[str], port: int, log: Path, **options: object) -> Iterator[None]:
    """Runs a server in a process of its own, from when it listens on its port."""
    with log.open("w") as stream:
        server = subprocess.Popen(arguments, stdout=stream, stderr=stream, **options)  # type: ignore[call-overload]
    try:
        wait_for(lambda: listens(port, server, log), f"a server on port {port}")
        yield
    finally:
        server.terminate()  # a worker pool then ends its workers
        try:
            server.wait(30)
        finally:
            server.kill()


def listens(port: int, server: subprocess.Popen, log: Path) -> bool:
    assert server.poll() is None, f"a server ended at its start:\n{log.read_text()}"
    with socket.socket() as trial:
        return trial.connect_ex(("localhost", port)) == 0


@pytest.fixture
def job_service(tmp_path):
    """The address of Beam's own job service."""
    port = free_port()
    module = "apache_beam.runners.portability.local_job_service_main"
    arguments = ["--port", str(port), "--staging_dir", str(tmp_path / "staged")]
    with serving([sys.executable, "-m", module, *arguments], port, tmp_path / "service.log"):
        yield f"localhost:{port}"


@pytest.fixture(scope="session")
def local_tables(tmp_path_factory):
    """The published files of the examples, tagged in process."""
    return tables_at(tmp_path_factory.mktemp("local") / "out")


def tables_at(output: Path, *flags: object, inputs: Path = NEWS) -> dict[str, bytes]:
    """Tags the examples, or others; returns the published files."""
    arguments = ("--input", inputs, "--output", output, "--precision", "fp32", *flags)
    done = command(*arguments, timeout=JOB_SECONDS)
    assert done.returncode == 0, done.stderr
    return tables_of(Output(str(output)))
