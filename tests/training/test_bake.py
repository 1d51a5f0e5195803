"""A baked tagger needs no shapes: its pieces have them."""

from collections import Counter

import numpy as np
import torch
from transformers import BertTokenizer

from tests.training.tiny import PIECES, WORDS
from training.bake import bake, cased_forms
from training.corpus import Collator
from training.shapes import Shape, shape_of


def test_a_baked_tagger_gives_the_logits_of_the_one_that_is_told_the_shapes(
    tokenizer, network, examples
):
    forms = cased_forms(Counter(WORDS), tokenizer)
    baked = bake(network, tokenizer, PIECES, forms)
    cased = BertTokenizer(
        vocab={piece: number for number, piece in enumerate([*PIECES, *forms])},
        do_lower_case=False,
        strip_accents=True,
    )
    batch = Collator(tokenizer)(examples, np.random.default_rng(0))
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
