"""What differs between two commands is told in flags that can be pasted."""

import shlex

import pytest

from pipeline.options import parse_options
from pipeline.plan.other_job import Differences, find_differences
from pipeline.settings import Settings


def differences(old: Settings, new: Settings) -> Differences:
    return find_differences(old.as_json(), new.as_json())


def test_equal_settings_differ_in_nothing():
    assert not differences(Settings(limit=3), Settings(limit=3))


def test_flags_are_told_on_the_side_that_has_them():
    old = Settings(date_field="date", keep=("source", "page nr=page"), sentences="none")
    assert differences(old, Settings(limit=3, sentences="offsets")) == Differences(
        had=("--date_field date", "--keep source 'page nr=page'", "--sentences none"),
        has=("--limit 3", "--sentences offsets"),
    )


def test_what_nobody_wrote_is_not_told():
    assert differences(Settings(), Settings(sentences="none")) == Differences(
        has=("--sentences none",)
    )


def test_what_a_machine_or_a_model_chose_is_told():
    old, new = Settings(languages=("en",)), Settings(precision="bf16")
    assert differences(old, new) == Differences(
        had=("--languages en", "--precision fp32"), has=("--languages any", "--precision bf16")
    )


def test_another_model_is_told_by_its_flags_alone():
    old = Settings(model="embedded", model_fingerprint="1", labels=("O",))
    new = Settings(model="ann/ner", model_revision="abc", model_fingerprint="2", labels=("B-X",))
    assert differences(old, new) == Differences(has=("--model ann/ner", "--model_revision abc"))
    assert differences(new, old) == Differences(had=("--model ann/ner", "--model_revision abc"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"model_fingerprint": "1"}, {"model_fingerprint": "2"}, "the files of the model"),
        ({"results_version": 1}, {"results_version": 2}, "results_version 1, here 2"),
        ({"libraries": {"x": "1", "y": "1"}}, {"libraries": {"x": "2", "y": "1"}}, "x 1, here 2"),
        ({"magic": True}, {}, "magic True, here not known"),
    ],
)
def test_what_has_no_flag_is_told_in_words(old, new, told):
    found = find_differences(old, new)
    assert (found.had, found.has) == ((), ())
    assert found.others == (told,)


def test_a_setting_that_an_older_release_did_not_have_had_its_default():
    old = Settings().as_json()
    del old["sentences"]
    assert not find_differences(old, Settings().as_json())


def test_the_flags_can_be_pasted():
    old = Settings(
        text_field=("title", "text"),
        date_field="day",
        date_format=("%d %m %Y", "auto"),
        delimiter=";",
        keep=("it's",),
        partition_by=("year",),
        limit=7,
        document_labels="off",
    )
    told = " ".join(differences(old, Settings()).had)
    command = shlex.split(f"--input in --output out {told}")
    pasted = parse_options(command).settings
    assert differences(old, pasted).had == ("--languages any",)  # () until the model is known
