"""Reads the day of a date, in whatever form a record has it.

The day is that of the time as it is written: `2024-01-09T23:30:00-05:00` is January 9, although
it was the 10th in London by then. Times that have no day of their own, which are seconds since
1970-01-01, have that of UTC.
"""

import email.utils
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?")
# From so many on, a number counts milliseconds: as seconds it would be the year 5138.
_FIRST_MILLISECONDS = 1e11
# A smaller number is none of a time, unless it is said to be: 20240109 is something else.
_FIRST_TOLD_SECONDS = 1e8
# Python's own parser of such dates takes much else for one.
_RFC_2822 = re.compile(
    r"(?:[A-Za-z]{3,9},)?\s*\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s.*)?"
)


def parse_date(value: Any, formats: Sequence[str]) -> date:
    """Returns the day of a date.

    Args:
      value: a date or a datetime, a string, bytes of UTF-8, or a number.
      formats: tried in this order: names of choices.DATE_FORMATS, others as strptime reads them.

    Raises:
      ValueError: it is no date, or in none of the formats.

    >>> parse_date("Tue, 09 Jan 2024 23:30:00 EST", ["auto"])
    datetime.date(2024, 1, 9)
    """
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"a {type(value).__name__} is no date")
    for form in formats:
        found = _READERS[form](value) if form in _READERS else _read_as(str(value), form)
        if found:
            return found
    raise ValueError(f"{value!r} is in none of the formats {' '.join(formats)}")


def _read_auto(value: str | float) -> date | None:
    found = _read_iso_8601(value) or _read_rfc_2822(value)
    number = _number(value)
    is_time = number is not None and abs(number) >= _FIRST_TOLD_SECONDS
    return found or (_read_epoch(value) if is_time else None)


def _read_iso_8601(value: str | float) -> date | None:
    if not isinstance(value, str):
        return None
    value = value.strip()
    # Python takes the ninth of any characters for the T, so that numbers could look like dates.
    if _NUMBER.fullmatch(value) and len(value) != len("20240109"):
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None


def _read_rfc_2822(value: str | float) -> date | None:
    if not isinstance(value, str) or not _RFC_2822.fullmatch(value.strip()):
        return None
    found = email.utils.parsedate(value)
    try:
        return date(*found[:3]) if found else None
    except ValueError:
        return None


def _read_epoch(value: str | float) -> date | None:
    number = _number(value)
    if number is None:
        return None
    try:
        seconds = number / 1000 if abs(number) >= _FIRST_MILLISECONDS else number
        return (_EPOCH + timedelta(seconds=seconds)).date()
    except (OverflowError, ValueError):
        return None


def _number(value: str | float) -> float | None:
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value.strip()) else None
    try:
        return float(value)
    except OverflowError:
        return None


def _read_as(value: str, form: str) -> date | None:
    try:
        return datetime.strptime(value.strip(), form).date()
    except ValueError:
        return None


_READERS: dict[str, Callable[[str | float], date | None]] = {
    "auto": _read_auto,
    "iso8601": _read_iso_8601,
    "rfc2822": _read_rfc_2822,
    "epoch": _read_epoch,
}
