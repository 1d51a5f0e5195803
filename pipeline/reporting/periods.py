"""Cuts the time of an output's documents into days, weeks, months or years."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from pipeline.reporting.sql import row, rows

# The longest time that is shown by each unit, in days.
_UNITS = {"day": 70, "week": 500, "month": 3700}
_LONGEST = 120  # years
# A date far from all others is mostly a mistake, such as 1970-01-01: without these shares at both
# ends, the time must be at least so much shorter for them to be left out.
_ENDS, _SHORTER = 0.005, 0.5


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of curves.

    Attributes:
      unit: day, week, month or year.
      starts: the first day of each period; none where no document has a date.
    """

    unit: str
    starts: tuple[date, ...]

    @property
    def end(self) -> date:
        """The day after the last period."""
        return _next(self.starts[-1], self.unit)

    @property
    def titles(self) -> list[str]:
        """How the periods are called, such as 2024-01.

        >>> Periods("month", (date(2024, 1, 1),)).titles
        ['2024-01']
        """
        length = {"year": 4, "month": 7}.get(self.unit, 10)
        return [start.isoformat()[:length] for start in self.starts]


def find_periods(connection: duckdb.DuckDBPyConnection) -> Periods:
    """Chooses the periods for the dates of the documents."""
    first, last, low, high = row(
        connection,
        f"""SELECT min(date), max(date),
            quantile_disc(date, {_ENDS}), quantile_disc(date, {1 - _ENDS})
        FROM documents""",
    )
    if first is None:
        return Periods("day", ())
    days, middle_days = (last - first).days, (high - low).days
    if days > _UNITS["day"] and middle_days < days * _SHORTER:
        first, last = low, high
    return make_periods(first, last)


def make_periods(first: date, last: date) -> Periods:
    """Returns the periods from one day to another, these included."""
    days = (last - first).days
    unit = next((unit for unit, longest in _UNITS.items() if days <= longest), "year")
    starts = [*_starts(first, last, unit)]
    return Periods(unit, tuple(starts[-_LONGEST:] if unit == "year" else starts))


def count_documents(connection: duckdb.DuckDBPyConnection, periods: Periods) -> list[int]:
    """Returns how many documents are dated in each period."""
    if not periods.starts:
        return []
    found = dict(
        rows(
            connection,
            f"""SELECT date_trunc('{periods.unit}', date)::DATE, count(*) FROM documents
            WHERE date >= ? AND date < ? GROUP BY 1""",
            [periods.starts[0], periods.end],
        )
    )
    return [found.get(start, 0) for start in periods.starts]


def _starts(first: date, last: date, unit: str) -> Iterator[date]:
    start = _start(first, unit)
    while start <= last:
        yield start
        if (start.year, unit) == (date.max.year, "year"):
            return
        start = _next(start, unit)


def _start(day: date, unit: str) -> date:
    if unit == "week":  # on a Monday, as DuckDB has it
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    return {"month": day.replace(day=1), "year": day.replace(month=1, day=1)}.get(unit, day)


def _next(start: date, unit: str) -> date:
    days = {"day": 1, "week": 7, "month": 31, "year": 366}[unit]
    if (date.max - start).days < days:
        return date.max
    return _start(start + timedelta(days=days), unit)
