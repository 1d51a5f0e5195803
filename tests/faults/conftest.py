"""What all tests of faults share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.faults import figures
from tests.faults.runs import use_quick_tagger
from tests.faults.stores import google_bucket, s3_bucket


@pytest.fixture(scope="package", autouse=True)
def quick_tagger() -> None:
    use_quick_tagger()


@pytest.fixture(scope="package")
def buckets(tmp_path_factory) -> Iterator[Callable[[str], tuple[str, int]]]:
    """Returns the root and the port of a store of a kind, which it starts once."""
    folder = tmp_path_factory.mktemp("stores")
    started: dict[str, tuple[str, int]] = {}
    with ExitStack() as stack:

        def start(kind: str) -> tuple[str, int]:
            if kind not in started:
                make = {"s3": s3_bucket, "gs": google_bucket}[kind]
                started[kind] = stack.enter_context(make(folder / f"{kind}.log"))
            return started[kind]

        yield start


def pytest_sessionfinish(session) -> None:
    if hasattr(session.config, "workeroutput"):  # in a process of pytest-xdist
        session.config.workeroutput["faults"] = dict(figures.FIGURES)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    figures.FIGURES.update(getattr(node, "workeroutput", {}).get("faults", {}))


def pytest_terminal_summary(terminalreporter) -> None:
    if figures.FIGURES:
        terminalreporter.section("faults")
        for line in figures.lines():
            terminalreporter.write_line(line)
