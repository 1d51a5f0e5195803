"""Measures the GPU's rate, and the networks alone, without tokenizer, tagger and transfers."""

import platform
from pathlib import Path
from typing import Any

import torch
import transformers

from benchmarks.gpu.figures import Figures, Row
from benchmarks.gpu.networks import (
    load_network,
    make_batches,
    measure_forward,
    plain,
    sample_lengths,
)
from benchmarks.gpu.settings import Setting
from benchmarks.gpu.timing import check_time, copy_gb_per_s, matrix_tflops
from transforms.model.cores import usable_cores


def measure_models(setting: Setting, figures: Figures) -> None:
    """Measures matrix products, then each network at each token budget."""
    figures.put("machine", **describe_machine(setting))
    with figures.attempt("matrix product, bf16"):
        check_time(setting)
        figures.put("matrix product, bf16", tflops=matrix_tflops(setting))
    with figures.attempt("matrix product, fp32"):
        check_time(setting)
        figures.put("matrix product, fp32", tflops=matrix_tflops(setting, torch.float32))
    with figures.attempt("copy within the device"):
        check_time(setting)
        figures.put("copy within the device", gb_per_s=copy_gb_per_s(setting))
    for model in setting.models:
        with figures.attempt(f"{model}, model alone"):
            check_time(setting)
            _measure_model(model, setting, figures)


def _measure_model(model: str, setting: Setting, figures: Figures) -> None:
    network = load_network(model, setting)
    lengths, pieces_a_word = sample_lengths(model, setting)
    words_a_piece = words_of_piece(lengths, pieces_a_word)
    # The budget that is the default comes first.
    for budget in sorted(setting.sizes.budgets, key=lambda one: one != setting.sizes.budget):
        name = f"{model}, model alone, {budget} pieces a batch"
        with figures.attempt(name):
            check_time(setting)
            batches = make_batches(lengths, budget, setting)
            row = measure_forward(plain(network), batches, network.config, words_a_piece, setting)
            figures.put(name, model=model, budget=budget, pieces_a_word=pieces_a_word, **row)


def words_of_piece(lengths: list[int], pieces_a_word: float) -> float:
    """Returns the words a piece, when the two special pieces of each sentence count too."""
    return (1 - 2 * len(lengths) / sum(lengths)) / pieces_a_word


def describe_machine(setting: Setting) -> Row:
    row: Row = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "processor": _processor(),
        "cores": usable_cores(),
        "device": setting.device,
        "precision": setting.precision,
    }
    return row | _describe_gpu(setting.device) if setting.is_cuda else row


def _describe_gpu(device: str) -> dict[str, Any]:
    properties = torch.cuda.get_device_properties(device)
    return {
        "gpu": properties.name,
        "gpu_memory_gib": round(properties.total_memory / (1 << 30), 1),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
    }


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
