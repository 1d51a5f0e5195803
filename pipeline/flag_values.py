"""Reads the values of flags; what cannot be right is an error of argparse that says why."""

import argparse
from collections.abc import Callable

from pipeline.settings import TAB
from transforms.files.encodings import canonical

_MINUTES_A_YEAR = 365 * 24 * 60


def at_least(lowest: int) -> Callable[[str], int]:
    """Returns what reads a whole number that is no less than `lowest`; it may have commas."""

    def parse(value: str) -> int:
        number = int(value.replace(",", "").replace("_", ""))
        if number < lowest:
            raise argparse.ArgumentTypeError(f"must be at least {lowest}, got {value}")
        return number

    parse.__name__ = "whole number"
    return parse


def encoding(value: str) -> str:
    """Reads the name of an encoding of text."""
    try:
        return canonical(value)
    except LookupError as error:
        message = f"must be an encoding of text that Python knows, got {value!r}"
        raise argparse.ArgumentTypeError(message) from error


def delimiter(value: str) -> str:
    """Reads a character, or the word tab for one that is hard to write."""
    if value in ("\t", "\\t"):
        return TAB
    if value != TAB and (len(value) != 1 or value in '"\r\n'):
        raise argparse.ArgumentTypeError(f"must be one character or the word tab, got {value!r}")
    return value


def workers(value: str) -> int | None:
    """Reads a number of processes; None stands for auto."""
    return None if value == "auto" else at_least(1)(value)


workers.__name__ = "whole number, or auto,"


def minutes(value: str) -> float:
    """Reads a number of minutes, more than 0 and at most a year."""
    number = float(value)
    if not 0 < number <= _MINUTES_A_YEAR:
        raise argparse.ArgumentTypeError(
            f"must be more than 0 and at most {_MINUTES_A_YEAR:,}, got {value}"
        )
    return number


def ratio(value: str) -> float:
    """Reads a number from 0 to 1."""
    number = float(value)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1, got {value}")
    return number
