"""Computes a network's linear layers in bytes, which processors with VNNI or AMX do quickly."""

from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import TokenClassifierOutput

from transforms.model.errors import CheckpointError
from transforms.model.masks import SEE_PADDING

# torch's own compiler is what usually calls these two.
_pack_weights: Any = torch.ops.onednn.qlinear_prepack
_multiply: Any = torch.ops.onednn.qlinear_pointwise
# This is meant for tables of embeddings, and turns rows into bytes in one pass over them. The steps
# one by one (extremes, scaling, rounding, conversion) take four to five times as long.
_pack_rows: Any = torch.ops.quantized.embedding_bag_byte_prepack

# A layer that makes few outputs of many inputs is cut into groups of at most so many inputs, as one
# great weight takes the digits of all others that share its scale. There groups cost little, and
# the embedded model's F1 falls by .0007 instead of .0024 (transforms/model/embedded_f1.py).
_MOST_INPUTS = 512

# The last bits of attention depend on the length that a sentence is padded to, and rounding to
# bytes would make them visible. They do not if that length is a multiple of the vectors' floats.
_MULTIPLE = 16


class Int8Linear(nn.Module):
    """A linear layer of bytes, for inference on a CPU.

    Weights have a scale for each output and group of inputs. Inputs have a scale and a minimum for
    each row and group, so what a row gives does not depend on the rows beside it.

    Attributes:
      in_features, out_features: as in `nn.Linear`.
      groups: (group,), the layer's weights.
      bias: (output,), float32.
      weight: (output, input), int8, for networks that look at the type of their weights.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.in_features = linear.in_features
        self.out_features = linear.out_features
        parts = linear.weight.detach().chunk(count_groups(linear), 1)
        self.groups = [_Group(part) for part in parts]
        self.bias: Tensor
        self.weight: Tensor
        no_bias = torch.zeros(linear.out_features)
        self.register_buffer("bias", no_bias if linear.bias is None else linear.bias.detach())
        self.register_buffer("weight", torch.cat([group.weight for group in self.groups], 1))

    def forward(self, inputs: Tensor) -> Tensor:
        """Multiplies inputs, (..., input), float32; gives (..., output), float32."""
        outputs = self.bias
        for group, part in zip(self.groups, _in_bytes(inputs, len(self.groups)), strict=True):
            rows, scales, minima = part
            products = group.multiply(rows)
            outputs = torch.addcmul(outputs, products, scales, out=products)
            outputs.addcmul_(minima, group.sums)
        return outputs.view(*inputs.shape[:-1], self.out_features)


class _Group:
    """The weights of a group of inputs.

    Attributes:
      weight: (output, input), int8.
      sums: (output,), float32, the sums of what the bytes stand for.
    """

    def __init__(self, weight: Tensor) -> None:
        self._scales = weight.abs().amax(1).clamp(min=torch.finfo().tiny) / 127
        self.weight = (weight / self._scales[:, None]).round().to(torch.int8)
        self.sums = self.weight.sum(1) * self._scales
        self._zeros = torch.zeros(len(weight), dtype=torch.int64)
        self._packed = _pack_weights(self.weight, None)

    def multiply(self, rows: Tensor) -> Tensor:
        """Multiplies rows, (row, input), uint8, exactly; gives (row, output), float32."""
        weights = (self._packed, self._scales, self._zeros)
        no_bias_and_no_rounding = (None, 1.0, 0, torch.float32)
        products: Tensor = _multiply(
            rows, 1.0, 0, *weights, *no_bias_and_no_rounding, "none", [], ""
        )
        return products


def _in_bytes(inputs: Tensor, groups: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Turns each row's part of a group into bytes that stand for `byte * scale + minimum`.

    Returns:
      (group,), of each: (row, input), uint8; and the scales and the minima, (row, 1), float32.
    """
    width = inputs.shape[-1] // groups
    # The scale and the minimum come after the bytes, as eight bytes more.
    packed = _pack_rows(inputs.reshape(-1, width)).view(-1, groups, width + 8)
    tails = packed.view(torch.float32)[:, :, width // 4 :]
    return [
        (packed[:, group, :width].contiguous(), tails[:, group, :1], tails[:, group, 1:])
        for group in range(groups)
    ]


def count_groups(linear: nn.Linear) -> int:
    """Returns into how many groups of one size the inputs of a layer are cut."""
    if linear.in_features <= linear.out_features:
        return 1
    fewest = -(-linear.in_features // _MOST_INPUTS)
    sizes = range(fewest, linear.in_features // 4 + 1)
    return next(groups for groups in sizes if linear.in_features % (4 * groups) == 0)


def quantize(network: PreTrainedModel) -> None:
    """Has a network compute its linear layers in bytes.

    Raises:
      CheckpointError: the network has no such layers, or weights that are not finite.
    """
    _replace_linears(network)
    if network.config.model_type not in SEE_PADDING:
        _pad_to_multiples(network)


def _replace_linears(network: nn.Module) -> None:
    # Classes that derive from linear layers compute something else, and stay.
    fit = [
        (module, name, child)
        for module in network.modules()
        for name, child in module.named_children()
        if type(child) is nn.Linear and child.in_features % 4 == 0
    ]
    if not fit:
        raise CheckpointError("it has no linear layers that int8 is for; take --precision fp32")
    if not all(child.weight.isfinite().all() for _, _, child in fit):
        # Bytes would hide them, where other precisions show them in the scores.
        raise CheckpointError("some of its weights are not finite, so it cannot tag")
    with torch.inference_mode():
        for module, name, child in fit:
            setattr(module, name, Int8Linear(child))


def _pad_to_multiples(network: PreTrainedModel) -> None:
    """Has a network pad its input, so that tags do not depend on the other sentences' lengths."""
    plain = network.forward
    padding = network.config.pad_token_id or 0
    longest = getattr(network.config, "max_position_embeddings", None) or 0

    def forward(input_ids: Tensor, attention_mask: Tensor) -> TokenClassifierOutput:
        length = input_ids.shape[1]
        missing = -length % _MULTIPLE
        if length + missing > longest > 0:
            missing = 0
        output: TokenClassifierOutput = plain(
            input_ids=nn.functional.pad(input_ids, (0, missing), value=padding),
            attention_mask=nn.functional.pad(attention_mask, (0, missing)),
        )
        output.logits = cast(Tensor, output.logits)[:, :length]
        return output

    network.forward = forward
