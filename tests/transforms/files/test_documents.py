"""A record's values become a document, or tell why they make none."""

import json

import pyarrow as pa
import pytest

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
    assert (found.kept, found.date_unparsed) == ([None, '["a", 1]'], False)


def test_a_document_without_an_id_is_called_by_its_key():
    document = read({"text": "a"}).document
    assert document.id == document.key == document_key("a.jsonl", 17)


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
        ("1987-02-26", None, 6265),
        ("1987-02-26T15:01:00Z", None, 6265),
        ("26-FEB-1987 15:01", "%d-%b-%Y %H:%M", 6265),
        ("", None, None),
        (None, None, None),
    ],
)
def test_dates_are_days(value, form, days):
    found = read({"text": "a", "day": value}, date="day", date_format=form)
    assert (found.document.date, found.date_unparsed) == (days, False)


@pytest.mark.parametrize("value", ["soon", 19870226, "1987-02-30"])
def test_a_date_that_cannot_be_read_is_noted(value):
    found = read({"text": "a", "day": value}, date="day")
    assert (found.document.date, found.date_unparsed) == (None, True)


def test_a_broken_record_has_its_id_if_that_can_be_stored():
    assert storable_id({"id": 5}, "id") == "5"
    assert storable_id({}, "id") is None
    assert storable_id({"id": "\ud800"}, "id") is None


def test_kept_values_have_the_type_of_their_column():
    schema = pa.schema([("n", pa.int64()), ("s", pa.string())])
    rows = [[pa.scalar(7), pa.scalar(7)], [None, json.dumps("x")]]
    stored = pa.ipc.open_stream(kept_table(rows, schema)).read_all()
    assert stored.schema == schema
    assert stored.to_pydict() == {"n": [7, None], "s": ["7", '"x"']}
