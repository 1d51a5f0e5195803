"""Lines have their places, and neither long nor blank ones cost more than their bytes."""

import io

from hypothesis import given
from hypothesis import strategies as st

from transforms.files.found import RecordError
from transforms.files.lines import BLANK, EMPTY, Lines


class Counting(io.RawIOBase):
    """A stream of bytes that counts how many were read."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = self._data.readinto(buffer)
        self.taken += size
        return size


def lines_of(data, limit=1000, **where):
    return Lines(io.BufferedReader(Counting(data), 64), 0, limit, **where)


def split_at_newlines(data: bytes) -> list[tuple[int, bytes]]:
    lines, position = [], 0
    while position < len(data):
        end = data.find(b"\n", position) + 1 or len(data)
        lines.append((position, data[position:end]))
        position = end
    return lines


LINES = st.lists(st.binary(max_size=60), max_size=6).map(b"\n".join)


@given(LINES, st.integers(1, 50))
def test_lines_have_their_places_and_only_long_ones_are_cut(data, limit):
    found = list(lines_of(data, limit))
    for (place, line), (start, whole) in zip(found, split_at_newlines(data), strict=True):
        assert place == start
        if isinstance(line, RecordError):
            assert line.reason == "too_long"
            assert len(whole) >= limit
        else:
            assert line == whole


@given(LINES, st.integers(1, 50), st.integers(0, 200))
def test_no_line_is_read_that_begins_at_the_end_or_after_it(data, limit, end):
    found = [place for place, _ in lines_of(data, limit, end=end)]
    assert found == [place for place, _ in split_at_newlines(data) if place < end]


@given(st.text(" \t\r\n{").map(str.encode))
def test_blank_lines_are_passed_over_and_no_others(data):
    for kind, ends in ((BLANK, None), (EMPTY, b"\r\n")):
        lines = lines_of(data)
        lines.skip_all(kind)
        found = list(lines)
        passed = split_at_newlines(data)[: len(split_at_newlines(data)) - len(found)]
        assert split_at_newlines(data)[len(passed) :] == found
        assert not any(line.strip(ends) for _, line in passed)


def test_many_blank_lines_are_few_steps():
    data = b"\n" * 100_000 + b" \r\n" * 100_000
    lines = Lines(io.BufferedReader(Counting(data), 128 << 10), 0, 1000)
    lines.skip_all(EMPTY)
    assert next(lines) == (100_000, b" \r\n")
    steps = 0
    for _ in lines:  # each buffer may end within a line
        lines.skip_all(BLANK)
        steps += 1
    assert steps <= 4


def test_a_long_line_is_read_no_further_than_where_lines_are_wanted():
    data = b"x" * (8 << 20)
    for skips in (True, False):
        raw = Counting(data)
        lines = Lines(io.BufferedReader(raw, 4096), 0, 1000, end=1 << 20)
        if skips:
            lines.skip_line()
        assert len(list(lines)) == (0 if skips else 1)
        assert raw.taken < 2 << 20
