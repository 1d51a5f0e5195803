from transforms.files.fields import DocumentFields


def test_every_name_that_is_read_is_a_column_once():
    fields = DocumentFields(
        text=("title", "text"), date="day", keep=(("title", "headline"), ("source", "source"))
    )
    assert fields.columns == ("title", "text", "id", "day", "source")


def test_without_settings_there_are_a_text_and_an_id():
    assert DocumentFields().columns == ("text", "id")
