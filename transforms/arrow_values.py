"""Turns Arrow columns into Python values, whatever their types and whatever they hold."""

import functools
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

# Python has values of its own for these extensions; of others the stored values serve.
_WITH_MEANING = (pa.Bool8Type, pa.UuidType)


@dataclass(frozen=True, slots=True)
class Unfit:
    """A value that Python has no room for, such as a day after the year 9999."""

    text: str  # which value it is

    def __str__(self) -> str:
        return self.text


class Column:
    """A column of a batch; its Python values are made once, if they are asked for."""

    def __init__(self, array: pa.Array) -> None:
        self.array = _expand(array)

    @cached_property
    def values(self) -> list[Any]:
        return plain_values(self.array)


class Cell(NamedTuple):
    """A value of a record that came as Arrow."""

    column: Column
    row: int

    @property
    def value(self) -> Any:
        """Returns it as `plain_values` does."""
        return self.column.values[self.row]


def plain_values(array: pa.Array) -> list[Any]:
    """Returns the values of a column as Python objects, None for a null.

    No value makes it raise. Text that is no UTF-8 comes as bytes, and what Python has no room for
    as Unfit. What is finer than a microsecond is left out. A time whose zone is not known is given
    in UTC. A map is a list of pairs.

    Returns:
      (value,).
    """
    array = _decode(array)
    kind = array.type
    if pa.types.is_struct(kind):
        return _structs(array)
    if pa.types.is_map(kind):
        return _maps(array)
    if pa.types.is_nested(kind) and not pa.types.is_union(kind):
        return _lists(array, plain_values(array.flatten()))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _texts(array)
    if pa.types.is_temporal(kind) and not pa.types.is_interval(kind):
        return _times(array)
    return array.to_pylist()


def _expand(array: pa.Array) -> pa.Array:
    """Returns a column in a form that repeats equal values."""
    if isinstance(array, pa.DictionaryArray):
        return _expand(array.dictionary_decode())
    if isinstance(array, pa.RunEndEncodedArray):
        return _expand(pc.run_end_decode(array))
    return array


def _decode(array: pa.Array) -> pa.Array:
    """Returns a column of a plain type."""
    array = _expand(array)
    if isinstance(array, pa.ExtensionArray) and not isinstance(array.type, _WITH_MEANING):
        return _decode(array.storage)
    return array


def _structs(array: pa.StructArray) -> list[dict[str, Any] | None]:
    names = [field.name for field in array.type]
    columns = [plain_values(column) for column in array.flatten()]
    return [
        dict(zip(names, (column[row] for column in columns), strict=True)) if valid else None
        for row, valid in enumerate(array.is_valid().to_pylist())
    ]


def _maps(array: pa.MapArray) -> list[list[tuple[Any, Any]] | None]:
    # Of a slice, these two are still whole, and the offsets lead into them.
    pairs = list(zip(plain_values(array.keys), plain_values(array.items), strict=True))
    bounds = itertools.pairwise(array.offsets.to_pylist())
    return [
        pairs[start:end] if valid else None
        for valid, (start, end) in zip(array.is_valid().to_pylist(), bounds, strict=True)
    ]


def _lists(array: Any, entries: list[Any]) -> list[list[Any] | None]:
    """Cuts the entries of a column of lists; lists that are null have none."""
    lists: list[list[Any] | None] = []
    start = 0
    for row, valid in enumerate(array.is_valid().to_pylist()):
        end = start + len(array[row]) if valid else start
        lists.append(entries[start:end] if valid else None)
        start = end
    return lists


def _texts(array: Any) -> list[str | bytes | None]:
    try:
        return array.to_pylist()
    except UnicodeDecodeError:
        as_bytes = pa.large_binary() if pa.types.is_large_string(array.type) else pa.binary()
        return [_text(value) for value in array.cast(as_bytes).to_pylist()]


def _text(value: bytes | None) -> str | bytes | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return value


def _times(array: Any) -> list[Any]:
    in_python = _in_microseconds(array)
    try:
        return in_python.to_pylist()
    except (OverflowError, ValueError):
        return [_time(scalar) for scalar in in_python]


def _time(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return Unfit(f"{scalar.type} {scalar.value}")


def _in_microseconds(array: Any) -> Any:
    """Returns dates and times as far as they can become Python's."""
    kind = array.type
    if pa.types.is_timestamp(kind):
        zone = kind.tz and (kind.tz if _is_known(kind.tz) else "UTC")
        if kind.unit == "ns":
            array = _floor(array.view(pa.int64()), 1000).view(pa.timestamp("us"))
        return array.view(pa.timestamp(array.type.unit, zone))
    if pa.types.is_time64(kind):
        return array.cast(pa.time64("us"), safe=False)
    if pa.types.is_duration(kind) and kind.unit == "ns":
        return array.cast(pa.duration("us"), safe=False)
    return array


def _floor(numbers: pa.Array, divisor: int) -> pa.Array:
    """Divides whole numbers and rounds down, where Arrow rounds towards zero."""
    quotients = pc.divide(numbers, divisor)
    too_high = pc.greater(pc.multiply(quotients, divisor), numbers)
    return pc.subtract(quotients, too_high.cast(pa.int64()))


@functools.cache
def _is_known(zone: str) -> bool:
    """Tells whether Python's tables of time zones have a zone."""
    try:
        pa.scalar(datetime.fromtimestamp(0, UTC), pa.timestamp("us", zone)).as_py()
    except (KeyError, ValueError, OSError):
        return False
    return True
