"""Both kinds of masks hide the padding, and nothing else."""

import pytest
import torch

from tests.checkpoints import FAMILIES
from transforms.model.checkpoint import load_model
from transforms.model.masks import added_mask, mask_for

KINDS = ["albert", "bert", "camembert", "distilbert", "electra", "roberta", "xlm-roberta"]
LENGTHS = torch.tensor([9, 4, 1])


@pytest.mark.parametrize("kind", KINDS)
@torch.inference_mode()
def test_a_network_takes_a_mask_to_add_as_it_takes_a_plain_one(kind, tmp_path):
    network = load_model(FAMILIES[kind](tmp_path / "model"))
    assert network.config.model_type == kind
    pieces = torch.randint(5, 40, (3, 12), generator=torch.Generator().manual_seed(0))
    plain = mask_for(network, LENGTHS, 12)
    added = added_mask(plain.bool(), torch.float32)
    right, found = (
        network(input_ids=pieces, attention_mask=mask).logits[plain.bool()]
        for mask in (plain, added)
    )
    torch.testing.assert_close(found, right, atol=1e-5, rtol=1e-5)


def test_what_is_behind_the_end_of_a_window_is_hidden(tmp_path):
    network = load_model(FAMILIES["albert"](tmp_path / "model"))
    assert mask_for(network, LENGTHS, 9).sum(-1).tolist() == [9, 4, 1]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_need_not_wait_for_its_mask(tmp_path):
    network = load_model(FAMILIES["albert"](tmp_path / "model"), "cuda")
    pieces, lengths = torch.full((3, 16), 7).cuda(), LENGTHS.cuda()
    torch.cuda.set_sync_debug_mode("error")
    try:
        with torch.inference_mode():
            network(input_ids=pieces, attention_mask=mask_for(network, lengths, 16))
    finally:
        torch.cuda.set_sync_debug_mode("default")
