"""Kills jobs at random moments, over and over, and reads their output after each."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.faults import forks
from tests.faults.figures import count
from tests.faults.runs import Rows, damage, ended, kill, mend, seen, tag, write_input

pytestmark = pytest.mark.faults

KINDS = ("addition", "revision", "overwrite", "repair")
LOCAL_SEEDS = range(24)
BUCKET_SEEDS = range(2)
# Of a history on a local disk, and of one with workers.
KILLS = ("process", "process", "process", "process", "group")
WORKER_KILLS = ("worker", "worker", "group", "worker", "process", "worker")


@dataclass
class History:
    """An output that is killed, its twin that is not, and the inputs of both.

    Attributes:
      workers: of the runs over the output.
      groups: the process groups of killed runs, whose workers may be left.
      whole: the rows that a reader may see besides those of the step to come; None where a run
        that was killed is not gone on with before the inputs change again.
    """

    folder: Path
    output: str
    twin: str
    chance: random.Random
    place: str
    settings: tuple[str, ...] = ()
    workers: int = 1
    whole: Sequence[Rows | None] | None = (None,)
    damaged: frozenset[str] = frozenset()
    groups: list[int] = field(default_factory=list)

    @property
    def inputs(self) -> Path:
        return self.folder / "in"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def command(self, kind: str, output: str) -> Callable[[], int]:
        workers = self.workers if output == self.output else 1
        flags = ("--workers", str(workers), *self.settings)
        if kind == "repair":
            return lambda: mend(output)
        if kind == "overwrite":
            flags += ("--overwrite",)
        return lambda: tag(self.inputs, output, *flags)

    def prepare(self, kind: str) -> None:
        """Changes the inputs, the settings or the output, so that there is something to do."""
        there = sorted(file.stem for file in self.inputs.iterdir())
        if kind == "first":
            for name in "abc":
                write_input(self.inputs, name, self.chance)
        elif kind == "addition":
            for _ in range(2):
                write_input(self.inputs, f"n{self.chance.randrange(10**6)}", self.chance)
        elif kind == "revision":
            write_input(self.inputs, self.chance.choice(there), self.chance)
        elif kind == "overwrite":
            self.settings = () if self.settings else ("--sentences", "none")
        elif kind == "repair":
            self._damage()

    def _damage(self) -> None:
        self.end(self.command("addition", self.output))  # only what has ended can be repaired
        seed = self.chance.random()
        paths = [
            forks.ask(partial(damage, root, random.Random(seed)), self.log)
            for root in (self.twin, self.output)
        ]
        self.damaged = frozenset(paths[1:])

    def run_clean(self, kind: str) -> tuple[float, Rows]:
        """Does a step with the twin; returns the seconds that it took, and what is there then."""
        begin = time.monotonic()
        self.end(self.command(kind, self.twin))
        seconds = time.monotonic() - begin
        return seconds, forks.ask(lambda: seen(self.twin), self.log)

    def end(self, command: Callable[[], int]) -> None:
        count(f"runs on {self.place} that went to their end")
        assert forks.call(command, self.log) == 0, self.log.read_text()[-5000:]

    def kill_once(self, kind: str, seconds: float, after: Rows, whom: str) -> None:
        process = forks.start(self.command(kind, self.output), self.log)
        time.sleep(self.chance.uniform(0, seconds))
        kill(process, whom, self.chance, forks.descendants(process))
        code = forks.wait(process)
        self.groups.append(process)
        assert code < 0 or code in (ExitCode.DONE, ExitCode.FAILED), self.log.read_text()[-5000:]
        happened = "kills" if code < 0 or whom == "worker" else "late kills"
        count(f"{happened} on {self.place}: {kind}, {whom}")
        self.look(kind, after)

    def look(self, kind: str, after: Rows) -> None:
        rows = forks.ask(lambda: seen(self.output, self.damaged), self.log)
        if self.whole is None or (self.damaged and rows == {}):
            return
        allowed = [*self.whole, after, *([None] if kind == "overwrite" else [])]
        assert rows in allowed, f"after a killed {kind}"

    def finish(self, kind: str, after: Rows) -> None:
        self.end(self.command(kind, self.output))
        self.damaged = frozenset()
        self.whole = [after]
        assert forks.ask(lambda: seen(self.output), self.log) == after

    def check_end(self) -> None:
        fresh = f"{self.output}-fresh"
        self.end(self.command("fresh", fresh))
        expected, found = (
            forks.ask(partial(ended, root), self.log) for root in (fresh, self.output)
        )
        assert found == expected


@contextmanager
def begin(tmp_path: Path, root: str, seed: int, place: str) -> Iterator[History]:
    (tmp_path / "in").mkdir()
    name = f"{root}/out-{seed}"
    history = History(tmp_path, name, f"{name}-twin", random.Random(seed), place)
    try:
        yield history
    finally:
        for group in history.groups:
            forks.end_group(group)


def live(history: History, kinds: list[str], kills: Sequence[str]) -> None:
    """Does step after step, and kills each of them, until no kill is left; then compares."""
    left = history.chance.sample(kills, len(kills))
    for kind in kinds:
        history.prepare(kind)
        seconds, after = history.run_clean(kind)
        for _ in range(-(-len(kills) // len(kinds))):
            if left:
                history.kill_once(kind, seconds, after, left.pop())
        # Some runs are not gone on with before the inputs change once more.
        if kind in ("first", "addition", "revision") and history.chance.random() < 0.3:
            history.whole = None
        else:
            history.finish(kind, after)
    history.end(history.command("last", history.output))
    history.check_end()


def steps(seed: int, often: int) -> list[str]:
    """Begins with a first job; a repair comes only where the step before it was finished."""
    chance = random.Random(seed)
    return ["first", *(chance.choice(KINDS[:3]) for _ in range(often - 2)), KINDS[seed % 4]]


@pytest.mark.parametrize("seed", LOCAL_SEEDS)
def test_kills_on_a_local_disk(tmp_path, seed):
    with begin(tmp_path, str(tmp_path), seed, "a local disk") as history:
        live(history, steps(seed, 3), KILLS)


@pytest.mark.parametrize("kind", ["s3", "gs"])
@pytest.mark.parametrize("seed", BUCKET_SEEDS)
def test_kills_with_an_output_in_a_bucket(tmp_path, buckets, kind, seed):
    root, _ = buckets(kind)
    with begin(tmp_path, root, seed, kind) as history:
        live(history, ["first", *KINDS[2 * seed : 2 * seed + 2]], ["process"] * 4)


def test_kills_of_workers_and_of_what_started_them(tmp_path):
    with begin(tmp_path, str(tmp_path), 0, "a local disk, of 2 workers") as history:
        live_with_workers(history)


def live_with_workers(history: History) -> None:
    seconds = seconds_with_workers(history)
    left = list(WORKER_KILLS)
    for kind in ("first", "addition"):
        history.prepare(kind)
        _, after = history.run_clean(kind)
        history.workers = 2
        for _ in range(3):
            history.kill_once(kind, seconds, after, left.pop())
        history.workers = 1  # what is left takes the less time so
        history.finish(kind, after)
    history.check_end()


def seconds_with_workers(history: History) -> float:
    """Returns how long a run of two workers takes here, over other inputs."""
    folder = history.folder / "measured"
    folder.mkdir()
    write_input(folder, "a", history.chance)
    begin = time.monotonic()
    history.end(lambda: tag(folder, f"{history.output}-measured", "--workers", "2"))
    return time.monotonic() - begin
