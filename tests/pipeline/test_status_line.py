"""A line that is rewritten for a person, and added to a log now and then."""

import logging

from pipeline.status_line import StatusLine


def test_in_a_log_it_is_a_line(caplog):
    with caplog.at_level(logging.INFO):
        status = StatusLine()
        status.show("1 of 2")
        status.clear()
    assert caplog.messages == ["1 of 2"]


def test_on_a_terminal_it_is_rewritten_and_removed(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    status = StatusLine()
    assert status.on_terminal
    status.show("1 of 2")
    status.clear()
    assert capsys.readouterr().err == "\r\x1b[K1 of 2\r\x1b[K"


def test_it_is_due_when_the_last_line_has_stood_long_enough():
    status = StatusLine()
    assert not status.is_due
    status.pause_seconds = 0.0
    assert status.is_due
