"""Rows of csv and tsv, however broken their quotes are."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inputs import FIELDS, MAX_CHARS, extent, read, write
from transforms.files import csv_rows
from transforms.files.fields import DocumentFields
from transforms.files.formats import scan
from transforms.files.found import ColumnsError, reason_of
from transforms.files.lines import Lines


def test_csv_cells_may_hold_newlines_commas_and_quotes(tmp_path):
    data = b'id,text\r\n1,"a, ""b""\nc"\r\n\r\n2,d\r\n'
    assert read(write(tmp_path / "a.csv", data), "csv") == [
        (9, {"id": "1", "text": 'a, "b"\nc'}),
        (27, {"id": "2", "text": "d"}),
    ]


def test_a_broken_csv_row_does_not_hide_the_next(tmp_path):
    rows = [b"id,text", b"1,a,b", b"2,\xff", b'3,"x" y', b"4,a\rb", b"5,ok"]
    path = write(tmp_path / "a.csv", b"\n".join(rows))
    assert read(path, "csv") == [
        (8, "bad_row"),
        (14, "bad_encoding"),
        (18, "bad_row"),
        (26, "bad_row"),
        (32, {"id": "5", "text": "ok"}),
    ]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_open_quote_costs_its_own_row(tmp_path, newline):
    rows = [b"id,text", b'1,"open', b"2,b", b"", b'3,"c', b'd"', b'4,"open', b"5,e", b"6,f"]
    data = newline.join(rows)
    starts = [data.index(b"\n%d," % number) + 1 for number in range(1, 7)]
    assert read(write(tmp_path / "a.csv", data), "csv") == list(
        zip(
            starts,
            [
                "bad_row",
                {"id": "2", "text": "b"},
                {"id": "3", "text": f"c{newline.decode()}d"},
                "bad_row",
                {"id": "5", "text": "e"},
                {"id": "6", "text": "f"},
            ],
            strict=True,
        )
    )


def test_an_open_quote_takes_no_more_memory_than_a_row_may(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_rows, "_MIN_ROW_BYTES", 0)
    rows = [b'1,"open', *(b"%d,%s" % (i, b"x" * 50) for i in range(2, 1000)), b'1000,"open']
    path = write(tmp_path / "a.csv", b"id,text\n" + b"\n".join(rows))
    taken: list[int] = []

    class Counted(Lines):
        def __next__(self):
            line = super().__next__()
            taken.append(line[0])
            return line

    monkeypatch.setattr(csv_rows, "Lines", Counted)
    records = scan(extent(path, "csv"), ("text",), FIELDS)
    first = next(records)
    assert (first.position, first.content.reason) == (8, "too_long")
    assert taken[-1] < 6 * MAX_CHARS
    found = [record.content for record in records]
    assert [row[0] for _, row in found[:-1]] == [str(i) for i in range(2, 1000)]
    assert found[-1].reason == "bad_row"
    assert taken == sorted(set(taken))


def test_a_long_text_of_many_lines_is_one_record(tmp_path):
    text = "a line, of text\n" * 200
    path = write(tmp_path / "a.csv", f'id,text\n1,"{text}"\n2,b\n'.encode())
    assert [values for _, values in read(path, "csv")] == [
        {"id": "1", "text": text},
        {"id": "2", "text": "b"},
    ]


ROWS = st.lists(st.text('a",\r\n', max_size=9), max_size=6).map("\n".join)


@given(ROWS)
def test_csv_without_broken_rows_is_read_as_python_reads_it(tmp_path_factory, rows):
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", f"a,b\n{rows}".encode())
    found = read(path, "csv")
    try:
        lines = io.StringIO(rows, newline="\n")
        expected = [row for row in csv.reader(lines, strict=True) if row]
    except csv.Error:
        assert "bad_row" in [values for _, values in found]
        return
    assert [values for _, values in found] == [
        "bad_row" if len(row) > 2 else dict(zip("ab", row, strict=False)) for row in expected
    ]


@given(ROWS)
def test_whatever_is_broken_the_last_row_is_read(tmp_path_factory, rows):
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", f"a,b\n{rows}\nc,d\n".encode())
    found = read(path, "csv")
    assert [position for position, _ in found] == sorted({position for position, _ in found})
    assert found[-1][1] == {"a": "c", "b": "d"}


def test_tsv_has_no_quotes(tmp_path):
    rows = [b"id\ttext", b'1\t"No," she said.', b'2\t"We will', b'3\t"Yes"', b"4\ta\tb"]
    assert read(write(tmp_path / "a.tsv", b"\r\n".join(rows)), "tsv") == [
        (9, {"id": "1", "text": '"No," she said.'}),
        (28, {"id": "2", "text": '"We will'}),
        (40, {"id": "3", "text": '"Yes"'}),
        (49, "bad_row"),
    ]


@pytest.mark.parametrize("data", [b"", b"id,text", b"\xef\xbb\xbfid,text\r\n", b"\n\nid,text\n\n"])
def test_a_header_alone_has_no_records(tmp_path, data):
    assert read(write(tmp_path / "a.csv", data), "csv") == []


def test_blank_lines_before_the_header_are_passed_over(tmp_path):
    path = write(tmp_path / "a.csv", b"\xef\xbb\xbf\r\n\nid,text\n1,a\n")
    assert read(path, "csv") == [(14, {"id": "1", "text": "a"})]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,text,text", "2 columns are called 'text'"),
        ('id,"text', "the header cannot be read: broken quotes or line ends: unexpected end"),
        ("id,text\r1,a\r2,b", "the header cannot be read: broken quotes or line ends: new-line"),
    ],
)
def test_a_header_that_tells_no_columns_makes_the_file_corrupt(tmp_path, header, message):
    path = write(tmp_path / "a.csv", f"{header}\n1,a,b\n".encode())
    with pytest.raises(ColumnsError, match=message) as caught:
        read(path, "csv")
    assert reason_of(extent(path, "csv"), caught.value) == "corrupt"


def test_columns_that_are_not_read_may_have_one_name(tmp_path):
    path = write(tmp_path / "a.csv", b"text,,\na,b,c\n")
    assert read(path, "csv") == [(7, {"text": "a", "": "c"})]


def test_tsv_and_the_byte_order_mark(tmp_path):
    path = write(tmp_path / "a.tsv", b"\xef\xbb\xbftext\tid\nA\t1\n")
    assert read(path, "tsv") == [(11, {"text": "A", "id": "1"})]


@pytest.mark.parametrize("separator", [b",", b";", b"\t", b"|"])
def test_the_header_tells_what_separates_the_columns(tmp_path, separator):
    rows = [separator.join(cells) for cells in ([b"id", b"text"], [b"1", b'"a, b; c|\td"'])]
    path = write(tmp_path / "a.csv", b"\xef\xbb\xbf\n" + b"\r\n".join(rows))
    [(position, values)] = read(path, "csv")
    assert (position, values) == (4 + len(rows[0]) + 2, {"id": "1", "text": "a, b; c|\td"})


def test_a_separator_that_is_given_is_not_told_from_the_header(tmp_path):
    path = write(tmp_path / "a.csv", b"id^text;by,on\n1^a\n")
    assert read(path, "csv") == [(14, {"id^text;by": "1^a"})]
    fields = DocumentFields(max_chars=MAX_CHARS, delimiter="^")
    assert read(path, "csv", fields=fields) == [(14, {"id": "1", "text;by,on": "a"})]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_first_line_that_names_the_separator_is_no_header(tmp_path, mark):
    data = mark + b"sep=;\r\nid;text,too\r\n1;a\r\n"
    path = write(tmp_path / "a.csv", data)
    assert read(path, "csv") == [(data.index(b"1"), {"id": "1", "text,too": "a"})]
    fields = DocumentFields(max_chars=MAX_CHARS, delimiter=",")
    assert read(path, "csv", fields=fields)[0][1] == {"id;text": "1;a"}


def test_tabs_separate_the_columns_of_tsv_whatever_is_given(tmp_path):
    path = write(tmp_path / "a.tsv", b"id;x;y\ttext\n1\ta\n")
    fields = DocumentFields(max_chars=MAX_CHARS, delimiter=";")
    assert read(path, "tsv", fields=fields) == [(12, {"id;x;y": "1", "text": "a"})]


def test_spaces_round_the_names_of_a_header_are_none_of_the_name(tmp_path):
    path = write(tmp_path / "a.csv", b" id , text\n1, a\n")
    assert read(path, "csv") == [(11, {"id": "1", "text": " a"})]
    fields = DocumentFields(max_chars=MAX_CHARS, text=(" text",))
    assert read(path, "csv", fields=fields) == [(11, {"id": "1", " text": " a"})]
    with pytest.raises(ColumnsError, match="2 columns are called 'text'"):
        read(write(tmp_path / "b.csv", b"text, text\na, b\n"), "csv")


def test_empty_lines_hide_no_row_and_move_none(tmp_path):
    data = b"\n\r\n" * 9 + b"text,id\n" + b"\n\r\n" * 9 + b'"a\n\n\nb",1\n\n\r\n \nc,2\n\n'
    path = write(tmp_path / "a.csv", data)
    assert read(path, "csv") == [
        (62, {"text": "a\n\n\nb", "id": "1"}),
        (75, {"text": " "}),
        (77, {"text": "c", "id": "2"}),
    ]
