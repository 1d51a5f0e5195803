"""Has two runs meet on one output at random moments, and one more run put it right."""

import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pipeline import run as run_module
from pipeline.errors import ExitCode
from tests.faults import forks
from tests.faults.figures import count
from tests.faults.runs import ended, tag, write_input
from transforms import publish_tables

pytestmark = pytest.mark.faults

PAIRS = 50
KINDS = ("the same command", "other additions", "other settings", "an overwrite")
LEASES = ("no lease", "a lease", "a lease that is waited for")
SLOW = ((run_module, "plan_round"), (publish_tables, "publish_group"), None)
SLOW_SECONDS = 0.5
OTHER = ("--sentences", "none")


@dataclass(frozen=True)
class Pair:
    """Two runs, and what hinders them.

    Attributes:
      slow: the number in SLOW of what takes longer in the first run; the second run has the next.
    """

    folder: Path
    kind: str
    lease: str
    slow: int
    chance: random.Random

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def command(self, output: str, *flags: str) -> Callable[[], int]:
        inputs = self.folder / "in"
        return lambda: tag(inputs, str(self.folder / output), "--workers", "1", *flags)

    def flags(self, is_second: bool) -> tuple[str, ...]:
        if not is_second or self.kind in KINDS[:2]:
            return ()
        return OTHER if self.kind == "other settings" else (*OTHER, "--overwrite")

    def start(self, is_second: bool) -> int:
        waits = ("--wait", "5") if self.lease == LEASES[2] else ()
        command = self.command("out", *self.flags(is_second), *waits)

        def work() -> int:
            if self.lease == "no lease":
                run_module.hold = lambda *args: contextlib.nullcontext()  # type: ignore
            slow_down((self.slow + is_second) % len(SLOW))
            return command()

        return forks.start(work, self.log)

    def meet(self) -> list[int]:
        """Runs both; returns their exit codes."""
        first = self.start(False)
        time.sleep(self.chance.uniform(0, 2.5 * SLOW_SECONDS))
        if self.kind == "other additions":
            write_input(self.folder / "in", "later", self.chance)
        return [forks.wait(process) for process in (first, self.start(True))]


def slow_down(number: int) -> None:
    """Has what SLOW names at a number take longer in this process."""
    slow = SLOW[number]
    if slow is None:
        return
    module, name = slow
    go_on = getattr(module, name)

    def wait_and_go_on(*args: object, **kwargs: object) -> object:
        time.sleep(SLOW_SECONDS)
        return go_on(*args, **kwargs)

    setattr(module, name, wait_and_go_on)


def put_right(pair: Pair) -> tuple[str, ...]:
    """Gives one of the commands once more; returns its flags.

    Of two runs with other settings only one can be told to go on, and the other one is refused.
    """
    choices = [pair.flags(is_second) for is_second in (False, True)]
    if pair.kind == "an overwrite":
        choices.reverse()
    codes = []
    for flags in choices:
        codes.append(forks.call(pair.command("out", *flags), pair.log))
        if codes[-1] == ExitCode.DONE:
            return flags
    raise AssertionError(f"{codes}: {pair.log.read_text()[-5000:]}")


@pytest.mark.parametrize("seed", range(PAIRS))
def test_pairs_of_runs(tmp_path, seed):
    chance = random.Random(seed)
    kind, lease = KINDS[seed % 4], LEASES[seed // 4 % 3]
    pair = Pair(tmp_path, kind, lease, seed // 12 % 3, chance)
    (tmp_path / "in").mkdir()
    for name in "abc":
        write_input(tmp_path / "in", name, chance)
    if chance.random() < 0.5:  # both add to what is there already
        assert forks.call(pair.command("out"), pair.log) == ExitCode.DONE
        write_input(tmp_path / "in", "c", chance)
        write_input(tmp_path / "in", "d", chance)
    codes = pair.meet()
    # Without a lease, one may take away what the other one is about to read.
    known = (ExitCode.DONE, ExitCode.FAILED, ExitCode.WRONG_USAGE, ExitCode.DAMAGED)
    assert set(codes) <= {*known}, pair.log.read_text()[-5000:]
    flags = put_right(pair)
    assert forks.call(pair.command("fresh", *flags), pair.log) == ExitCode.DONE
    expected, found = (
        forks.ask(partial(ended, str(tmp_path / name)), pair.log) for name in ("fresh", "out")
    )
    assert found == expected, codes
    count(f"pairs of runs with {lease}: {kind}")
    count(f"runs of pairs that ended with {', '.join(map(str, sorted(map(int, codes))))}")
