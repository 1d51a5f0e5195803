"""A record's values become a document, or tell why they make none."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given

from tests.transforms.test_arrow_values import ARRAYS
from transforms.arrow_values import Cell, Column
from transforms.files.documents import kept_table, list_names, read_document, storable_id
from transforms.files.fields import DocumentFields
from transforms.files.found import RecordError
from transforms.records import Document, Extent, TextField, document_key

JSONL = Extent("a.jsonl", "jsonl", "", 0, "", 0, -1)
TXT = Extent("a.txt", "txt", "", 0, "", 0, -1)


def read(values, extent=JSONL, **fields):
    return read_document(values, extent, 17, DocumentFields(**fields))


def test_a_document_has_its_place_its_texts_its_date_and_what_is_kept():
    fields = DocumentFields(
        text=("title", "text"), date="day", keep=(("source", "source"), ("tags", "tags"))
    )
    values = {"id": 7, "title": "Rain", "text": "It fell.", "day": "1970-01-03", "tags": ["a", 1]}
    found = read_document(values, JSONL, 17, fields)
    assert found.document == Document(
        key=document_key("a.jsonl", 17),
        id="7",
        uri="a.jsonl",
        position=17,
        date=2,
        fields=[TextField("title", "Rain"), TextField("text", "It fell.")],
    )
    assert (found.kept, found.unread_date) == ([None, '["a", 1]'], None)


def test_a_document_without_an_id_is_called_by_its_key():
    document = read({"text": "a"}).document
    assert document.id == document.key == document_key("a.jsonl", 17)


def test_a_text_file_is_called_by_its_name():
    gz = replace(TXT, uri="/news/Who won?.txt.gz", compression=".gz")
    assert read({"text": "a"}, gz).document.id == "Who won?"
    assert read({"text": "a", "id": "7"}, gz).document.id == "7"  # which a folder tells
    assert read({"text": "a"}, replace(TXT, uri="http://x.org/")).document.id == document_key(
        "http://x.org/", 17
    )


@pytest.mark.parametrize(
    ("uri", "values", "found"),
    [
        ("/2024-01-09/a.txt", {}, ("2024-01-09", None)),
        ("/2024-01-09/a.txt", {"day": ""}, ("2024-01-09", None)),
        ("/2024-01-09/a.txt", {"day": "2023-12-31"}, ("2023-12-31", None)),
        ("/2024-01-09/a.txt", {"day": "soon"}, (None, "soon")),
        ("/2024-31-31/a.txt", {}, (None, "/2024-31-31/a.txt")),
    ],
)
def test_the_date_of_a_path_is_that_of_documents_without_one(uri, values, found):
    fields = {"date": "day", "date_from_name": "%Y-%m-%d"}
    read_one = read({"text": "a", **values}, replace(JSONL, uri=uri), **fields)
    days = read_one.document.date
    day = None if days is None else str(date(1970, 1, 1) + timedelta(days=days))
    assert (day, read_one.unread_date) == found


def test_a_text_file_is_a_text_whatever_the_fields_are_called():
    assert read({"text": "a"}, TXT, text=("body",)).document.fields == [TextField("text", "a")]


def test_a_text_that_is_not_there_is_passed_over_beside_another():
    document = read({"title": None, "text": "a"}, text=("title", "text")).document
    assert document.fields == [TextField("text", "a")]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"id": 1}, "missing_text"),
        ({"text": 5}, "not_text"),
        ({"text": " \n"}, "empty"),
        ({"text": "a\ud800"}, "lone_surrogate"),
        ({"text": "a", "id": "\udfff"}, "lone_surrogate"),
        ({"text": "x" * 101}, "too_long"),
        ({"text": b"caf\xe9"}, "bad_encoding"),
        ({"text": "a", "source": "ü" * 128}, "too_long"),
    ],
)
def test_a_record_without_fit_values_makes_no_document(values, reason):
    with pytest.raises(RecordError) as raised:
        read(values, max_chars=100, keep=(("source", "source"),), partition_by=("source",))
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"id": "1"}, "the record has: id"),
        ({"id": 1, "text": None}, "the record has: id, text"),
        ({}, "the record has: no fields"),
        (
            {"id;text": "1;a"},
            "the record has: id;text (--delimiter says what separates columns in .csv; "
            "in .tsv it is a tab)",
        ),
        ({"n" * 41: 1}, f"the record has: {'n' * 39}…"),
        (
            {str(i): 1 for i in range(22)},
            f"the record has: {', '.join(map(str, range(20)))}, and 2 more",
        ),
    ],
)
def test_a_record_without_text_tells_what_it_has(values, message):
    with pytest.raises(RecordError) as raised:
        read(values)
    assert raised.value.message == f"none of the text fields (text) has a value; {message}"


def test_names_are_listed_until_they_are_too_many():
    assert list_names(["id", "te,xt"]) == "id, te,xt"


@pytest.mark.parametrize(
    ("value", "form", "days"),
    [
        ("1987-02-26", "auto", 6265),
        ("1987-02-26T15:01:00Z", "auto", 6265),
        ("26-FEB-1987 15:01", "%d-%b-%Y %H:%M", 6265),
        ("", "auto", None),
        (b"", "auto", None),
        (None, "auto", None),
    ],
)
def test_dates_are_days(value, form, days):
    found = read({"text": "a", "day": value}, date="day", date_format=(form,))
    assert (found.document.date, found.unread_date) == (days, None)


@pytest.mark.parametrize("value", ["soon", 19870226, "1987-02-30"])
def test_a_date_that_cannot_be_read_is_noted(value):
    found = read({"text": "a", "day": value}, date="day")
    assert (found.document.date, found.unread_date) == (None, str(value))


def test_a_broken_record_has_its_id_if_that_can_be_stored():
    fields = DocumentFields()
    assert storable_id({"id": 5}, JSONL, fields) == "5"
    assert storable_id({}, JSONL, fields) is None
    assert storable_id({"id": "\ud800"}, JSONL, fields) is None
    assert storable_id({}, TXT, fields) == "a"


def cells(array):
    column = Column(array)
    return [Cell(column, row) for row in range(len(array))]


def stored(rows, schema):
    return pa.ipc.open_stream(kept_table(rows, schema)).read_all()


def test_kept_values_have_the_type_of_their_column():
    schema = pa.schema([("n", pa.int64()), ("s", pa.string())])
    [seven] = cells(pa.array([7]))
    rows = [[seven, seven], [None, json.dumps("x")], [seven, None]]
    table = stored(rows, schema)
    assert table.schema == schema
    assert table.to_pydict() == {"n": [7, None, 7], "s": ["7", '"x"', None]}


def test_kept_values_of_several_batches_and_none_make_one_column():
    first, second = cells(pa.array([["a", None], []])), cells(pa.array([None, ["b"]]))
    schema = pa.schema([("tags", pa.list_(pa.string()))])
    rows = [[first[1]], [first[0]], [None], [second[1]], [second[0]], [first[0]]]
    found = stored(rows, schema)["tags"].to_pylist()
    assert found == [[], ["a", None], None, ["b"], None, ["a", None]]


@given(ARRAYS)
def test_any_arrow_value_is_kept_as_it_is(array):
    column = Column(array).array
    schema = pa.schema([("k", column.type)])
    rows = [[cell] for cell in cells(array)]
    if column.type == pa.string():  # what is no UTF-8 is written out
        stored(rows, schema)["k"].combine_chunks().validate(full=True)
    else:
        assert stored(rows, schema)["k"].combine_chunks().equals(column)


@given(ARRAYS)
def test_any_arrow_value_makes_a_document_or_a_reject(array):
    for cell in cells(array):
        for role in ("text", "id", "date", "keep"):
            fields = DocumentFields(
                text=("t",), id="i", date="d", keep=(("k", "k"),), partition_by=("k",)
            )
            values = {"t": "It rained.", "t" if role == "text" else role[0]: cell}
            try:
                found = read_document(values, JSONL, 0, fields)
            except RecordError:
                continue
            [text] = [field.text for field in found.document.fields]
            assert isinstance(text, str)
            assert isinstance(found.document.id, str)
            table = stored([found.kept], pa.schema([("k", pa.string())]))
            table["k"].combine_chunks().validate(full=True)


@given(ARRAYS)
def test_a_date_of_any_arrow_type_is_read_or_null_and_counted(array):
    fields = DocumentFields(date="d")
    for cell in cells(array):
        found = read_document({"text": "a", "d": cell}, JSONL, 0, fields)
        is_null = cell.value in (None, "", b"")
        has_date = found.document.date is not None
        assert is_null + has_date + (found.unread_date is not None) == 1


def test_what_a_date_is_in_arrow():
    arrays = {
        "ns": pa.array([1_704_790_923_000_000_001, None, 0], pa.timestamp("ns")),
        "far": pa.array([2**62, None, 0], pa.timestamp("ms")),
        "binary": pa.array([b"2024-01-09", b"\xff", None]),
        "zone": pa.array([1_704_790_923, None, 0], pa.timestamp("s", "Mars/Olympus")),
    }
    found = {
        name: [read({"text": "a", "d": cell}, date="d") for cell in cells(array)]
        for name, array in arrays.items()
    }
    days = {name: [one.document.date for one in of_one] for name, of_one in found.items()}
    unread = {name: [one.unread_date for one in of_one] for name, of_one in found.items()}
    assert days == {
        "ns": [19731, None, 0],
        "far": [None, None, 0],
        "binary": [19731, None, None],
        "zone": [19731, None, 0],
    }
    assert unread == {
        "ns": [None, None, None],
        "far": ["timestamp[ms] 4611686018427387904", None, None],
        "binary": [None, "\\xff", None],
        "zone": [None, None, None],
    }
