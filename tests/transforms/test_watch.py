"""A watch over work that hangs, by a clock of its own."""

import logging
import re
import subprocess
import sys
import time

import pytest

from tests.places import HANG_SECONDS, ROOT
from transforms import pulse
from transforms.watch import StalledError, Watch

LIMIT = 600


class Clock:
    """Stands still but for the test, and begins when the process last made progress."""

    def __init__(self) -> None:
        self.seconds = time.monotonic()

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ends():
    return []


@pytest.fixture
def watch(clock, ends):
    watch = Watch(LIMIT, clock, ends.append)
    yield watch
    watch.close()


def test_work_without_progress_ends_the_process(watch, clock, ends):
    with watch.over("document 'a'"):
        clock.seconds += LIMIT
        watch.look()
    assert isinstance(ends[0], StalledError)
    assert str(ends[0]) == "no progress for 10 minutes with document 'a'"


def test_a_beat_is_progress(watch, clock, ends, monkeypatch):
    with watch.over("document 'a'"):
        clock.seconds += LIMIT
        monkeypatch.setattr(pulse, "_last", clock.seconds - 1)
        watch.look()
    assert ends == []


def test_a_process_with_nothing_in_hand_may_wait(watch, clock, ends):
    with watch.over("document 'a'"):
        pass
    clock.seconds += 2 * LIMIT
    watch.look()
    with watch.over("document 'b'"):
        watch.look()
    assert ends == []


def test_the_log_tells_what_is_waited_for(watch, clock, caplog):
    with watch.over("document 'a'"), caplog.at_level(logging.WARNING):
        for _ in range(5):
            clock.seconds += LIMIT / 8
            watch.look()
    said = "no progress for {} minutes with document 'a'; after 10 minutes the process ends"
    assert caplog.messages == [said.format(minutes) for minutes in ("2.5", "3.75", "5")]


HANGS = """
import threading
from transforms.watch import Watch

with Watch(0.5).over("document 'a'"):
    {}
"""


# The second one, a search that backtracks for years, lets no other thread run.
@pytest.mark.parametrize(
    ("work", "words"),
    [
        ("threading.Event().wait()", "no progress for .* minutes with document 'a'"),
        ("import re; re.match('(a+)+b', 'a' * 99)", r"File \"<string>\", line 6"),
    ],
)
def test_a_process_that_hangs_is_ended_and_says_where(work, words):
    done = subprocess.run(
        [sys.executable, "-c", HANGS.format(work)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == 1
    assert re.search(words, done.stderr)
