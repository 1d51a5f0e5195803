"""Stores that throttle, deny, stall and break off: a job ends right, or says that it did not."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.faults import bad_proxy, forks
from tests.faults.figures import count
from tests.faults.runs import NAMES, Rows, ended, seen, tag
from tests.faults.stores import serving_process
from transforms.output.output import put_file

pytestmark = pytest.mark.faults

SEEDS = range(6)
VARIABLES = {"s3": "AWS_ENDPOINT_URL", "gs": "STORAGE_EMULATOR_HOST"}


def put_inputs(root: str, names: str, chance: random.Random) -> None:
    for name in names:
        texts = [" ".join(chance.choices(NAMES, k=5)) for _ in range(4)]
        lines = [json.dumps({"text": f"We met {text}."}) + "\n" for text in texts]
        put_file(f"{root}/{name}.jsonl", "".join(lines).encode())


@dataclass
class Proxy:
    """A server before a store, which makes trouble while it is told to."""

    kind: str
    folder: Path

    @contextmanager
    def standing(self, port: int, seed: int) -> Iterator[None]:
        """Has all requests to a store go by this proxy.

        It stands for a whole test, since Google's objects are told the address under which they
        were written, and are read from there.
        """
        share = random.Random(seed).choice([0.01, 0.03, 0.1])
        serve = partial(bad_proxy.serve, port, seed, share, self.folder)
        log = self.folder / "proxy.log"
        with serving_process(serve, log) as own_port, pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLES[self.kind], f"http://127.0.0.1:{own_port}")
            yield
        for trouble, often in Counter((self.folder / bad_proxy.NOTES).read_text().split()).items():
            count(f"troubles of {self.kind}: {trouble}", often)

    @contextmanager
    def hindering(self) -> Iterator[None]:
        notes = self.folder / bad_proxy.NOTES
        switch = self.folder / bad_proxy.SWITCH
        notes.touch()
        switch.touch()
        yield
        switch.unlink()


@pytest.mark.parametrize("kind", ["s3", "gs"])
@pytest.mark.parametrize("seed", SEEDS)
def test_jobs_on_a_store_that_makes_trouble(tmp_path, buckets, kind, seed):
    bucket, port = buckets(kind)
    proxy = Proxy(kind, tmp_path)
    with proxy.standing(port, seed):
        live(proxy, f"{bucket}/bad{seed}", random.Random(seed), is_addition=bool(seed % 2))


def live(proxy: Proxy, root: str, chance: random.Random, is_addition: bool) -> None:
    """Runs a job over a store that makes trouble, and once more over it when it is well."""
    inputs, output, log = f"{root}/in", f"{root}/out", proxy.folder / "log"
    forks.ask(lambda: put_inputs(inputs, "abc", chance), log)
    before: Rows | None = None
    if is_addition:
        assert run(inputs, output, log) == ExitCode.DONE
        before = forks.ask(lambda: seen(output), log)
        forks.ask(lambda: put_inputs(inputs, "cde", chance), log)
    assert run(inputs, f"{root}/fresh", log) == ExitCode.DONE
    after = forks.ask(lambda: seen(f"{root}/fresh"), log)
    with proxy.hindering():
        code = run(inputs, output, log)
    count(f"runs on a hindered {proxy.kind} that ended with {code}")
    assert code in (ExitCode.DONE, ExitCode.FAILED, ExitCode.WRONG_USAGE), said(log)
    check_seen(code, before, forks.ask(lambda: seen(output), log), after)
    assert run(inputs, output, log) == ExitCode.DONE, said(log)
    whole, fresh = (forks.ask(partial(ended, at), log) for at in (output, f"{root}/fresh"))
    assert whole == fresh


def check_seen(code: int, before: Rows | None, found: Rows | None, after: Rows) -> None:
    """A reader sees a whole state, in which an input that the store refused is told as a reject."""
    if found is not None and any('"unreadable"' in row for row in found.get("rejects", ())):
        count("runs with inputs that a hindered store had refused")
        for table in ("documents", "entities"):
            known = {*after.get(table, ()), *(before or {}).get(table, ())}
            assert {*found.get(table, ())} <= known
    else:
        # What has failed may have published all the same, where the answer to that was lost.
        assert found == after or (code != ExitCode.DONE and found == before)


def said(log: Path) -> str:
    return log.read_text()[-5000:]


def run(inputs: str, output: str, log: Path) -> int:
    return forks.call(lambda: tag(inputs, output, "--workers", "1"), log)
