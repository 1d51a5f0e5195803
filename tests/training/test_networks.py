"""Taggers are told the shapes of pieces, and are loaded as what they were stored as."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from transformers import MPNetConfig

from tests.training.tiny import LABELS, PIECES
from training.corpus import Collator
from training.networks import AlbertTagger, MPNetTagger, load_network
from training.shapes import Shape


def make_mpnet():
    torch.manual_seed(0)
    # Options that transformers takes, but does not declare.
    others: dict[str, Any] = {"num_labels": len(LABELS), "pieces": list(range(len(PIECES)))}
    config = MPNetConfig(
        vocab_size=len(PIECES),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        **others,
    )
    network = MPNetTagger(config)
    torch.nn.init.normal_(network.token_type_embeddings.weight)
    return network.train(False)


def test_a_folder_says_which_network_it_holds(tmp_path, network):
    for number, stored in enumerate((network, make_mpnet())):
        folder = tmp_path / str(number)
        stored.save_pretrained(folder)
        loaded = load_network(folder, LABELS, dropout=0.0)
        assert type(loaded) is type(stored)
        assert loaded.config.id2label == dict(enumerate(LABELS))
        weights = stored.state_dict()
        for name, value in loaded.state_dict().items():
            torch.testing.assert_close(value, weights[name])


def test_both_networks_heed_the_shapes(tokenizer, network, examples):
    batch = Collator(tokenizer)(examples, np.random.default_rng(0))
    in_capitals = replace(batch, types=torch.full_like(batch.types, Shape.UPPER))
    for tagger in (network, make_mpnet()):
        with torch.no_grad():
            hidden, changed = tagger.hidden_states(batch), tagger.hidden_states(in_capitals)
        assert hidden.shape == (*batch.pieces.shape, tagger.config.hidden_size)
        assert not torch.allclose(hidden, changed)
    assert isinstance(network, AlbertTagger)


def test_another_number_of_guidelines_begins_with_what_the_head_knows(tmp_path, network):
    network.save_pretrained(tmp_path / "one")
    two = load_network(tmp_path / "one", LABELS, dropout=0.0, guidelines=2)
    head = network.classifier.weight
    torch.testing.assert_close(two.classifier.weight, torch.cat([head, head]))
    assert two.config.num_labels == 2 * len(LABELS)
    two.save_pretrained(tmp_path / "two")
    assert load_network(tmp_path / "two", LABELS, dropout=0.0).config.guidelines == 2
    one = load_network(tmp_path / "two", LABELS, dropout=0.0, guidelines=1)
    torch.testing.assert_close(one.classifier.weight, head)
    assert one.config.id2label == dict(enumerate(LABELS))
