"""Stores that throttle, deny, stall and break off: a job ends right, or says that it did not."""

import functools
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.faults import bad_proxy, forks
from tests.faults.figures import count
from tests.faults.runs import NAMES, Rows, ended, seen, tag
from tests.faults.stores import serving_process
from transforms.output.output import put_file

pytestmark = pytest.mark.faults

SEEDS = range(8)
VARIABLES = {"s3": "AWS_ENDPOINT_URL", "gs": "STORAGE_EMULATOR_HOST"}


def put_inputs(root: str, names: str, chance: random.Random) -> None:
    for name in names:
        texts = [" ".join(chance.choices(NAMES, k=5)) for _ in range(4)]
        lines = [json.dumps({"text": f"We met {text}."}) + "\n" for text in texts]
        put_file(f"{root}/{name}.jsonl", "".join(lines).encode())


@contextmanager
def hindered(kind: str, port: int, seed: int, folder: Path) -> Iterator[None]:
    """Has requests to a store go by a proxy that makes trouble of a share of them."""
    notes = folder / "notes"
    share = random.Random(seed).choice([0.01, 0.03, 0.1])
    proxy = functools.partial(bad_proxy.serve, port, seed, share, notes)
    with (
        serving_process(proxy, folder / "proxy.log") as proxy_port,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(VARIABLES[kind], f"http://127.0.0.1:{proxy_port}")
        yield
    for trouble, often in Counter(notes.read_text().split() if notes.exists() else ()).items():
        count(f"troubles of {kind}: {trouble}", often)


@pytest.mark.parametrize("kind", ["s3", "gs"])
@pytest.mark.parametrize("seed", SEEDS)
def test_jobs_on_a_store_that_makes_trouble(tmp_path, buckets, kind, seed):
    bucket, port = buckets(kind)
    root, log = f"{bucket}/bad{seed}", tmp_path / "log"
    inputs, output, fresh = f"{root}/in", f"{root}/out", f"{root}/fresh"
    chance = random.Random(seed)
    forks.ask(lambda: put_inputs(inputs, "abc", chance), log)
    if seed % 2:  # an addition
        assert run(inputs, output, log) == ExitCode.DONE
        forks.ask(lambda: put_inputs(inputs, "cde", random.Random(-seed)), log)
    before: Rows | None = forks.ask(lambda: seen(output), log)
    with hindered(kind, port, seed, tmp_path):
        code = run(inputs, output, log)
    count(f"runs on a hindered {kind} that ended with {code}")
    known = (ExitCode.DONE, ExitCode.FAILED, ExitCode.WRONG_USAGE)
    assert code in known, log.read_text()[-5000:]
    after = forks.ask(lambda: seen(output), log)
    assert code == ExitCode.DONE or after == before or after is not None
    assert run(inputs, output, log) == ExitCode.DONE, log.read_text()[-5000:]
    assert run(inputs, fresh, log) == ExitCode.DONE
    found, expected = (forks.ask(functools.partial(ended, at), log) for at in (output, fresh))
    assert found == expected


def run(inputs: str, output: str, log: Path) -> int:
    return forks.call(lambda: tag(inputs, output, "--workers", "1"), log)
