from transforms.files.fields import DocumentFields
from transforms.files.file_names import EXTRACTED_FORMATS


def test_every_name_that_is_read_is_a_column_once():
    fields = DocumentFields(
        text=("title", "text"), date="day", keep=(("title", "headline"), ("source", "source"))
    )
    assert fields.columns == ("title", "text", "id", "day", "source")


def test_without_settings_there_are_a_text_and_an_id():
    assert DocumentFields().columns == ("text", "id")


def test_a_format_has_its_own_fields_only_where_nobody_named_any():
    usual = DocumentFields(has_usual_text=True)
    assert usual.of("jsonl") == usual
    for name in EXTRACTED_FORMATS:
        fields = usual.of(name)
        assert (fields.text, fields.id, fields.date) == (("title", "text"), "url", "date")
    named = DocumentFields(text=("text",), id="title", date="day").of("html")
    assert (named.text, named.id, named.date) == (("text",), "title", "day")
