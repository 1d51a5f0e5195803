"""What is learnt is what the tagger will read."""

import numpy as np
import pytest
import torch
from transformers import EvalPrediction

from pipeline.errors import UsageError
from pipeline.evaluation.conll import LabelledSentence
from pipeline.fine_tuning.recipe import Recipe
from pipeline.fine_tuning.trainer import (
    IGNORED,
    EpochTable,
    best_labels,
    encode,
    label_lists,
    last_checkpoint,
    load_base,
)
from tests.checkpoints import modernbert_checkpoint
from transforms.model.pieces import Pieces
from transforms.model.tokenizer import load_tokenizer

LABELS = ["O", "B-PER", "I-PER"]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fine-tuning") / "base"
    modernbert_checkpoint(folder)
    return folder


def recipe(base):
    return Recipe(base=str(base), train=base / "train", validation=base / "validation")


def test_words_are_trained_in_the_pieces_that_the_tagger_gives_them(base):
    words = ["Maria", "said", "Quito"]
    _, tokenizer = load_base(recipe(base), ["O"])
    [example] = encode([LabelledSentence(words, ["O"] * 3)], tokenizer, ["O"])
    tagged = Pieces(load_tokenizer(base))
    pieces = tagged.encode(words)
    assert example["input_ids"] == [*tagged.prefix, *sum(pieces, ()), *tagged.suffix]


def test_only_the_first_piece_of_a_word_bears_its_label(base):
    words = ["Wieczorek", "said", "Okafor-Järvinen"]
    _, tokenizer = load_base(recipe(base), LABELS)
    sentence = LabelledSentence(words, ["B-PER", "O", "I-PER"])
    [example] = encode([sentence], tokenizer, LABELS)
    tagged = Pieces(load_tokenizer(base))
    pieces = tagged.encode(words)
    assert max(map(len, pieces)) > 1
    expected = [
        label if index == 0 else IGNORED
        for label, word in zip([1, 0, 2], pieces, strict=True)
        for index in range(len(word))
    ]
    before, after = ([IGNORED] * len(special) for special in (tagged.prefix, tagged.suffix))
    assert example["labels"] == [*before, *expected, *after]


def test_the_new_head_has_the_labels_and_is_drawn_from_the_seed(base):
    (one, _), (other, _) = (load_base(recipe(base), LABELS) for _ in range(2))
    assert one.config.id2label == dict(enumerate(LABELS))
    weights = other.state_dict()
    for name, value in one.state_dict().items():
        torch.testing.assert_close(value, weights[name])


def test_a_base_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"cannot load the base model \S+nowhere: "):
        load_base(recipe(tmp_path / "nowhere"), LABELS)


def test_labels_are_taken_from_first_pieces_only():
    gold = np.array([[IGNORED, 1, IGNORED, 0], [IGNORED, 2, IGNORED, IGNORED]])
    logits = torch.eye(3)[torch.tensor([[2, 1, 2, 1], [2, 2, 2, 0]])]
    predictions = best_labels(logits, torch.tensor([])).numpy()
    lists = label_lists(LABELS, EvalPrediction(predictions=predictions, label_ids=gold))
    assert lists == ([["B-PER", "O"], ["I-PER"]], [["B-PER", "B-PER"], ["I-PER"]])


def test_the_newest_checkpoint_that_is_whole_is_taken(tmp_path):
    assert last_checkpoint(tmp_path) is None
    for step in (9, 10, 100):
        (tmp_path / f"checkpoint-{step}").mkdir()
    for step in (9, 10):
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-10")


def test_an_epoch_is_a_row_with_its_losses_and_figures():
    figures = {"precision": 0.5, "recall": 0.25, "f1": 1 / 3, "accuracy": 0.9}
    evaluated = {f"eval_{name}": value for name, value in {"loss": 0.2, **figures}.items()}
    log = [{"loss": 0.4, "step": 8.0}, {"epoch": 1.0, "step": 8, **evaluated}]
    *header, row = EpochTable().lines(log)
    assert tuple(header) == EpochTable.HEADER
    assert row == "| 0.4000 | 1 | 8 | 0.2000 | 0.5000 | 0.2500 | 0.3333 | 0.9000 |"
