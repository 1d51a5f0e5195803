from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting.periods import count_documents, find_periods, make_periods
from pipeline.reporting.sql import make_table


@given(st.dates(), st.dates())
def test_every_day_is_in_one_period_and_the_curve_is_bounded(one, other):
    first, last = min(one, other), max(one, other)
    periods = make_periods(first, last)
    starts = periods.starts
    assert starts[-1] <= last <= periods.end
    assert starts == tuple(sorted({*starts}))
    assert len(starts) <= 125
    if len(starts) < 120:
        assert starts[0] <= first


@pytest.mark.parametrize(
    ("days", "unit"), [(0, "day"), (70, "day"), (71, "week"), (501, "month"), (3701, "year")]
)
def test_the_longer_the_time_the_longer_its_periods(days, unit):
    assert make_periods(date(2020, 2, 29), date(2020, 2, 29) + timedelta(days)).unit == unit


def counted(dates):
    with duckdb.connect() as connection:
        make_table(connection, "documents", "date DATE", [(each,) for each in dates])
        periods = find_periods(connection)
        return periods, count_documents(connection, periods)


def test_documents_are_counted_by_period_and_those_without_a_date_are_not():
    periods, counts = counted([date(2024, 1, 31), date(2024, 1, 1), date(2026, 2, 1), None])
    assert periods.unit == "month"
    assert (periods.titles[0], periods.titles[-1], len(counts)) == ("2024-01", "2026-02", 26)
    assert (counts[0], counts[-1], sum(counts)) == (2, 1, 3)


def test_a_few_dates_far_from_all_others_do_not_flatten_the_curve():
    days = [date(2024, 1, 1) + timedelta(i % 60) for i in range(600)]
    periods, counts = counted([*days, date(1970, 1, 1), date(2099, 1, 1)])
    assert periods.unit == "day"
    assert sum(counts) >= 590


def test_without_dates_there_are_no_periods():
    assert counted([None])[0].starts == ()
    assert counted([])[1] == []
