"""A tiny tagger that is told shapes, with random weights, and what it reads."""

import pytest
import torch

from pipeline.evaluation.conll import LabelledSentence
from tests.training.tiny import LABELS, WORDS, make_config, make_tokenizer
from training.corpus import gold_examples
from training.networks import AlbertTagger


@pytest.fixture(scope="session")
def tokenizer():
    return make_tokenizer()


@pytest.fixture(scope="session")
def network():
    torch.manual_seed(3)
    network = AlbertTagger(make_config())
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network.train(False)


@pytest.fixture(scope="session")
def examples(tokenizer):
    sentences = [
        LabelledSentence(WORDS, ["B-PER", "I-PER", *["O"] * 8]),
        LabelledSentence(["Ann"], ["B-PER"]),
    ]
    return gold_examples(sentences, LABELS, tokenizer)
