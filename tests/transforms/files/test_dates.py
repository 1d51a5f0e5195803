"""Dates are read in the forms that records have them in, and never guessed at."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.arrow_values import Unfit
from transforms.choices import DATE_FORMATS
from transforms.files.dates import parse_date

NINTH = date(2024, 1, 9)


@pytest.mark.parametrize(
    "value",
    [
        NINTH,
        datetime(2024, 1, 9, 23, 59),
        datetime(2024, 1, 9, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
        "2024-01-09",
        " 2024-01-09 ",
        "20240109",
        "2024-01-09T23:30:00-05:00",
        "2024-01-09 23:30:00",
        "2024-01-09T23:30:00Z",
        b"2024-01-09",
        "Tue, 09 Jan 2024 23:30:00 GMT",
        "Tue, 09 Jan 2024 23:30:00 +0000",
        "Tue, 09 Jan 2024 23:30:00 EST",
        "Tue, 9 Jan 2024 23:30 PST",
        "9 Jan 24 23:30:00 UT",
        "Tuesday, 09-Jan-24 23:30:00 GMT",
        1_704_790_923,
        1_704_790_923.5,
        1_704_790_923_000,
        "1704790923",
        "1704790923000",
    ],
    ids=repr,
)
def test_a_date_tells_its_form_by_its_looks(value):
    assert parse_date(value, ["auto"]) == NINTH


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "09/01/2024",  # of January or of September
        "9 January 2024",
        "2024",
        "2024-01",
        "2024-02-30",
        "32 Jan 2024 23:30:00 GMT",
        "Tue, 09 Foo 2024 23:30:00 GMT",
        20240109,
        "1712120100000000000",
        0,
        -5,
        10**400,
        float("nan"),
        float("inf"),
        True,
        [2024, 1, 9],
        {"year": 2024},
        time(1, 2),
        Unfit("timestamp[s] 1"),
        b"\xff",
        "٢٠٢٤",
    ],
    ids=repr,
)
def test_what_is_no_date_by_its_looks_is_not_guessed_at(value):
    with pytest.raises(ValueError, match=r"is no date|is in none of|invalid start byte"):
        parse_date(value, ["auto"])


def test_a_number_of_13_digits_is_no_date_of_its_first_8():
    # Python's parser reads the first of these as 1712-12-01 at 00:00.
    assert parse_date("1712120100000", ["auto"]) == date(2024, 4, 3)


@pytest.mark.parametrize(
    ("value", "form", "found"),
    [
        ("26-FEB-1987 15:01", "%d-%b-%Y %H:%M", date(1987, 2, 26)),
        (20240109, "%Y%m%d", NINTH),
        ("09/01/2024", "%d/%m/%Y", NINTH),
        ("09/01/2024", "%m/%d/%Y", date(2024, 9, 1)),
        (0, "epoch", date(1970, 1, 1)),
        ("-1", "epoch", date(1969, 12, 31)),
        ("2024-01-09", "iso8601", NINTH),
        ("Tue, 09 Jan 2024 23:30:00 EST", "rfc2822", NINTH),
    ],
)
def test_a_form_can_be_given(value, form, found):
    assert parse_date(value, [form]) == found


@pytest.mark.parametrize("form", ["iso8601", "rfc2822", "%d/%m/%Y"])
def test_a_form_that_is_given_is_the_only_one(form):
    with pytest.raises(ValueError, match="is in none of the formats"):
        parse_date(1_704_790_923, [form])


def test_forms_are_tried_in_their_order():
    assert parse_date("03/04/2024", ["iso8601", "%d/%m/%Y", "%m/%d/%Y"]) == date(2024, 4, 3)
    assert parse_date("03/14/2024", ["iso8601", "%d/%m/%Y", "%m/%d/%Y"]) == date(2024, 3, 14)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary()), st.sampled_from(DATE_FORMATS))
def test_nothing_but_a_value_error_comes_of_a_value(value, form):
    try:
        found = parse_date(value, [form])
    except ValueError:
        return
    assert date.min <= found <= date.max


@given(st.datetimes(min_value=datetime(1973, 3, 4), timezones=st.just(UTC)))
def test_seconds_and_milliseconds_are_told_by_size(moment):
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    if seconds < 1e11:
        assert parse_date(int(seconds), ["auto"]) == moment.date()
        assert parse_date(int(seconds * 1000), ["auto"]) == moment.date()
