"""A broken gzip member costs itself alone."""

import gzip
import itertools

import pytest

from transforms.files.gzip_members import BROKEN, decompress_members

PARTS = [bytes([65 + number]) * 3000 + b"\x1f\x8b\x08" for number in range(4)]


def compress(parts):
    return [gzip.compress(part, mtime=0) for part in parts]


def cut(data, size):
    return (data[at : at + size] for at in range(0, len(data), size))


def whole(pieces):
    """Returns what each member holds."""
    found: list[bytes] = []
    for piece in pieces:
        if piece.begins or not found:
            found.append(b"")
        found[-1] += piece.data
    return found


@pytest.mark.parametrize("size", [1, 7, 20, 1 << 20])
def test_members_come_out_one_by_one(size):
    assert whole(decompress_members(cut(b"".join(compress(PARTS)), size))) == PARTS


def test_zeros_between_members_are_passed_over():
    data = (b"\0" * 512).join(compress(PARTS))
    assert whole(decompress_members([data])) == PARTS


@pytest.mark.parametrize("size", [3, 1 << 20])
def test_a_broken_member_costs_itself_alone(size):
    members = compress(PARTS)
    broken = bytearray(members[1])
    broken[12:16] = b"\xff\xff\xff\xff"
    found = [*decompress_members(cut(members[0] + bytes(broken) + members[2] + members[3], size))]
    whole_members = whole(piece for piece in found if not piece.is_broken)
    assert [part for part in PARTS if part in whole_members] == [PARTS[0], *PARTS[2:]]
    assert sum(piece.is_broken for piece in found) >= 1
    assert all(piece.data == BROKEN for piece in found if piece.is_broken)


def test_a_member_without_an_end_is_told():
    data = b"".join(compress(PARTS))[:-12]
    pieces = decompress_members([data])
    assert whole(itertools.islice(pieces, 3)) == PARTS[:3]
    assert PARTS[3].startswith(next(pieces).data)
    with pytest.raises(EOFError):
        next(pieces)


def test_pieces_are_bounded():
    pieces = decompress_members([gzip.compress(b"\0" * 50_000_000)])
    assert max(len(piece.data) for piece in pieces) <= 1 << 20
