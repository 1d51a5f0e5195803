"""What was baked can be unbaked: no logit changes."""

from collections import Counter

import numpy as np
import torch
from transformers import BertTokenizer

from tests.training.tiny import PIECES, WORDS
from training.bake import bake, cased_forms
from training.corpus import Collator
from training.networks import AlbertTagger
from training.unbake import unbake


def test_an_unbaked_tagger_is_told_the_shapes_and_gives_the_same_logits(
    tokenizer, network, examples
):
    forms = cased_forms(Counter(WORDS), tokenizer)
    baked = bake(network, tokenizer, PIECES, forms)
    vocabulary = {piece: number for number, piece in enumerate([*PIECES, *forms])}
    cased = BertTokenizer(vocab=vocabulary, do_lower_case=False, strip_accents=True)
    plain = unbake(baked, cased, tokenizer)
    unbaked = AlbertTagger(plain.config)
    unbaked.load_state_dict(plain.state_dict())
    batch = Collator(tokenizer)(examples, np.random.default_rng(0))
    expected = network.hidden_states(batch)
    torch.testing.assert_close(unbaked.train(False).hidden_states(batch), expected)
