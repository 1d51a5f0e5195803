"""Two runs on one output: neither loses a row nor writes one twice, even without a lease."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import launch
from pipeline import run as run_module
from pipeline.errors import ExitCode
from pipeline.logs import TEXT, set_up_logs
from tests.fakes import load_capital_tagger, write_texts
from tests.integration.test_additions import folders, rows_of, tag
from tests.places import HANG_SECONDS, ROOT
from transforms import publish_tables, write_manifest

ANOTHER_RUN = """
import contextlib, sys
from pathlib import Path
from pipeline import launch, run
from tests.fakes import load_capital_tagger
from tests.integration.test_additions import tag
launch.load_tagger = lambda *args, **kwargs: load_capital_tagger()
run.hold = lambda *args: contextlib.nullcontext()
sys.exit(tag(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
"""

MOMENTS = {
    "when it has looked at the output": (run_module, "plan_round"),
    "when it has stored its plan": (run_module, "run_graph"),
    "when it publishes": (publish_tables, "publish_group"),
    "when it writes the manifest": (write_manifest, "list_parts"),
}


@pytest.fixture(autouse=True)
def without_lease(monkeypatch):
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
    monkeypatch.setattr(run_module, "hold", lambda *args: contextlib.nullcontext())
    set_up_logs(TEXT)


def another_run(inputs: Path, output: Path, *flags: str) -> None:
    command = [sys.executable, "-c", ANOTHER_RUN, str(inputs), str(output), *flags]
    subprocess.run(command, check=True, cwd=ROOT, timeout=HANG_SECONDS)


def once_before(monkeypatch, moment: str, happen: Callable[[], None]) -> None:
    """Has something happen when a run comes to a moment for the first time."""
    module, name = MOMENTS[moment]
    go_on = getattr(module, name)

    def happen_and_go_on(*args, **kwargs):
        monkeypatch.setattr(module, name, go_on)
        happen()
        return go_on(*args, **kwargs)

    monkeypatch.setattr(module, name, happen_and_go_on)


@pytest.mark.parametrize(
    ("moment", "is_first"),
    [*((moment, False) for moment in MOMENTS), ("when it publishes", True)],
)
def test_what_another_run_publishes_meanwhile_stays(tmp_path, monkeypatch, moment, is_first):
    inputs, output = folders(tmp_path)
    write_texts(inputs, a="Ann met Bob.", b="Rome is old.")
    if not is_first:
        assert tag(inputs, output) == ExitCode.DONE
        write_texts(inputs, b="Oslo is new now.", c="Cy saw Ann.")

    def add_and_run():
        write_texts(inputs, d="Dan met Eve in Oslo.", e="Eve saw Rome.")
        another_run(inputs, output)

    once_before(monkeypatch, moment, add_and_run)
    assert tag(inputs, output) == ExitCode.DONE
    assert tag(inputs, output) == ExitCode.DONE
    fresh = tmp_path / "fresh"
    assert tag(inputs, fresh) == ExitCode.DONE
    assert rows_of(output) == rows_of(fresh)


def test_an_overwriting_run_is_noticed(tmp_path, monkeypatch):
    inputs, output = folders(tmp_path)
    write_texts(inputs, a="Ann met Bob.", b="Rome is old.")
    others = ("--overwrite", "--sentences", "none")
    once_before(monkeypatch, "when it publishes", lambda: another_run(inputs, output, *others))
    with pytest.raises(run_module.UsageError, match="sentences"):
        tag(inputs, output)
    shutil.copytree(output, tmp_path / "kept")
    assert tag(inputs, output, *others) == ExitCode.DONE
    assert rows_of(output) == rows_of(tmp_path / "kept")
