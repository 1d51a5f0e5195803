"""What separates columns is told from the first lines of a file."""

import pytest

from transforms.files.separators import named_separator, tell_separator


@pytest.mark.parametrize(
    ("header", "separator"),
    [
        ("id,text", ","),
        ("id;text;date", ";"),
        ("id\ttext", "\t"),
        ("id|text", "|"),
        ("text", ","),
        ("", ","),
        ("id,a;b", ","),
        ("id;a,b;c", ";"),
        ('id,"a;b;c;d",text', ","),
        ('id;"a,b,c', ";"),
    ],
)
def test_the_separator_is_what_cuts_the_header_into_the_most_names(header, separator):
    assert tell_separator(header) == separator


@pytest.mark.parametrize(
    ("line", "separator"),
    [
        ("sep=;\r\n", ";"),
        ("sep=,", ","),
        ("SEP=\t\n", "\t"),
        ('"sep=|"\n', "|"),
        ("sep=\n", None),
        ("sep=;;\n", None),
        ("sep;text\n", None),
    ],
)
def test_a_first_line_may_name_the_separator(line, separator):
    assert named_separator(line) == separator
