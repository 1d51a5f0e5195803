"""Every error that ends a command knows its exit code."""

import signal

import pytest

from pipeline import errors
from pipeline.errors import CommandError, DamagedError, ExitCode, JobError, Stopped, UsageError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("x"), ExitCode.FAILED),
        (JobError("x"), ExitCode.FAILED),
        (UsageError("x"), ExitCode.WRONG_USAGE),
        (DamagedError("x"), ExitCode.DAMAGED),
        (Stopped(signal.SIGINT), 130),
        (Stopped(signal.SIGTERM), 143),
    ],
)
def test_an_error_knows_its_exit_code(error, code):
    assert error.exit_code == code


def test_a_stop_says_what_became_of_the_job():
    assert str(Stopped(signal.SIGTERM)) == "Stopped by SIGTERM."
    assert str(Stopped(signal.SIGTERM, "It goes on.")) == "Stopped by SIGTERM. It goes on."


def test_the_drawing_names_every_error_of_this_file():
    drawn = errors.__doc__ or ""
    classes = [thing for thing in vars(errors).values() if isinstance(thing, type)]
    for error in classes:
        if issubclass(error, BaseException) and error.__module__ == errors.__name__:
            assert error.__name__ in drawn
