"""The line that tells how far a job is, which is never the end of the job."""

import logging
import threading

import pytest

from pipeline import progress as progress_module
from pipeline.live import Status
from pipeline.progress import Progress
from tests.places import HANG_SECONDS
from transforms import pulse
from transforms.output.output import Output
from transforms.output.receipts import save_receipt
from transforms.records import Receipt

PLAN_ID = "0" * 16


class CountingOutput(Output):
    """Remembers what was read, and fails while it is told to."""

    def __init__(self, root: str) -> None:
        object.__setattr__(self, "root", root)
        object.__setattr__(self, "read", [])
        object.__setattr__(self, "is_down", threading.Event())
        object.__setattr__(self, "looks", threading.Semaphore(0))

    read: list[str]
    is_down: threading.Event
    looks: threading.Semaphore

    def names(self, path: str) -> list[str]:
        self.looks.release()
        if self.is_down.is_set():
            raise OSError("503 slow down")
        return super().names(path)

    def get(self, path: str) -> bytes | None:
        self.read.append(path)
        return super().get(path)


class Clock:
    """Goes only when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now():
    return Clock()


@pytest.fixture
def output(tmp_path):
    return CountingOutput(str(tmp_path))


def put_receipts(output: Output, *numbers: int, words: int = 100) -> None:
    for number in numbers:
        receipt = Receipt(
            block_id=f"{number:05}",
            group=0,
            part=0,
            staged=[],
            inputs=[],
            sentences=1,
            words=words,
        )
        save_receipt(output, PLAN_ID, receipt)


def test_what_was_done_before_counts_and_is_not_read(output, now):
    put_receipts(output, 1, 2, 3)
    progress = Progress(output, PLAN_ID, 10, now)
    progress.look()
    assert progress.line() == "3 of about 10 blocks, just begun"
    assert output.read == []


def test_before_the_first_receipt_it_says_since_when_the_job_runs(output, now):
    progress = Progress(output, PLAN_ID, 1, now)
    progress.look()
    assert progress.line() == "0 of about 1 block, just begun"
    now.seconds = 90.0
    progress.look()
    assert progress.line() == "0 of about 1 block, begun 1:30 ago"


def test_the_speed_is_that_of_the_blocks_since_the_start(output, now):
    put_receipts(output, 1, 2, 3)
    progress = Progress(output, PLAN_ID, 10, now)
    progress.look()
    put_receipts(output, 4, 5)
    now.seconds = 20.0
    progress.look()
    assert progress.line() == "5 of about 10 blocks, 10 words/s, 0:50 left"


def test_the_time_left_goes_down_with_the_clock_while_blocks_are_in_hand(output, now):
    progress = Progress(output, PLAN_ID, 3, now)
    progress.look()
    put_receipts(output, 1)
    lines = []
    for now.seconds in (20.0, 30.0, 59.0, 61.0, 90.0):
        progress.look()
        lines.append(progress.line().removeprefix("1 of about 3 blocks, 5 words/s, "))
    assert lines == ["0:40 left", "0:30 left", "0:01 left", "soon done", "soon done"]
    put_receipts(output, 2)
    progress.look()
    assert progress.line() == "2 of about 3 blocks, 2 words/s, 0:45 left"


def test_more_blocks_than_were_guessed_are_all_that_there_are(output, now):
    progress = Progress(output, PLAN_ID, 1, now)
    progress.look()
    put_receipts(output, 1, 2)
    now.seconds = 10.0
    progress.look()
    assert progress.line() == "2 of about 2 blocks, 20 words/s, soon done"


def test_each_receipt_is_read_once_and_few_at_once(output, now, monkeypatch):
    monkeypatch.setattr(progress_module, "_READ_AT_ONCE", 2)
    progress = Progress(output, PLAN_ID, 4, now)
    progress.look()
    put_receipts(output, 1, 2, 3)
    now.seconds = 10.0
    for read in (2, 3, 3):
        progress.look()
        assert len(output.read) == read
        assert progress.line().startswith("3 of about 4 blocks, 30 words/s")


def test_nothing_is_asked_for_before_the_job_starts(output, monkeypatch):
    monkeypatch.setattr(threading.Thread, "start", lambda self: None)
    monkeypatch.setattr(threading.Thread, "join", lambda self, timeout: None)
    with Progress(output, PLAN_ID, blocks=1):
        assert not output.looks.acquire(blocking=False)


def test_a_look_that_fails_is_skipped(output, caplog):
    progress = Progress(output, PLAN_ID, blocks=2)
    output.is_down.set()
    with caplog.at_level(logging.INFO):
        progress.report()
        assert "no progress to be seen: OSError: 503 slow down" in caplog.text
        put_receipts(output, 1)
        output.is_down.clear()
        progress.report()
    assert "1 of about 2 blocks" in caplog.text


def test_a_log_gets_its_first_line_with_the_first_look_and_then_has_pauses(output, now, caplog):
    progress = Progress(output, PLAN_ID, 1, now)
    with caplog.at_level(logging.INFO):
        for now.seconds in (0.0, 1.0, 2.0):
            progress.report()
    assert caplog.messages == ["0 of about 1 block, just begun"]


def test_a_bucket_is_not_asked_every_second(output, now):
    object.__setattr__(output, "root", "s3://bucket/out")
    object.__setattr__(output, "names", lambda path: output.looks.release() or [])
    progress = Progress(output, PLAN_ID, 1, now)
    for now.seconds in (0.0, 1.0, 29.0, 31.0):
        progress.report()
    assert [output.looks.acquire(blocking=False) for _ in range(3)] == [True, True, False]


def test_it_looks_on_a_thread_of_its_own_until_the_job_ends(output):
    with Progress(output, PLAN_ID, blocks=2):
        assert output.looks.acquire(timeout=HANG_SECONDS)
    assert "progress" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture
def tagged():
    """Tags words of a block in this process."""

    def tag(words: int, share: float) -> None:
        pulse.begin_block()
        pulse.begin_words(words)
        pulse.expect(100)
        pulse.beat(int(100 * share))

    yield tag
    if pulse.is_in_hand():
        pulse.end_block()


def test_a_terminal_sees_how_far_a_block_of_this_process_is(output, now, tagged):
    put_receipts(output, 1)
    progress = Progress(output, PLAN_ID, 4, now)
    progress.look()
    assert progress.status() == Status(
        doing="tagging", share=0.25, amount="1 of about 4 blocks", speed="", left=""
    )
    tagged(1000, 0.25)
    assert progress.status().share == 1.25 / 4
    assert progress.status().speed == ""  # it has just begun
    now.seconds = 10.0
    pulse.beat(50)
    status = progress.status()
    assert (status.share, status.speed, status.left) == (1.75 / 4, "50 words/s", "0:45 left")
    assert progress.line() == "1 of about 4 blocks, begun 0:10 ago"


def test_of_other_processes_blocks_are_seen(output, now):
    progress = Progress(output, PLAN_ID, 4, now)
    progress.look()
    put_receipts(output, 1)
    now.seconds = 10.0
    progress.look()
    status = progress.status()
    assert (status.share, status.speed, status.left) == (0.25, "10 words/s", "0:30 left")


def test_when_all_blocks_are_done_it_publishes(output, now, tagged):
    progress = Progress(output, PLAN_ID, 1, now)
    progress.look()
    tagged(100, 1)
    assert progress.status().doing == "tagging"
    pulse.end_block()
    put_receipts(output, 1)
    now.seconds = 10.0
    progress.look()
    assert progress.status().doing == "publishing"
    assert progress.status().share == 1.0
    assert progress.status().left == ""
