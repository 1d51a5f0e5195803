"""A tagger learns, and goes on where it was stopped."""

from argparse import Namespace
from copy import deepcopy

import pytest
import torch

from pipeline.evaluation.conll import LabelledSentence
from tests.training.tiny import LABELS, make_config
from training.corpus import Collator, gold_examples
from training.fit import Learner, cross_entropy, evaluate, predict, train
from training.networks import AlbertTagger

SENTENCES = [LabelledSentence(["Ann", "met", "EU"], ["B-PER", "O", "O"])]
SETTINGS = {"batch_size": 1, "learning_rate": 1e-2, "warmup_ratio": 0, "recased": 0.0, "seed": 1}


class Stopped(Exception):
    """What ends a training before its time."""


@pytest.fixture
def fit(tmp_path, tokenizer, network, examples):
    def fit(name, epochs=2):
        copied = deepcopy(network)
        copied.dropout.p = 0.0  # what it drops is drawn anew when a training goes on
        args = Namespace(output=tmp_path / name, epochs=epochs, **SETTINGS)
        train(copied, tokenizer, LABELS, examples, SENTENCES, args)
        return copied

    return fit


def test_a_tagger_learns_what_it_is_shown(tokenizer, fit):
    learnt = fit("model", epochs=10)
    gold = LabelledSentence(["Ann"], ["B-PER"])
    assert evaluate(learnt, tokenizer, LABELS, [gold]).overall.f1 == 1


def test_predictions_are_a_distribution_for_every_word(tokenizer, network, examples):
    found = dict(predict(network, examples, Collator(tokenizer)))
    for index, example in enumerate(examples):
        assert found[index].shape == example.targets.shape
        assert found[index].sum(axis=1) == pytest.approx(1)


def test_a_fit_that_was_stopped_goes_on_to_the_same_weights(network, fit, monkeypatch, capsys):
    monkeypatch.setattr("training.fit.CHECKPOINT_SECONDS", -1)
    whole = fit("whole").state_dict()
    learn = Learner.learn
    with monkeypatch.context() as patch:

        def stop_at_the_third(learner, batch):
            if learner.step == 2:
                raise Stopped
            learn(learner, batch)

        patch.setattr(Learner, "learn", stop_at_the_third)
        with pytest.raises(Stopped):
            fit("stopped")
    resumed = fit("stopped").state_dict()
    assert "Going on from step 2." in capsys.readouterr().out
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value)
    assert not torch.equal(whole["classifier.weight"], network.classifier.weight)


def test_a_guideline_that_says_nothing_of_a_word_does_not_count():
    logits = torch.tensor([[[2.0, 0.0], [0.0, 9.0]]])
    one = torch.tensor([[1.0, 0.0, 0.0, 0.0]])
    expected = torch.nn.functional.cross_entropy(logits[:, 0], torch.tensor([0]))
    assert cross_entropy(logits, one) == pytest.approx(float(expected))


def test_two_guidelines_that_disagree_are_both_learnt(tmp_path, tokenizer):
    other = [LabelledSentence(SENTENCES[0].words, ["O", "O", "B-PER"])]
    examples = [
        *gold_examples(SENTENCES, LABELS, tokenizer, guideline=0, guidelines=2),
        *gold_examples(other, LABELS, tokenizer, guideline=1, guidelines=2),
    ]
    learner = AlbertTagger(make_config(guidelines=2))
    learner.dropout.p = 0.0
    args = Namespace(output=tmp_path / "model", epochs=60, **SETTINGS | {"learning_rate": 3e-3})
    train(learner, tokenizer, LABELS, examples, SENTENCES, args)
    _, found = next(predict(learner, examples[:1], Collator(tokenizer)))
    assert found.reshape(3, 2, 3).argmax(axis=2).tolist() == [[1, 0], [0, 0], [0, 1]]
