"""Measures other ways to do the forward pass beside the plain one, to choose what to try next.

Each is a trial, and none changes the tagger. Where the sentences of a batch differ in length, a
trial without a mask gives other labels; it only shows what the mask costs.
"""

from collections.abc import Callable
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface
from transformers.models.albert.modeling_albert import AlbertLayer

from benchmarks.gpu.figures import Figures, NotMeasured
from benchmarks.gpu.networks import (
    Batch,
    Forward,
    fixed_batches,
    load_network,
    make_batches,
    measure_forward,
    plain,
    sample_lengths,
)
from benchmarks.gpu.settings import Setting
from benchmarks.gpu.timing import check_time
from transforms.model.checkpoint import EMBEDDED
from transforms.model.masks import added_mask

# Makes the forward pass of a trial of a network, which it may change.
Prepare = Callable[[Any], Forward]

PLAIN = "plain forward pass"
MULTIPLES = "lengths in multiples of 8"
_PACKED = "packed_attention"
_AUTOTUNED = "layers compiled, max-autotune"
_WHOLE = "network compiled"
# These are measured with one model only.
_SLOW_TO_COMPILE = (_AUTOTUNED, _WHOLE)


def measure_attention(setting: Setting, figures: Figures) -> None:
    """Measures kinds of attention and of masks over batches as the tagger cuts them."""
    for model in setting.models:
        lengths, _ = sample_lengths(model, setting)
        for name, prepare in ATTENTION.items():
            multiple = 8 if MULTIPLES in name else 1
            batches = make_batches(lengths, setting.sizes.budget, setting, multiple=multiple)
            _measure(model, name, prepare, batches, setting, figures)


def measure_fixed_shapes(setting: Setting, figures: Figures) -> None:
    """Measures CUDA graphs and compiled networks over batches of a few shapes."""
    batches = fixed_batches(setting)
    for name, prepare in FIXED_SHAPES.items():
        for model in setting.models:
            if name not in _SLOW_TO_COMPILE or model == EMBEDDED:
                _measure(model, name, prepare, batches, setting, figures)


def _measure(
    model: str,
    trial: str,
    prepare: Prepare,
    batches: list[Batch],
    setting: Setting,
    figures: Figures,
) -> None:
    name = f"{model}, {trial}"
    with figures.attempt(name):
        check_time(setting)
        network = load_network(model, setting)
        cudnn = torch.backends.cuda.cudnn_sdp_enabled()
        try:
            forward = prepare(network)
            row = measure_forward(forward, batches, network.config, 0.0, setting)
        finally:
            torch.backends.cuda.enable_cudnn_sdp(cudnn)
        del row["words_per_s"]
        speed = row["pieces_per_s"]
        base = figures.rows.get(f"{model}, {PLAIN}", {}).get("pieces_per_s", speed)
        figures.put(name, model=model, times_plain=speed / base, **row)


def _plain_with(attention: str) -> Prepare:
    def prepare(network: Any) -> Forward:
        network.set_attn_implementation(attention)
        return plain(network)

    return prepare


def _without_cudnn(prepare: Prepare) -> Prepare:
    """Forbids cuDNN's attention, which makes a plan for each new shape.

    PyTorch prefers it on Hopper since 2.11 (`check_prefer_cudnn_attention`).
    """

    def prepare_without(network: Any) -> Forward:
        torch.backends.cuda.enable_cudnn_sdp(False)
        return prepare(network)

    return prepare_without


def _additive(network: Any) -> Forward:
    return lambda batch: (
        network(
            input_ids=batch.ids, attention_mask=added_mask(batch.mask.bool(), network.dtype)
        ).logits
    )


def _unmasked(network: Any) -> Forward:
    return lambda batch: network(input_ids=batch.ids).logits


def packed(network: Any) -> Forward:
    """Reads the sentences of a batch in one row, without padding, each heeding only itself.

    Returns:
      A forward pass whose logits are (1, piece, class), of the sentences one after the other.
    """
    AttentionInterface.register(_PACKED, _attend_packed)
    network.set_attn_implementation(_PACKED)
    rows: dict[int, dict[str, Any]] = {}

    def forward(batch: Batch) -> object:
        # The tagger's host would pack them, so that it costs no time of the device.
        if id(batch) not in rows:
            rows[id(batch)] = pack(batch)
        return network(**rows[id(batch)]).logits

    return forward


def pack(batch: Batch) -> dict[str, Any]:
    """Returns the arguments of a network for the sentences of a batch in one row.

    `ends` is (sentence + 1,), int32, where each sentence begins and the last ends.
    """
    device = batch.ids.device
    positions = [torch.arange(length) for length in batch.lengths]
    ends = torch.tensor([0, *accumulate(batch.lengths)], dtype=torch.int32)
    return {
        "input_ids": batch.ids[batch.mask.bool()][None],
        "position_ids": torch.cat(positions)[None].to(device),
        "ends": ends.to(device),
        "longest": max(batch.lengths),
    }


def _attend_packed(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: None,
    *,
    ends: Tensor,
    longest: int,
    **_: object,
) -> tuple[Tensor, None]:
    """Attends within each sentence; query, key, value are (1, head, piece, width)."""
    from torch.nn.attention.varlen import varlen_attn

    rows = [one[0].transpose(0, 1) for one in (query, key, value)]
    attended: Any = varlen_attn(rows[0], rows[1], rows[2], ends, ends, longest, longest)
    return attended[None], None


def _captured(prepare: Prepare) -> Prepare:
    """Captures a forward pass in a CUDA graph for each shape, and replays it."""

    def prepare_captured(network: Any) -> Forward:
        _need_cuda("CUDA graphs")
        forward = prepare(network)
        replays: dict[tuple[int, int], Forward] = {}

        def replay(batch: Batch) -> object:
            if batch.shape not in replays:
                replays[batch.shape] = _capture(forward, batch)
            return replays[batch.shape](batch)

        return replay

    return prepare_captured


def _capture(forward: Forward, batch: Batch) -> Forward:
    fixed = Batch(batch.ids.clone(), batch.lengths, batch.mask.clone())
    stream = torch.cuda.Stream()
    # Libraries prepare themselves in the first passes, which may not be captured.
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            forward(fixed)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        logits = forward(fixed)

    def replay(other: Batch) -> object:
        fixed.ids.copy_(other.ids)
        fixed.mask.copy_(other.mask)
        graph.replay()
        return logits

    return replay


def _compiled(network: Any) -> Forward:
    _need_cuda("compiling")
    network.compile(dynamic=True)
    return _additive(network)


def compiled_layers(**options: Any) -> Prepare:
    """Compiles a layer by itself, once for all layers, which takes less time than all at once."""

    def prepare(network: Any) -> Forward:
        _need_cuda("compiling")
        for layer in network.modules():
            if isinstance(layer, AlbertLayer):
                layer.compile(dynamic=True, **options)
        return _additive(network)

    return prepare


def _need_cuda(what: str) -> None:
    if not torch.cuda.is_available():
        raise NotMeasured(f"{what}: only on a GPU")


def _packed_on_cuda(network: Any) -> Forward:
    _need_cuda("attention to sentences in a row")
    return packed(network)


ATTENTION: dict[str, Prepare] = {
    PLAIN: plain,
    "no cuDNN": _without_cudnn(plain),
    "eager attention": _plain_with("eager"),
    "additive mask": _additive,
    "additive mask, no cuDNN": _without_cudnn(_additive),
    f"additive mask, no cuDNN, {MULTIPLES}": _without_cudnn(_additive),
    "no mask": _unmasked,
    "no mask, no cuDNN": _without_cudnn(_unmasked),
    "sentences in a row": _packed_on_cuda,
}

FIXED_SHAPES: dict[str, Prepare] = {
    PLAIN: plain,
    "additive mask": _additive,
    "additive mask, CUDA graphs": _captured(_additive),
    "layers compiled": compiled_layers(),
    "layers compiled, CUDA graphs": _captured(compiled_layers()),
    _AUTOTUNED: compiled_layers(mode="max-autotune-no-cudagraphs"),
    _WHOLE: _compiled,
}
