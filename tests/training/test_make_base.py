"""The base model computes what the encoder does that it is made from."""

import pytest
import torch
from transformers import BertConfig, BertModel

pytest.importorskip("onnx", reason="only the recipe of the embedded model needs it")

from training.make_base import albert_from_bert, difference, give_shapes
from training.shapes import Shape


@pytest.fixture
def bert():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=1100,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
    )
    return BertModel(config, add_pooling_layer=False).train(False)


def test_bert_in_alberts_form_computes_the_same(bert):
    assert difference(bert, albert_from_bert(bert)) < 1e-5


def test_shapes_change_nothing_before_they_are_learnt(bert):
    albert = albert_from_bert(bert)
    give_shapes(albert)
    pieces = torch.arange(1000, 1040)[None]
    types = torch.arange(40)[None] % len(Shape)
    with torch.no_grad():
        assert torch.equal(albert(pieces)[0], albert(pieces, token_type_ids=types)[0])
