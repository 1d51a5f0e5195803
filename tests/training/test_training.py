"""The recipe of the embedded model: case as token types, and how it is baked."""

from argparse import Namespace
from collections import Counter
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AlbertConfig, BertTokenizer

from pipeline.evaluation.conll import LabelledSentence
from training.bake import bake, cased_forms
from training.corpus import Collator, Example, gold_examples, load_examples, save_examples
from training.factorise import with_narrow_embeddings
from training.fit import Learner, train
from training.networks import AlbertTagger
from training.shapes import Shape, encode_words, shape_of

LABELS = ["O", "B-PER", "I-PER"]
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "-", "2", "ann", "lee", "##s", "##on"]
PIECES += ["met", "the", "eu", "based", "mac", *"abcdeilmnostu", *(f"##{c}" for c in "abcdeilmntu")]
# Options that transformers takes, but does not declare.
ANY: dict[str, Any] = {"num_labels": len(LABELS), "attn_implementation": "eager"}
WORDS = ["Ann", "LEESON", "met", "the", "EU", "2", "MacLee", "Leeson-based", "Ánn", "ann"]


@pytest.fixture(scope="module")
def tokenizer():
    return BertTokenizer(vocab={piece: number for number, piece in enumerate(PIECES)})


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    config = AlbertConfig(
        vocab_size=len(PIECES),
        type_vocab_size=len(Shape),
        embedding_size=8,
        hidden_size=16,
        num_hidden_layers=3,
        num_hidden_groups=3,
        num_attention_heads=2,
        intermediate_size=32,
        **ANY,
    )
    network = AlbertTagger(config)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network.train(False)


@pytest.fixture
def examples(tokenizer):
    sentences = [
        LabelledSentence(WORDS, ["B-PER", "I-PER", *["O"] * 8]),
        LabelledSentence(["Ann"], ["B-PER"]),
    ]
    return gold_examples(sentences, LABELS, tokenizer)


def draw():
    return np.random.default_rng(0)


def test_only_a_piece_that_begins_a_word_has_a_shape(tokenizer):
    encoded = encode_words(["LEESON", "Leeson-Based", "MacLee"], tokenizer)
    named = [
        list(zip(tokenizer.convert_ids_to_tokens(pieces), types, strict=True))
        for pieces, types in encoded
    ]
    assert named == [
        [("lee", Shape.UPPER), ("##s", Shape.LOWER), ("##on", Shape.LOWER)],
        [
            ("lee", Shape.TITLE),
            ("##s", Shape.LOWER),
            ("##on", Shape.LOWER),
            ("-", Shape.LOWER),
            ("based", Shape.TITLE),
        ],
        [("mac", Shape.TITLE), ("##l", Shape.LOWER), ("##e", Shape.LOWER), ("##e", Shape.LOWER)],
    ]


def test_a_batch_has_what_the_examples_have(tokenizer, examples):
    batch = Collator(tokenizer)(examples, draw())
    assert batch.pieces.shape == batch.types.shape == batch.mask.shape == batch.first.shape
    assert batch.first.sum(dim=1).tolist() == [len(WORDS), 1]
    assert batch.targets.argmax(dim=1).tolist() == [1, 2, *[0] * 8, 1]
    assert batch.mask.sum(dim=1).tolist() == [len(examples[0].pieces) + 2, 3]


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_a_recased_sentence_is_encoded_as_if_it_stood_so_in_the_text(tokenizer, examples, change):
    collate = Collator(tokenizer, recased=1.0)
    seen = {
        tuple(collate(examples[:1], np.random.default_rng(i)).types[0].tolist()) for i in range(20)
    }
    types = [
        shape
        for _, shapes in encode_words([change(w) for w in WORDS], tokenizer)
        for shape in shapes
    ]
    assert (0, *types, 0) in seen


def test_a_shard_is_read_as_it_was_written(tmp_path, examples):
    save_examples(tmp_path / "0.npz", examples)
    for before, after in zip(examples, load_examples(tmp_path / "0.npz"), strict=True):
        for name in Example.__slots__:
            assert np.array_equal(getattr(before, name), getattr(after, name))


def test_a_baked_tagger_gives_the_logits_of_the_one_that_is_told_the_shapes(
    tmp_path, tokenizer, network, examples
):
    forms = cased_forms(Counter(WORDS), tokenizer)
    baked = bake(network, tokenizer, PIECES, forms)
    cased = BertTokenizer(
        vocab={piece: number for number, piece in enumerate([*PIECES, *forms])},
        do_lower_case=False,
        strip_accents=True,
    )
    batch = Collator(tokenizer)(examples, draw())
    told = network.classifier(network.hidden_states(batch))[0]
    encoding = cased([WORDS], is_split_into_words=True, return_tensors="pt")
    plain = baked.train(False)(**encoding).logits[0]
    assert len(plain) == batch.mask[0].sum()
    torch.testing.assert_close(plain, told, rtol=1e-4, atol=1e-5)


def test_forms_are_what_stands_in_the_words_or_would_in_capitals(tokenizer):
    forms = cased_forms(Counter(["Ann", "met"]), tokenizer)
    assert {"Ann", "ANN", "MET", "Met", "A", "##A"} <= set(forms)
    assert all(shape_of(form) != Shape.LOWER for form in forms)
    assert forms["Ann"] > forms["ANN"]


def test_a_student_begins_with_its_teachers_layers_and_head(network):
    student = with_narrow_embeddings(network, 4)
    assert student.config.embedding_size == 4
    weights = student.state_dict()
    for name, value in network.state_dict().items():
        if "albert_layer_groups" in name or name.startswith("classifier"):
            assert torch.equal(weights[name], value)


class Stopped(Exception):
    """What ends a training before its time."""


def test_a_fit_that_was_stopped_goes_on_to_the_same_weights(
    tmp_path, tokenizer, network, examples, monkeypatch, capsys
):
    sentences = [LabelledSentence(["Ann", "met", "EU"], ["B-PER", "O", "O"])]
    settings = {"batch_size": 1, "epochs": 2, "learning_rate": 1e-2, "warmup_ratio": 0, "seed": 1}

    def fit(name):
        copied = deepcopy(network)
        copied.dropout.p = 0.0  # what it drops is drawn anew when a training goes on
        args = Namespace(output=tmp_path / name, recased=0.0, **settings)
        train(copied, tokenizer, LABELS, examples, sentences, args)
        return copied.state_dict()

    monkeypatch.setattr("training.fit.CHECKPOINT_SECONDS", -1)
    whole = fit("whole")
    learn = Learner.learn
    with monkeypatch.context() as patch:

        def stop_at_the_third(learner, batch):
            if learner.step == 2:
                raise Stopped
            learn(learner, batch)

        patch.setattr(Learner, "learn", stop_at_the_third)
        with pytest.raises(Stopped):
            fit("stopped")
    resumed = fit("stopped")
    assert "Going on from step 2." in capsys.readouterr().out
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value)
    assert not torch.equal(whole["classifier.weight"], network.classifier.weight)
