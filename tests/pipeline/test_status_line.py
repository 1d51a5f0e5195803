"""A line that is kept up to date for a person, and added to a log now and then."""

import logging

import pytest

from pipeline import live
from pipeline.live import Status
from pipeline.status_line import StatusLine, tell


@pytest.fixture
def shown(monkeypatch) -> list[Status | None]:
    """Makes a terminal of standard error; returns what its last line says, one after the other."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    statuses: list[Status | None] = []
    monkeypatch.setattr(live, "show", statuses.append)
    monkeypatch.setattr(live, "clear", lambda: statuses.append(None))
    return statuses


def test_in_a_log_it_is_a_line(caplog):
    with caplog.at_level(logging.INFO):
        status = StatusLine()
        status.show("1 of 2", Status(doing="tagging"))
        status.clear()
        tell("planning")
    assert caplog.messages == ["1 of 2"]


def test_on_a_terminal_it_is_rewritten_and_removed(shown):
    status = StatusLine()
    assert status.on_terminal
    status.show("1 of 2")
    status.show("2 of 2", Status(doing="tagging"))
    status.clear()
    tell("planning")
    assert shown == [
        Status(doing="1 of 2"),
        Status(doing="tagging"),
        None,
        Status(doing="planning"),
    ]


def test_a_terminal_that_cannot_rewrite_gets_lines(shown, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert not StatusLine().on_terminal
    tell("planning")
    assert shown == []


def test_it_is_due_when_the_last_line_has_stood_long_enough():
    status = StatusLine()
    assert not status.is_due
    status.pause_seconds = 0.0
    assert status.is_due
