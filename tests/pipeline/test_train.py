"""A training ends with a model that tags as its card says, also after a stop."""

import json

import pytest
import torch
from safetensors.torch import load_file

from pipeline import cli, train
from pipeline.evaluation.conll import read_conll
from pipeline.fine_tuning import trainer
from tests.checkpoints import albert_checkpoint

pytest.importorskip("accelerate", reason="needs the train extra")

EPOCHS = 2
NAMES = ("Meridian", "Quill", "Nordhavn", "Lions")
PLACES = ("Quito", "Gdynia", "Toronto", "Oviedo")


def sentence(name, place):
    return f"Maria B-PER\nOkafor I-PER\nmet O\n{name} B-ORG\nin O\n{place} B-LOC\n. O\n\n"


TRAIN = "".join(sentence(name, place) for name in NAMES for place in PLACES) * 4
# The last one has what no training sentence has, so that not all is right.
VALIDATION = sentence("Quill", "Gdynia") + "Rain O\nin O\nAnna-Lena I-PER\n's O\nLions O\n"


class Stopped(Exception):
    """What ends a training before its time."""


def stop(*_, **__):
    raise Stopped


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("train")
    albert_checkpoint(root / "base", labels=["O", "B-X"])
    (root / "train.txt").write_text(TRAIN)
    (root / "validation.txt").write_text(VALIDATION)
    return root


@pytest.fixture(scope="module")
def run(root):
    def run(output, *flags):
        files = ("--train", root / "train.txt", "--validation", root / "validation.txt")
        models = ("--base", root / "base", "--output", root / output)
        steps = ("--epochs", EPOCHS, "--batch_size", 1, "--learning_rate", 3e-3)
        words = ["train", *files, *models, *steps, "--warmup_ratio", 0.1, *flags]
        return cli.main([str(word) for word in words])

    return run


@pytest.fixture(scope="module")
def trained(root, run):
    assert run("trained") == 0
    return root / "trained"


@pytest.fixture(scope="module")
def card(trained):
    return (trained / "README.md").read_text()


def epoch_rows(card):
    """Epoch and the Trainer's precision, recall, F1 and accuracy, of every row in the card."""
    table = card[card.index(trainer.EpochTable.HEADER[1]) :].strip().splitlines()[1:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    return [(row[1], row[4:]) for row in cells]


def test_the_tagger_finds_the_figures_that_the_trainer_found(root, trained, card):
    sentences = read_conll(root / "validation.txt")
    figures = trainer.measure(trained, sentences, "").overall_figures()
    assert 0 < figures["f1"] < 1
    assert [epoch for epoch, _ in epoch_rows(card)] == ["1", "2"]
    assert epoch_rows(card)[-1][1] == [f"{value:.4f}" for value in figures.values()]


def test_the_model_learns(root, trained):
    sentences = read_conll(root / "train.txt")
    assert trainer.measure(trained, sentences, "").overall.f1 > 0.5


def test_the_model_has_a_class_for_every_label_of_the_data(trained):
    config = json.loads((trained / "config.json").read_text())
    labels = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    assert config["id2label"] == {str(number): label for number, label in enumerate(labels)}
    assert config["label2id"] == {label: number for number, label in enumerate(labels)}


def test_the_tokenizer_is_fast_and_cuts_nothing(trained):
    assert json.loads((trained / "tokenizer.json").read_text())["truncation"] is None


def test_a_training_that_was_stopped_goes_on_to_the_same_weights(
    root, run, trained, card, monkeypatch, capsys
):
    with monkeypatch.context() as patch:
        patch.setattr(trainer.EpochTable, "on_save", stop)
        with pytest.raises(Stopped):
            run("stopped")
    assert run("stopped") == 0
    assert "Going on from" in capsys.readouterr().out
    weights = load_file(root / "stopped" / "model.safetensors")
    for name, expected in load_file(trained / "model.safetensors").items():
        torch.testing.assert_close(weights[name], expected)
    assert epoch_rows((root / "stopped" / "README.md").read_text()) == epoch_rows(card)


def test_a_training_without_steps_left_is_saved_in_half_precision(root, run, trained, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(trainer, "save", stop)
        with pytest.raises(Stopped):
            run("half", "--half")
    monkeypatch.setattr(trainer.EpochTable, "on_step_begin", stop)
    assert run("half", "--half") == 0
    half = load_file(root / "half" / "model.safetensors")
    for name, expected in load_file(trained / "model.safetensors").items():
        assert half[name].dtype == torch.float16
        torch.testing.assert_close(half[name], expected.half())


def test_a_training_that_is_finished_is_left_alone(run, trained, card, monkeypatch, capsys):
    monkeypatch.setattr(trainer, "fit", stop)
    assert run("trained") == 0
    assert "finished already" in capsys.readouterr().out
    assert (trained / "README.md").read_text() == card


def test_the_card_names_its_command_and_no_folder_of_the_machine(root, card):
    assert (
        "    news-entities train --train train.txt --validation validation.txt --base base "
        "--output trained --learning_rate 0.003 --batch_size 1 --epochs 2 --warmup_ratio 0.1 "
        "--seed 42\n"
    ) in card
    assert str(root) not in card


def test_a_training_with_another_recipe_is_refused(run, trained, capsys):
    assert run("trained", "--seed", 7) == cli.ExitCode.WRONG_USAGE
    assert "other settings (seed was 42)" in capsys.readouterr().err


def test_a_folder_of_something_else_stays_as_it_is(root, run, capsys):
    (root / "letters").mkdir()
    (root / "letters" / "letter.txt").write_text("Dear Maria")
    assert run("letters") == cli.ExitCode.WRONG_USAGE
    assert "holds something else" in capsys.readouterr().err
    assert [path.name for path in (root / "letters").iterdir()] == ["letter.txt"]


def test_what_is_wrong_with_a_training_claims_no_folder(root, run, capsys):
    other = root / "other.txt"
    other.write_text("Lions B-TEAM\n")
    assert run("unknown", "--validation", other) == cli.ExitCode.WRONG_USAGE
    assert "labels that the training data lacks: B-TEAM" in capsys.readouterr().err
    assert run("unknown", "--base", root / "nowhere") == cli.ExitCode.WRONG_USAGE
    assert "cannot load the base model" in capsys.readouterr().err
    assert not (root / "unknown").exists()


def test_a_missing_package_is_named_with_the_extra_that_has_it(run, monkeypatch, capsys):
    monkeypatch.setattr(train, "find_spec", lambda name: None)
    assert run("never") == cli.ExitCode.WRONG_USAGE
    assert "pip install --constraint constraints.txt '.[train]'" in capsys.readouterr().err
