"""Takes times and the memory of a device, and counts a network's operations."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch

from benchmarks.gpu.figures import NotMeasured, Row
from benchmarks.gpu.settings import Setting

_MIB = 1 << 20


def wait_for(device: str) -> None:
    """Waits until a device has done all that it was given."""
    if device != "cpu":
        torch.cuda.synchronize(device)


def seconds_of(work: Callable[[], object], device: str) -> float:
    """Returns the seconds of some work, until the device has done it."""
    wait_for(device)
    start = time.perf_counter()
    work()
    wait_for(device)
    return time.perf_counter() - start


def measure(work: Callable[[int], object], setting: Setting) -> Row:
    """Measures some work, which is given the number of the repeat.

    Returns:
      `first_s`, the first pass, in which libraries prepare what they keep for later; `median_s` of
      the `repeats` after it; and `peak_mib`, the most memory of a GPU that tensors took.
    """
    reset_peak(setting)
    first = seconds_of(lambda: work(0), setting.device)
    least, most = setting.sizes.repeats
    end = time.perf_counter() + min(setting.sizes.seconds, setting.seconds_left)
    times: list[float] = []
    while len(times) < least or (len(times) < most and time.perf_counter() < end):
        if times and setting.seconds_left <= 0:
            break
        repeat = len(times) + 1
        times.append(seconds_of(lambda repeat=repeat: work(repeat), setting.device))  # type: ignore[misc]
    row: Row = {"first_s": first, "median_s": statistics.median(times), "repeats": len(times)}
    return row | peak_memory(setting)


def check_time(setting: Setting) -> None:
    """Ends a measurement when the part's time is over.

    Raises:
      NotMeasured: it is over.
    """
    if setting.seconds_left <= 0:
        raise NotMeasured("the part's time is over")


def reset_peak(setting: Setting) -> None:
    if setting.is_cuda:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(setting.device)


def peak_memory(setting: Setting) -> Row:
    """Returns `peak_mib` of a GPU since `reset_peak`, and nothing for a CPU."""
    if not setting.is_cuda:
        return {}
    return {"peak_mib": torch.cuda.max_memory_allocated(setting.device) / _MIB}


def used_mib(setting: Setting) -> float:
    """Returns the memory of the GPU that is in use, by all processes and their contexts."""
    free, total = torch.cuda.mem_get_info(setting.device)
    return (total - free) / _MIB


def matrix_tflops(setting: Setting, dtype: torch.dtype = torch.bfloat16) -> float:
    """Measures the rate of a large matrix product, in 10^12 operations a second.

    The values are random, since products of zeros are faster.
    """
    size = setting.sizes.matrix
    one, other = (torch.randn(size, size, device=setting.device).to(dtype) for _ in range(2))
    products = 10 if setting.is_cuda else 1

    def multiply(_: int) -> None:
        for _ in range(products):
            one @ other

    return products * 2 * size**3 / measure(multiply, setting)["median_s"] / 1e12


def copy_gb_per_s(setting: Setting) -> float:
    """Measures how fast a device copies its own memory, bytes read and written, in GB/s."""
    count = 1 << 30 if setting.is_cuda else 1 << 16
    source = torch.ones(count, dtype=torch.uint8, device=setting.device)
    target = torch.empty_like(source)
    seconds = measure(lambda _: target.copy_(source), setting)["median_s"]
    return 2 * count / float(seconds) / 1e9


def albert_flops(config: Any, shapes: Sequence[tuple[int, int]]) -> int:
    """Counts the operations of an ALBERT's matrix products, two for a multiplication and addition.

    For rows x length pieces, of embedding width E, width H, inner width F, L layers and C classes,
    it is rows * length * (2EH + L * (8HH + 4HF + 4 * length * H) + 2HC). Padding counts, since the
    device computes it.

    Args:
      shapes: (batch,), the rows and the padded length of each.
    """
    width, inner = config.hidden_size, config.intermediate_size
    once = 2 * config.embedding_size * width + 2 * width * config.num_labels
    layer = 8 * width**2 + 4 * width * inner
    return sum(
        rows * length * (once + config.num_hidden_layers * (layer + 4 * length * width))
        for rows, length in shapes
    )
