"""No value of any Arrow type keeps its column from becoming Python values."""

import datetime as dt
import decimal
import math
import uuid

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.arrow_values import Cell, Column, Unfit, plain_values

EPOCH = dt.datetime(1970, 1, 1)
INTS = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.sampled_from([0, -1, -(2**63)]))
BYTES = st.one_of(st.none(), st.binary(max_size=5), st.sampled_from([b"\xff", b"2024-01-09", b""]))
# Four bytes each, of which views of other types can be made.
SMALL_INTS = st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1))
ZONES = (None, "UTC", "Europe/Berlin", "+05:30", "Mars/Olympus", "America", "")
UNITS = ("s", "ms", "us", "ns")


def views(kind, values):
    """A column of a type, whose values are the bits of others: all that the type can hold."""
    stored = pa.int32() if kind.bit_width == 32 else pa.int64()
    return st.lists(values, max_size=4).map(lambda drawn: pa.array(drawn, stored).view(kind))


def of(kind, values):
    return st.lists(values, max_size=4).map(lambda drawn: pa.array(drawn, kind))


def texts(kind, stored):
    return st.lists(BYTES, max_size=4).map(lambda drawn: pa.array(drawn, stored).view(kind))


LEAVES = st.one_of(
    of(pa.null(), st.none()),
    of(pa.bool_(), st.one_of(st.none(), st.booleans())),
    of(pa.int64(), INTS),
    of(pa.uint8(), st.one_of(st.none(), st.integers(0, 255))),
    of(pa.float64(), st.one_of(st.none(), st.floats(allow_nan=False))),
    of(pa.float16(), st.one_of(st.none(), st.floats(width=16, allow_nan=False))),
    of(pa.decimal128(38, 4), st.one_of(st.none(), st.just(decimal.Decimal("-1.5")))),
    of(pa.binary(), BYTES),
    of(pa.binary(3), st.one_of(st.none(), st.binary(min_size=3, max_size=3))),
    texts(pa.string(), pa.binary()),
    texts(pa.large_string(), pa.large_binary()),
    texts(pa.string(), pa.binary()).map(pc.dictionary_encode),
    of(pa.uuid(), st.one_of(st.none(), st.binary(min_size=16, max_size=16))),
    views(pa.date32(), SMALL_INTS),
    views(pa.date64(), INTS),
    views(pa.time32("s"), SMALL_INTS),
    views(pa.time64("us"), INTS),
    views(pa.time64("ns"), INTS),
    *(views(pa.duration(unit), INTS) for unit in UNITS),
    *(views(pa.timestamp(unit, zone), INTS) for unit in UNITS for zone in ZONES),
)


@st.composite
def nested(draw, of_what):
    """A column of lists, maps or structs of the values of another column."""
    inner = draw(of_what)
    size = len(inner)
    ends = sorted(draw(st.lists(st.integers(0, size), max_size=3)))
    offsets = [0, *ends]
    has_nulls = draw(st.booleans()) and len(offsets) > 1
    if has_nulls:
        offsets = [*offsets[:-2], None, offsets[-1]] if len(offsets) > 2 else offsets
    make = draw(st.sampled_from(["list", "large_list", "map", "struct"]))
    if make == "struct":
        mask = pa.array([draw(st.booleans()) for _ in range(size)], pa.bool_())
        return pa.StructArray.from_arrays([inner, inner], ["a", "b"], mask=mask)
    if make == "map":
        keys = pa.array([str(i) for i in range(size)], pa.string())
        return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), keys, inner)
    if make == "large_list":
        return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), inner)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), inner)


# Parquet has none of these, and lists of them can hardly be handled.
RUNS = of(pa.string(), st.sampled_from([None, "a", "b"])).map(pc.run_end_encode)
ARRAYS = st.one_of(LEAVES, RUNS, nested(LEAVES), nested(nested(LEAVES)))
"""Columns of nearly every type, with nulls and all values but NaN, which equals nothing."""


@given(ARRAYS, st.integers(0, 2))
def test_every_value_of_every_type_becomes_a_python_value(array, start):
    values = plain_values(array[start:])
    assert len(values) == max(0, len(array) - start)
    assert values == plain_values(array)[start:]
    valid = array[start:].is_valid().to_pylist()
    if not isinstance(array, pa.RunEndEncodedArray):  # its nulls are those of its values
        assert [value is not None for value in values] == valid


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([1, None]), [1, None]),
        (pa.array([[1, None], None, []]), [[1, None], None, []]),
        (pa.array([[1, None], None], pa.large_list(pa.int8())), [[1, None], None]),
        (pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2)), [[1, 2], None, [3, 4]]),
        (
            pa.array([[("a", 1), ("b", None)], None], pa.map_(pa.string(), pa.int8())),
            [[("a", 1), ("b", None)], None],
        ),
        (pa.array([{"a": [None]}, None]), [{"a": [None]}, None]),
        (pa.array([b"a", b"\xff", None]).view(pa.string()), ["a", b"\xff", None]),
        (pa.array(["a", None]).dictionary_encode(), ["a", None]),
        (pa.array([uuid.UUID(int=7).bytes], pa.uuid()), [uuid.UUID(int=7)]),
        (pa.array([True, None]), [True, None]),
        (pa.array([decimal.Decimal("1.50")]), [decimal.Decimal("1.50")]),
        (
            pa.array([1_704_790_923_000_000_001, -1], pa.timestamp("ns")),
            [dt.datetime(2024, 1, 9, 9, 2, 3), EPOCH - dt.timedelta(microseconds=1)],
        ),
        (pa.array([3_661_000_000_001], pa.time64("ns")), [dt.time(1, 1, 1)]),
        (pa.array([1_001], pa.duration("ns")), [dt.timedelta(microseconds=1)]),
        (pa.array([2**62], pa.timestamp("ms")), [Unfit("timestamp[ms] 4611686018427387904")]),
        (pa.array([2**30], pa.date32()), [Unfit("date32[day] 1073741824")]),
        (pa.array([2**62], pa.duration("s")), [Unfit("duration[s] 4611686018427387904")]),
    ],
    ids=str,
)
def test_values_are_those_that_python_has(array, values):
    assert plain_values(array) == values


def test_a_time_is_in_its_zone_and_in_utc_where_that_is_not_known():
    evening = [1_704_839_400]  # 2024-01-09 22:30 in UTC
    for zone, day in [("Europe/Berlin", 9), ("Asia/Tokyo", 10), ("Mars/Olympus", 9)]:
        for unit, factor in (("s", 1), ("ns", 10**9)):
            array = pa.array([evening[0] * factor], pa.timestamp(unit, zone))
            assert plain_values(array)[0].date() == dt.date(2024, 1, day)


def test_the_values_of_a_column_are_made_once():
    column = Column(pa.array([[1], None]))
    assert Cell(column, 0).value is Cell(column, 0).value
    assert Cell(column, 1).value is None


def test_structs_may_name_a_field_twice():
    array = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    assert plain_values(array) == [{"a": 2}]


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()], ids=str)
def test_floats_are_floats_whatever_their_width(kind):
    half, nothing, nan = plain_values(pa.array([1.5, None, math.nan], kind))
    assert (half, nothing) == (1.5, None)
    assert math.isnan(nan)
