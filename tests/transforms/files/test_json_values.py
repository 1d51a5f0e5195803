"""The values of JSON are found with their places, whatever is broken beside them."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.files.found import NotJsonError, RecordError
from transforms.files.json_values import find_values, holds_array


class Drops(io.BufferedReader):
    """Gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(io.BytesIO(data))
        self._size = size

    def read1(self, size: int = -1, /) -> bytes:
        return super().read(self._size)


def find(data, size=3, limit=100):
    """Returns (position, bytes or reason), and the message of what ended it."""
    found = []
    try:
        for position, value in find_values(Drops(data, size), limit):
            found.append((position, value.reason if isinstance(value, RecordError) else value))
    except NotJsonError as error:
        return found, str(error)
    return found, None


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text('a"\\[]{},: \n')),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\]}'), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.lists(VALUES, max_size=4),
    st.sampled_from([None, 0, 2]),
    st.sampled_from(["", "\ufeff", " \r\n\t"]),
    st.integers(1, 40),
)
def test_every_element_has_its_place_however_the_stream_is_cut(values, indent, before, size):
    data = (before + json.dumps(values, indent=indent)).encode()
    found, error = find(data, size, len(data))
    assert error is None
    texts = [value.decode() for _, value in found]
    assert json.dumps([json.loads(text) for text in texts]) == json.dumps(values)
    assert all(data[at:].startswith(value) for at, value in found)
    assert holds_array(data)


@given(
    st.lists(st.dictionaries(st.text('a"\\[]{}'), VALUES, max_size=3), max_size=4),
    st.sampled_from([None, 2]),
    st.integers(1, 40),
)
def test_objects_may_stand_one_after_another(values, indent, size):
    data = "\n".join(json.dumps(value, indent=indent) for value in values).encode()
    found, error = find(data, size, max(1, len(data)))
    assert error is None
    assert json.dumps([json.loads(value) for _, value in found]) == json.dumps(values)
    assert not holds_array(data)


@pytest.mark.parametrize(
    ("data", "found", "error"),
    [
        (b"", [], None),
        (b"[]", [], None),
        (b'[{"a": 1}] {"b": 2}\n[3]', [(1, b'{"a": 1}'), (11, b'{"b": 2}'), (21, b"3")], None),
        (b'[{"a" 1}, {"b": 2}]', [(1, b'{"a" 1}'), (10, b'{"b": 2}')], None),
        (
            b'[{"a": 1} {',
            [(1, b'{"a": 1}')],
            "expected a comma or the end of the array at 10, found {",
        ),
        (b"[1, ]", [(1, b"1")], "expected a value at 4"),
        (
            b"[1, 2",
            [(1, b"1"), (4, b"2")],
            "expected a comma or the end of the array at 5, found the end",
        ),
        (b"[1,", [(1, b"1")], "expected a value at 3, found the end"),
        (b'{} {"a": "b', [(0, b"{}")], "the file ends within the value that begins at 3"),
        (b'{} {"a": "\\', [(0, b"{}")], "the file ends within the value that begins at 3"),
        (b"{}\nThe end", [(0, b"{}")], "expected a value at 3"),
        (b"{},{}", [(0, b"{}")], "expected a value at 2"),
        (b"]", [], "expected a value at 0"),
        (b"-1.5e3 true nullo", [(0, b"-1.5e3"), (7, b"true")], "expected a value at 12"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 1000])
def test_what_is_no_json_ends_it_with_its_place(data, found, error, size):
    assert find(data, size) == (found, error)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_value_that_is_too_long_does_not_hide_the_next(size):
    long = b'{"text": "' + b"x" * 200 + b'"}'
    data = b"[%b, {}, %b]" % (long, long)
    assert find(data, size) == (
        [(1, "too_long"), (3 + len(long), b"{}"), (7 + len(long), "too_long")],
        None,
    )
