from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting.segments import Mention, cut_around, segments, size

PIECES = st.lists(
    st.one_of(
        st.text(min_size=1, max_size=40),
        st.text(min_size=1, max_size=20).map(lambda text: [text, 0, 0.5, None]),
    ),
    min_size=1,
    max_size=8,
)


def said(pieces):
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)


def test_the_pieces_are_the_sentence_and_offsets_count_code_points():
    text = "😀 Ann met Bo"
    found = segments(text, 100, [Mention(110, 112, 1, 0.5, "Bob"), Mention(102, 105, 0, 1, "Ann")])
    assert found == ["😀 ", ["Ann", 0, 1, None], " met ", ["Bo", 1, 0.5, "Bob"]]
    assert said(found) == text
    assert size(found) == len(text)


@given(PIECES, st.integers(0, 7), st.integers(1, 60))
def test_what_is_cut_has_the_piece_it_is_cut_around_and_is_short(pieces, focus, length):
    focus %= len(pieces)
    found = cut_around(pieces, focus, length)
    assert pieces[focus] in found
    assert size(found) <= max(length, size([pieces[focus]])) + 2
    if size(pieces) <= length:
        assert found == pieces
