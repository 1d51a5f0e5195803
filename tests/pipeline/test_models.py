"""Which model is asked for, by flags."""

import pytest

from pipeline.arguments import Parser
from pipeline.errors import UsageError
from pipeline.models import ModelChoice, add_model_arguments, find_tagger


def choose(*words: str) -> ModelChoice:
    parser = Parser()
    parser.add_argument("text", nargs="*")
    add_model_arguments(parser)
    return ModelChoice.of(parser.parse(words))


def test_without_flags_it_is_the_default():
    assert choose() == ModelChoice()


@pytest.mark.parametrize(
    "words",
    [
        ["--label_names", "O,B-PER,I-PER"],
        ["--label_names", "O", "B-PER", "I-PER"],
        ["--label_names", "O,", "B-PER,I-PER"],
        ["--label_names=O,B-PER", "--label_names=I-PER"],
        ['--label_names=["O", "B-PER", "I-PER"]'],
        ["a text", "--label-names", "O,B-PER,I-PER"],
    ],
)
def test_label_names_come_with_commas_or_as_words(words):
    assert choose(*words).label_names == ("O", "B-PER", "I-PER")


@pytest.mark.parametrize("text", ["Angela Merkel met Shell.", "Merkel", "I-95 is closed"])
def test_a_text_is_not_taken_for_a_label(text):
    with pytest.raises(UsageError) as error:
        choose("--label_names", "O", "I-PER", text)
    assert "is no label" in str(error.value)
    assert "--label_names O,B-PER,I-PER" in str(error.value)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (ModelChoice(model="./nowhere"), "there is no folder ./nowhere"),
        (ModelChoice(device="cuda:99"), "there is no device cuda:99 here"),
        (ModelChoice(model_revision="v1"), r"a revision \(v1\) goes with a hub id"),
    ],
)
def test_what_cannot_be_had_is_wrong_usage(choice, message):
    with pytest.raises(UsageError, match=message):
        find_tagger(choice)
