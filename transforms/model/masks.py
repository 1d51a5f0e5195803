"""Makes the masks that tell a network which pieces are padding."""

import torch
from torch import Tensor
from transformers import PreTrainedModel

# Only attention heeds a mask. These networks mix pieces in other ways too, so padding would change
# their labels.
SEE_PADDING = ("convbert", "fnet", "mobilebert", "yoso")

# Networks of these types take a mask that attention adds as it is. Of any other mask transformers
# asks whether it hides anything, so a GPU would have to be done with all earlier work first.
_TAKE_ADDED_MASKS = (
    "albert",
    "bert",
    "camembert",
    "distilbert",
    "electra",
    "roberta",
    "xlm-roberta",
)


def mask_for(network: PreTrainedModel, lengths: Tensor, width: int) -> Tensor:
    """Returns the mask for a batch, on the device of `lengths`.

    Args:
      lengths: (window,), how many pieces each has without padding.
      width: how many it has with padding.
    """
    there = torch.arange(width, device=lengths.device) < lengths[:, None]
    if lengths.device.type == "cpu" or network.config.model_type not in _TAKE_ADDED_MASKS:
        return there.long()
    return added_mask(there, network.dtype)


def added_mask(there: Tensor, dtype: torch.dtype) -> Tensor:
    """Returns (window, 1, 1, piece): 0 where a piece is there, else the lowest number."""
    mask = torch.zeros(there.shape, dtype=dtype, device=there.device)
    return mask.masked_fill(~there, torch.finfo(dtype).min)[:, None, None, :]
