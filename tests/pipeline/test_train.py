"""A training ends with a model that tags as its card says, also after a stop."""

import json
import re

import pytest
import torch
from huggingface_hub import ModelCard, ModelCardData
from safetensors.torch import load_file

from pipeline import cli, train
from pipeline.evaluation.conll import LabelledSentence, read_conll
from tests.checkpoints import albert_checkpoint, modernbert_checkpoint
from transforms.model.pieces import Pieces
from transforms.model.tokenizer import load_tokenizer

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
    table = card[card.index(train.EpochTable.HEADER[1]) :].strip().splitlines()[1:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    return [(row[1], row[4:]) for row in cells]


def test_the_tagger_finds_the_figures_that_the_trainer_found(root, trained, card):
    sentences = read_conll(root / "validation.txt")
    figures = train.measure(trained, sentences, "").overall_figures()
    assert 0 < figures["f1"] < 1
    assert [epoch for epoch, _ in epoch_rows(card)] == ["1", "2"]
    assert epoch_rows(card)[-1][1] == [f"{value:.4f}" for value in figures.values()]


def test_the_model_learns(root, trained):
    sentences = read_conll(root / "train.txt")
    assert train.measure(trained, sentences, "").overall.f1 > 0.5


def test_the_model_has_a_class_for_every_label_of_the_data(trained):
    config = json.loads((trained / "config.json").read_text())
    labels = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    assert config["id2label"] == {str(number): label for number, label in enumerate(labels)}
    assert config["label2id"] == {label: number for number, label in enumerate(labels)}


def test_the_tokenizer_is_fast_and_cuts_nothing(trained):
    assert json.loads((trained / "tokenizer.json").read_text())["truncation"] is None


def test_the_cards_model_index_holds_the_figures(root, trained, card):
    sentences = read_conll(root / "validation.txt")
    figures = train.measure(trained, sentences, "").overall_figures()
    data = ModelCard(card).data
    assert isinstance(data, ModelCardData)
    assert data.eval_results
    assert data.model_name == "trained"
    assert {result.task_type for result in data.eval_results} == {"token-classification"}
    found = {result.metric_type: result.metric_value for result in data.eval_results}
    assert found == pytest.approx(figures)


def test_the_card_has_the_figures_by_type_and_the_command(root, trained, card):
    assert re.findall(r"^\| (\w+) \|.* (\d+) \|$", card, re.M)[:4] == [
        ("LOC", "1"),
        ("ORG", "1"),
        ("PER", "2"),
        ("all", "4"),
    ]
    assert (
        "    python -m pipeline train --train train.txt --validation validation.txt --base base "
        "--output trained --learning_rate 0.003 --batch_size 1 --epochs 2 --warmup_ratio 0.1 "
        "--seed 42\n"
    ) in card


def test_a_card_names_no_folder_of_the_machine(root, card):
    assert str(root) not in card


def test_a_training_that_was_stopped_goes_on_to_the_same_weights(
    root, run, trained, card, monkeypatch, capsys
):
    with monkeypatch.context() as patch:
        patch.setattr(train.EpochTable, "on_save", stop)
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
        patch.setattr(train, "save", stop)
        with pytest.raises(Stopped):
            run("half", "--half")
    monkeypatch.setattr(train.EpochTable, "on_step_begin", stop)
    assert run("half", "--half") == 0
    half = load_file(root / "half" / "model.safetensors")
    for name, expected in load_file(trained / "model.safetensors").items():
        assert half[name].dtype == torch.float16
        torch.testing.assert_close(half[name], expected.half())


def test_a_training_that_is_finished_is_left_alone(run, trained, card, monkeypatch, capsys):
    monkeypatch.setattr(train, "fit", stop)
    assert run("trained") == 0
    assert "finished already" in capsys.readouterr().out
    assert (trained / "README.md").read_text() == card


def test_a_training_goes_on_only_with_its_own_settings(run, trained, capsys):
    assert run("trained", "--seed", 7) == cli.ExitCode.WRONG_USAGE
    assert "other settings (seed was 42)" in capsys.readouterr().err


def test_a_folder_with_something_else_is_left_alone(root, run, capsys):
    (root / "letters").mkdir()
    (root / "letters" / "letter.txt").write_text("Dear Maria")
    assert run("letters") == cli.ExitCode.WRONG_USAGE
    assert "holds something else" in capsys.readouterr().err
    assert [path.name for path in (root / "letters").iterdir()] == ["letter.txt"]


def test_a_label_that_the_training_data_lacks_is_refused(root, run, capsys):
    other = root / "other.txt"
    other.write_text("Lions B-TEAM\n")
    assert run("unknown", "--validation", other) == cli.ExitCode.WRONG_USAGE
    assert "labels that the training data lacks: B-TEAM" in capsys.readouterr().err


def test_a_missing_package_is_named_with_the_extra_that_has_it(run, monkeypatch, capsys):
    monkeypatch.setattr(train, "find_spec", lambda name: None)
    assert run("never") == cli.ExitCode.WRONG_USAGE
    assert "pip install 'news-entities[train]'" in capsys.readouterr().err


def test_words_are_trained_in_the_pieces_that_the_tagger_gives_them(tmp_path):
    words = ["Maria", "said", "Quito"]
    modernbert_checkpoint(tmp_path / "base")
    _, tokenizer = train.load_base(str(tmp_path / "base"), ["O"])
    [example] = train.encode([LabelledSentence(words, ["O"] * 3)], tokenizer, ["O"])
    tagged = Pieces(load_tokenizer(tmp_path / "base"))
    [pieces] = tagged.encode([words])
    assert example["input_ids"] == [*tagged.prefix, *sum(pieces, ()), *tagged.suffix]
