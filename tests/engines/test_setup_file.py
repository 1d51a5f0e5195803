"""Workers that lack this package: Beam's own boot program installs it from --setup_file."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import apache_beam
import pytest

from tests.engines.conftest import free_port, go_program, serving, tables_at

pytestmark = pytest.mark.engines


@pytest.fixture
def bare_python(tmp_path, monkeypatch):
    """An environment with all that this one has but the project."""
    monkeypatch.delenv("PYTHONPATH")  # by which workers of tests find tests/ and the project
    folder = tmp_path / "bare"
    venv.create(folder, with_pip=False)
    packages = next(folder.glob("lib/python*/site-packages"))
    for package in Path(apache_beam.__file__).parents[1].iterdir():
        if "news_entities" not in package.name:
            (packages / package.name).symlink_to(package)
    return folder / "bin" / "python"


@pytest.fixture
def worker_pool(bare_python, tmp_path):
    """The address of a pool that starts workers as Beam's container images do."""
    port = free_port()
    boot = tmp_path / "boot"
    program = go_program("boot", "sdks/v2/python/container")
    # Its folder for what is staged, by default /tmp, goes with the test's.
    boot.write_text(f'#!/bin/sh\nexec {program} --semi_persist_dir={tmp_path} "$@"\n')
    boot.chmod(0o755)
    arguments = [f"--service_port={port}", f"--container_executable={boot}"]
    environment = {
        **os.environ,
        "PATH": f"{bare_python.parent}{os.pathsep}{os.environ['PATH']}",
        # Without it, an environment is made in a folder of root's.
        "RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT": "1",
    }
    module = "apache_beam.runners.worker.worker_pool_main"
    log = tmp_path / "pool.log"
    command = [str(bare_python), "-m", module, *arguments]
    with serving(command, port, log, cwd=tmp_path, env=environment):
        yield f"localhost:{port}"
    sys.stderr.write(log.read_text())


def test_the_package_is_installed_where_workers_lack_it(
    local_tables, job_service, worker_pool, bare_python, tmp_path
):
    imports = [bare_python, "-c", "import pipeline, transforms"]
    assert subprocess.run(imports, cwd=tmp_path, capture_output=True).returncode == 1
    flags = ["--runner", "PortableRunner", "--job_endpoint", job_service]
    flags += ["--environment_type", "EXTERNAL", "--environment_config", worker_pool]
    assert tables_at(tmp_path / "out", *flags, "--setup_file", "setup.py") == local_tables
    assert subprocess.run(imports, cwd=tmp_path).returncode == 0
