"""Settings: what they make of flags, and how a difference is told."""

import pytest

from pipeline.options import make_parser
from pipeline.settings import BeamFlags, RunOptions, Settings, changed_settings, versions
from transforms.files.fields import DocumentFields


def test_kept_columns_may_be_renamed():
    assert Settings(keep=("source", "page=nr")).kept == (("source", "source"), ("page", "nr"))


def test_the_fields_of_documents_follow_from_the_settings():
    settings = Settings(text_field=("title", "text"), date_field="day", keep=("page=nr",))
    assert settings.fields == DocumentFields(
        text=("title", "text"), date="day", keep=(("page", "nr"),)
    )
    assert settings.fields.columns == ("title", "text", "id", "day", "page")


def test_json_has_lists_for_tuples():
    assert Settings(labels=("O", "B-PER")).as_json()["labels"] == ["O", "B-PER"]


def test_settings_are_told_as_they_are_written_after_their_flags():
    old = Settings(text_field=("title", "text")).as_json()
    assert changed_settings(old, Settings(limit=3).as_json()) == [
        "text_field was title text, is not given",
        "limit was not given, is 3",
    ]


def test_a_setting_of_another_version_of_the_program_is_a_difference():
    assert changed_settings({"magic": True}, {}) == ["magic was true, is not given"]


def test_a_setting_that_an_older_version_did_not_have_had_its_default():
    old = Settings().as_json()
    del old["sentences"]
    assert changed_settings(old, Settings().as_json()) == []
    assert changed_settings(old, Settings(sentences="none").as_json()) == [
        "sentences was text, is none"
    ]


def test_a_list_that_an_older_version_did_not_have_had_its_default():
    old = Settings().as_json()
    del old["languages"]
    assert changed_settings(old, Settings().as_json()) == []
    assert changed_settings(old, Settings(languages=("en",)).as_json()) == [
        "languages was any, is en"
    ]


def test_versions_are_those_that_are_installed():
    import pyarrow

    assert versions(["pyarrow"]) == {"pyarrow": pyarrow.__version__}


# The settings have these resolved, and the flags as they are asked for.
RESOLVED = ("model", "model_revision", "precision", "languages")


@pytest.mark.parametrize("holder", [Settings, RunOptions])
def test_the_parser_has_the_defaults_of_the_dataclasses(holder):
    args = make_parser().parse(["--input", "a", "--output", "b"])
    for name, default in vars(holder).items():
        if name in vars(args) and name not in RESOLVED:
            value = getattr(args, name)
            assert (tuple(value) if isinstance(value, list) else value) == default, name


def test_only_the_runner_of_this_machine_is_local():
    assert BeamFlags().is_local
    assert not BeamFlags(runner="PrismRunner").is_local
