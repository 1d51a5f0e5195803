"""What can be told of the container file without building it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import apache_beam
import pytest

from tests.places import HANG_SECONDS, ROOT

TEXT = re.sub(r"(?m)^#.*\n", "", (ROOT / "deploy" / "Dockerfile").read_text())
STEPS = [
    (word, rest)
    for word, _, rest in (s.partition(" ") for s in TEXT.replace("\\\n", "").split("\n"))
]
ARGUMENTS = dict(rest.split("=", 1) for word, rest in STEPS if word == "ARG")


def steps(word: str) -> list[str]:
    return [rest for found, rest in STEPS if found == word]


def test_every_step_is_one_that_docker_knows():
    known = {"ARG", "COPY", "ENTRYPOINT", "ENV", "FROM", "RUN", "WORKDIR"}
    assert {word for word, _ in STEPS if word} == known


def test_what_is_copied_is_there():
    names = [name for name in steps("COPY") if not name.startswith("--from=")]
    sources = [source for name in names for source in name.split()[:-1]]
    assert "setup.py" in sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_stages_copy_from_stages_before_them():
    stages: list[str] = []
    for word, rest in STEPS:
        if word == "FROM":
            stages.append(rest.rpartition(" AS ")[2])
        elif rest.startswith("--from="):
            assert rest.split()[0].removeprefix("--from=") in stages
    assert stages == ["beam", "template", "worker", "launcher"]


def test_versions_are_those_that_the_project_is_tested_with():
    assert ARGUMENTS["BEAM"] == apache_beam.__version__
    assert f"apache-beam=={ARGUMENTS['BEAM']}" in (ROOT / "constraints.txt").read_text().split("\n")
    short = "python" + ARGUMENTS["PYTHON"].replace(".", "")
    assert [image for image in steps("FROM") if f"/{short}-template-launcher" in image]


def test_extras_are_known():
    [install] = [step for step in steps("RUN") if "pip install" in step]
    [extras] = re.findall(r'"\.\[(.*)\]"', install)
    assert all(f'"{extra}": [' in (ROOT / "setup.py").read_text() for extra in extras.split(","))


def test_every_package_of_ours_is_copied():
    ours = {path.parent.name for path in ROOT.glob("*/py.typed")}
    assert "pipeline" in ours
    assert ours - {step.split()[0] for step in steps("COPY")} == set()


def test_the_models_health_is_checked_by_a_command_that_holds(tmp_path):
    [check] = [step for step in steps("RUN") if step.startswith("--network=none ")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-c", check.removeprefix("--network=none ")]
    environment = {**os.environ, "PATH": path, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, timeout=HANG_SECONDS
    )
    assert done.returncode == 0, done.stderr
    assert b"Columbus" in done.stdout


@pytest.mark.parametrize("flags", [[], ["--help"]], ids=["flags", "help"])
def test_the_launcher_starts_the_command_on_dataflow(flags):
    launch = ROOT / "deploy" / "dataflow" / "launch.py"
    [entry] = [step for step in steps("ENV") if step.startswith("FLEX_TEMPLATE_PYTHON_PY_FILE=")]
    assert entry.endswith(f"/{launch.name}")
    done = subprocess.run(
        [sys.executable, launch, *flags], capture_output=True, text=True, timeout=HANG_SECONDS
    )
    assert (done.returncode, "--input" in done.stdout + done.stderr) == (0 if flags else 2, True)
