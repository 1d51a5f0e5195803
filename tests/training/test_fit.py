"""A tagger learns, and goes on where it was stopped."""

from argparse import Namespace
from copy import deepcopy

import pytest
import torch

from pipeline.evaluation.conll import LabelledSentence
from tests.training.tiny import LABELS
from training.corpus import Collator
from training.fit import Learner, evaluate, predict, train

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
