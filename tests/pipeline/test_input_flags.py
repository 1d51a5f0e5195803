"""The flags of what is read."""

import pytest

from pipeline.options import parse_options
from tests.pipeline.test_options import BASICS


@pytest.mark.parametrize(
    ("flags", "delimiter"),
    [
        ([], None),
        (["--delimiter=;"], ";"),
        (["--delimiter", "tab"], "\t"),
        (["--delimiter", "\t"], "\t"),
        (["--delimiter", "\\t"], "\t"),
    ],
)
def test_a_tab_may_be_written_as_a_word(flags, delimiter):
    assert parse_options([*BASICS, *flags]).settings.fields.delimiter == delimiter


def test_an_encoding_has_one_name():
    for name in ("cp1252", "CP1252", "windows-1252"):
        assert parse_options([*BASICS, "--encoding", name]).settings.encoding == "cp1252"


def test_the_order_of_languages_does_not_matter():
    for flags in (["--languages", "fr", "en"], ["--languages=en", "--languages=fr"]):
        assert parse_options([*BASICS, *flags]).settings.languages == ("en", "fr")
