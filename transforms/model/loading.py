"""Loads taggers, each of them once in a process."""

import threading
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from transforms.model.checkpoint import (
    Checkpoint,
    fingerprint,
    load_model,
    open_model,
    resolve_checkpoint,
)
from transforms.model.cores import usable_cores
from transforms.model.devices import resolve_device, resolve_precision
from transforms.model.errors import CheckpointError
from transforms.model.tagger import NetworkTagger
from transforms.model.tokenizer import load_tokenizer

# Each is a number of padded pieces a batch. On a CPU larger batches are slower, because they do not
# fit the caches (ALBERT-base in fp32 on two cores: 512 pieces 1,388 words/s, 1,024 pieces 1,308).
_TOKEN_BUDGETS = {"cpu": 512, "cuda": 16384}

# The keys are fingerprint, device and precision.
_taggers: dict[tuple[str, str, str], NetworkTagger] = {}
_taggers_lock = threading.Lock()


def load_tagger(
    checkpoint: Checkpoint,
    device: str = "auto",
    precision: str = "auto",
    token_budget: int | None = None,
    threads: int | None = None,
) -> NetworkTagger:
    """Loads a tagger, or returns the one that this process already has.

    A process has one tagger for a checkpoint, a device and a precision. Its token budget and its
    threads are those that the first caller asked for.

    Args:
      checkpoint: one that was resolved here or on another machine.
      device: see `resolve_device`.
      precision: see `resolve_precision`.
      token_budget: the most padded pieces that a batch may have; None chooses by the device.
      threads: CPU threads of the network in this process; None takes as many as there are cores,
        or as OMP_NUM_THREADS says.

    Raises:
      CheckpointError: this machine does not have the checkpoint, or has another one by its name.
      DeviceError: this machine does not have the device.
    """
    device = resolve_device(device)
    precision = resolve_precision(precision, device)
    key = (checkpoint.fingerprint, device, precision)
    with _taggers_lock:
        if key not in _taggers:
            folder = _find_here(checkpoint)
            network = load_model(folder, device, precision)
            tokenizer = load_tokenizer(folder)
            labels = checkpoint.labels
            _taggers[key] = _make_tagger(network, tokenizer, labels, token_budget, threads)
        return _taggers[key]


def open_tagger(
    model: str | None = None,
    revision: str | None = None,
    label_names: Sequence[str] = (),
    device: str = "auto",
    precision: str = "auto",
) -> NetworkTagger:
    """Loads a tagger for the caller alone, who closes it; the model is loaded once.

    Args:
      model, revision, label_names: see `open_model`.
      device, precision: see `load_tagger`.

    Raises:
      CheckpointError: the model is not there, or cannot tag.
      DeviceError: the device is not here.
    """
    device = resolve_device(device)
    precision = resolve_precision(precision, device)
    found = open_model(model, revision, label_names, device, precision)
    return _make_tagger(found.network, found.tokenizer, found.labels)


def _make_tagger(
    network: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    labels: Sequence[str],
    token_budget: int | None = None,
    threads: int | None = None,
) -> NetworkTagger:
    return NetworkTagger(
        network,
        tokenizer,
        labels,
        token_budget or _TOKEN_BUDGETS[network.device.type],
        threads or min(torch.get_num_threads(), usable_cores()),
    )


def _find_here(checkpoint: Checkpoint) -> str:
    """Returns the folder of a checkpoint that may have been resolved on another machine."""
    folder = Path(checkpoint.path)
    if folder.is_dir() and fingerprint(folder, checkpoint.labels) == checkpoint.fingerprint:
        return checkpoint.path
    here = resolve_checkpoint(checkpoint.name, checkpoint.revision, checkpoint.labels)
    if here.fingerprint != checkpoint.fingerprint:
        raise CheckpointError(
            f"{checkpoint.name} in {here.path} is not the model that the job began with: its "
            f"fingerprint is {here.fingerprint}, the job's {checkpoint.fingerprint}"
        )
    return here.path
