"""Disks that are full or read-only: a run fails in order, and the next one ends right."""

import random
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.faults import forks
from tests.faults.figures import count
from tests.faults.runs import Rows, ended, left_over, seen, tag, write_input

pytestmark = pytest.mark.faults

PAGE = 4096
# A run over three inputs takes some fifty pages.
ROOMS = range(0, 60, 10)
FAILURES = (ExitCode.FAILED, ExitCode.WRONG_USAGE)


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A small file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder))
    if done.returncode:
        pytest.skip(f"needs root, to mount a small disk: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["mount", *words], capture_output=True, text=True)


def remount(disk: Path, options: str) -> None:
    done = mount("-o", f"remount,{options}", str(disk))
    assert done.returncode == 0, done.stderr


def command(tmp_path: Path, output: Path) -> Callable[[], int]:
    return lambda: tag(tmp_path / "in", str(output), "--workers", "1")


def make_output(tmp_path: Path, output: Path, is_addition: bool, chance: random.Random) -> None:
    """Writes inputs, and leaves something to do."""
    (tmp_path / "in").mkdir()
    for name in "ab":
        write_input(tmp_path / "in", name, chance)
    if is_addition:
        assert forks.call(command(tmp_path, output), tmp_path / "log") == ExitCode.DONE
    for name in "bc":
        write_input(tmp_path / "in", name, chance)


def leave(disk: Path, pages: int) -> None:
    """Fills a disk until so many pages are left."""
    remount(disk, "size=4m")
    told = subprocess.run(["stat", "-f", "-c", "%a", str(disk)], capture_output=True, check=True)
    with (disk / "filler").open("wb") as stream:
        stream.write(bytes(PAGE * (int(told.stdout) - pages)))


def fail_and_go_on(tmp_path: Path, output: Path, mend: Callable[[], object], what: str) -> None:
    """Runs once in want and once without; nothing half-written stays, and the rows are right."""
    log = tmp_path / "log"
    before = forks.ask(lambda: seen(str(output)), log)
    code = forks.call(command(tmp_path, output), log)
    count(f"runs on {what} that ended with {code}")
    assert code in (ExitCode.DONE, *FAILURES), log.read_text()[-5000:]
    assert left_over(str(output)) == []
    after: Rows | None = forks.ask(lambda: seen(str(output)), log)
    mend()
    assert forks.call(command(tmp_path, output), log) == ExitCode.DONE, log.read_text()[-5000:]
    assert forks.call(command(tmp_path, tmp_path / "fresh"), log) == ExitCode.DONE
    expected, found = (
        forks.ask(partial(ended, str(root)), log) for root in (tmp_path / "fresh", output)
    )
    assert found == expected
    assert after in (before, forks.ask(lambda: seen(str(output)), log))


@pytest.mark.parametrize("is_addition", [False, True], ids=["first", "addition"])
@pytest.mark.parametrize("pages", ROOMS)
def test_a_disk_that_gets_full(tmp_path, disk, pages, is_addition):
    output = disk / "out"
    make_output(tmp_path, output, is_addition, random.Random(pages))
    leave(disk, pages)
    fail_and_go_on(tmp_path, output, lambda: (disk / "filler").unlink(), "a full disk")


@pytest.mark.parametrize("is_addition", [False, True], ids=["first", "addition"])
def test_a_disk_that_is_read_only(tmp_path, disk, is_addition):
    output = disk / "out"
    make_output(tmp_path, output, is_addition, random.Random(0))
    remount(disk, "ro")
    fail_and_go_on(tmp_path, output, lambda: remount(disk, "rw"), "a read-only disk")
