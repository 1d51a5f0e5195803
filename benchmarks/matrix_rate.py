"""Measures which share of a processor's matrix rate a network reaches.

The matrix rate is that of torch's product of matrices, for the shapes that the network's linear
layers have and in its precision. Nothing that computes these layers can be faster by much, so the
share says how much a faster way to the same products could still give.

As in the tagger, every core has a stream of its own with one thread of torch, and all streams
run at once. Attention's own products are not counted: with 32 pieces a sentence they are 1 % of
ALBERT-base's.
"""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from transforms.model.checkpoint import load_model

# This many pieces are what the tagger puts into a batch on a CPU.
ROWS, PIECES = 16, 32
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "int8": torch.int8}

Shape = tuple[int, int, int]  # rows, inputs and outputs of a linear layer


@dataclass(frozen=True, slots=True)
class Shares:
    """What a network reaches in a precision.

    Attributes:
      flop: floating-point operations of its linear layers, for one piece.
      rate: FLOP a second and core of the product of matrices of their shapes.
      linear: the linear layers' share of that rate; None where other modules compute them.
      forward: the share of that rate which the whole forward pass reaches.
    """

    flop: int
    rate: float
    linear: float | None
    forward: float

    def __str__(self) -> str:
        linear = "-" if self.linear is None else f"{self.linear:.0%}"
        return (
            f"{self.flop / 1e6:.0f} MFLOP a piece; matrix rate {self.rate / 1e9:.0f} GFLOP/s a "
            f"core; linear layers {linear}, whole forward pass {self.forward:.0%} of it"
        )


def processor_features() -> str:
    """Says which instructions for products of matrices torch finds in the processor."""
    has = {
        "AMX": torch.cpu._is_amx_tile_supported(),
        "AVX-512 bf16": torch.cpu._is_avx512_bf16_supported(),
        "VNNI": torch.cpu._is_vnni_supported(),
    }
    return ", ".join(name if found else f"no {name}" for name, found in has.items())


def measure_shares(folder: str | Path, precision: str, threads: int, repeats: int) -> Shares:
    """Measures a network in a precision, in turns with the bare products.

    Raises:
      DeviceError: there is no such precision.
    """
    exact = load_model(folder)
    shapes = linear_shapes(exact)
    names = [name for name, _ in linear_layers(exact)]
    network = load_model(folder, precision=precision)
    seconds = _take_turns(network, names, shapes, DTYPES[precision], threads, repeats)
    products, linear, forward = (statistics.median(of_all) for of_all in zip(*seconds, strict=True))
    flop = sum(2 * rows * inputs * outputs for rows, inputs, outputs in shapes)
    return Shares(
        flop // (ROWS * PIECES),
        flop / products,
        products / linear if linear else None,
        products / forward,
    )


def _take_turns(
    network: nn.Module,
    names: Sequence[str],
    shapes: Sequence[Shape],
    dtype: torch.dtype,
    threads: int,
    repeats: int,
) -> list[tuple[float, float, float]]:
    """Returns (repeat,), the seconds of the bare products, the linear layers and the forward pass.

    The first turn warms up and does not count. The linear layers' seconds are 0 where the network
    has other modules than these layers.
    """
    turns = []
    multiply = make_products(shapes, dtype)
    batch = make_batch(network)
    with _streams(threads) as run, timed_layers(network, names) as spent:
        for _ in range(repeats + 1):
            products = run(multiply)
            spent.clear()
            forward = run(lambda: network(**batch))
            turns.append((products, sum(spent) / threads, forward))
    return turns[1:]


@contextmanager
def _streams(threads: int) -> Iterator[Callable[[Callable[[], Any]], float]]:
    """Gives a function that does some work in all streams at once and returns its seconds."""

    def without_gradients(work: Callable[[], Any]) -> None:
        with torch.inference_mode():
            work()

    def run(work: Callable[[], Any]) -> float:
        start = time.perf_counter()
        list(pool.map(without_gradients, [work] * threads))
        return time.perf_counter() - start

    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        yield run


def linear_layers(network: nn.Module) -> list[tuple[str, nn.Module]]:
    return [one for one in network.named_modules() if isinstance(one[1], nn.Linear)]


def linear_shapes(network: nn.Module) -> list[Shape]:
    """Returns the shape of every product that the linear layers compute in one batch, in turn.

    A layer that is used again, as ALBERT's are, gives its shape again.
    """
    shapes: list[Shape] = []

    def note(layer: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        rows = inputs[0].numel() // layer.in_features
        shapes.append((rows, layer.in_features, layer.out_features))

    hooks = [layer.register_forward_hook(note) for _, layer in linear_layers(network)]
    with torch.inference_mode():
        network(**make_batch(network))
    for hook in hooks:
        hook.remove()
    return shapes


@contextmanager
def timed_layers(network: nn.Module, names: Sequence[str]) -> Iterator[list[float]]:
    """Gives a list to which each call of a layer adds its seconds; it stays empty if one lacks."""
    modules = dict(network.named_modules())
    spent: list[float] = []
    if not all(name in modules for name in names):
        yield spent
        return
    hooks = [hook for name in names for hook in _time_layer(modules[name], spent)]
    yield spent
    for hook in hooks:
        hook.remove()


def _time_layer(layer: nn.Module, spent: list[float]) -> list[Any]:
    """Makes each call of a layer add its seconds; returns what undoes that.

    Several streams call a layer at once, so each thread keeps the start of its own call.
    """
    starts: dict[int, float] = {}

    def start(*_: Any) -> None:
        starts[threading.get_ident()] = time.perf_counter()

    def stop(*_: Any) -> None:
        spent.append(time.perf_counter() - starts[threading.get_ident()])

    return [layer.register_forward_pre_hook(start), layer.register_forward_hook(stop)]


def make_batch(network: Any) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    shape = (ROWS, PIECES)
    ids = torch.randint(5, network.config.vocab_size, shape, generator=generator)
    return {"input_ids": ids, "attention_mask": torch.ones(shape, dtype=torch.long)}


def make_products(shapes: Sequence[Shape], dtype: torch.dtype) -> Callable[[], None]:
    """Returns what computes the bare products of some shapes; the matrices are made here."""
    # Products of int8 are whole numbers, and torch has a function of its own for them.
    product: Callable[..., Tensor] = torch._int_mm if dtype == torch.int8 else torch.mm
    factors = [
        (_matrix(rows, inputs, dtype), _matrix(inputs, outputs, dtype), times)
        for (rows, inputs, outputs), times in Counter(shapes).items()
    ]

    def multiply() -> None:
        for one, other, times in factors:
            for _ in range(times):
                product(one, other)

    return multiply


def _matrix(rows: int, columns: int, dtype: torch.dtype) -> Tensor:
    if dtype == torch.int8:
        return torch.randint(-127, 128, (rows, columns), dtype=dtype)
    return torch.randn(rows, columns).to(dtype)
