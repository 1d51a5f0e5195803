"""Finds checkpoints, makes sure that they can tag, and loads them."""

import hashlib
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from transforms.model.bucket import fetch_files, is_bucket, list_folder
from transforms.model.errors import CheckpointError
from transforms.model.int8 import quantize
from transforms.model.labels import bio_labels
from transforms.model.quiet import quiet
from transforms.model.tokenizer import check_tokenizer, load_tokenizer

EMBEDDED = "embedded"
EMBEDDED_FOLDER = Path(__file__).parent / EMBEDDED

_CONFIG_FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "spiece.model",
    "spm.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
# A checkpoint has one of these files, or an index and the shards that it names. Safetensors are
# preferred; `load_model` loads the older kind in a way that runs no code.
_WEIGHTS = (
    ("model.safetensors", "model-*-of-*.safetensors"),
    ("pytorch_model.bin", "pytorch_model-*-of-*.bin"),
)
_DTYPES = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "int8": torch.float32,  # of all that is no linear layer
}


@dataclass(frozen=True)
class Checkpoint:
    """A model for token classification in a folder of this machine, which was found fit.

    Attributes:
      name: what it was asked for by, or "embedded".
      path: the folder.
      revision: the commit of a model from the hub, "" for others.
      labels: (class,), BIO labels by class id.
      fingerprint: a hexadecimal digest of weights, tokenizer, config and labels. It is the same
        for the same bytes, wherever they lie.
    """

    name: str
    path: str
    revision: str
    labels: tuple[str, ...]
    fingerprint: str

    @property
    def is_here_only(self) -> bool:
        """Tells whether other machines, which find a model by its name, may lack it."""
        return self.name != EMBEDDED and not self.revision and not is_bucket(self.name)


class OpenModel(NamedTuple):
    """A model that was found fit, and is loaded.

    Attributes:
      name, folder, revision, labels: as in `Checkpoint`.
    """

    name: str
    folder: Path
    revision: str
    labels: tuple[str, ...]
    tokenizer: PreTrainedTokenizerFast
    network: PreTrainedModel


def resolve_checkpoint(
    model: str | None = None, revision: str | None = None, label_names: Sequence[str] = ()
) -> Checkpoint:
    """Finds a model as `open_model` does, and takes its fingerprint, by which others know it.

    Raises:
      CheckpointError: there is no such model, or it cannot tag.
    """
    found = open_model(model, revision, label_names)
    return Checkpoint(
        name=found.name,
        path=str(found.folder),
        revision=found.revision,
        labels=found.labels,
        fingerprint=fingerprint(found.folder, found.labels),
    )


def open_model(
    model: str | None = None,
    revision: str | None = None,
    label_names: Sequence[str] = (),
    device: str = "cpu",
    precision: str = "fp32",
) -> OpenModel:
    """Finds a model, fetching it if need be, loads it, and makes sure that it can tag words.

    Args:
      model: a folder, which may be in a bucket (gs://, s3://), or the id of a model on the hub.
        None stands for the embedded one.
      revision: a branch, tag or commit of a model on the hub.
      label_names: (class,), BIO labels by class id, in place of the checkpoint's own.
      device, precision: resolved; see `transforms/model/devices.py`.

    Raises:
      CheckpointError: there is no such model, or it cannot tag.
    """
    name = model or EMBEDDED
    folder = _find_folder(name)
    commit = ""
    if folder is None:
        folder = _fetch(name, revision)
        commit = folder.name
    elif revision:
        raise CheckpointError(f"a revision ({revision}) goes with a hub id, and {name!r} is none")
    if not (folder / "config.json").is_file():
        raise CheckpointError(f"{name}: {folder} holds no config.json, so it is no checkpoint")
    tokenizer = _checked(name, load_tokenizer, folder)
    load = partial(load_model, device=device, precision=precision)
    network = _checked(name, load, folder)
    check_tokenizer(name, tokenizer, network)
    labels = bio_labels(name, _class_names(network), label_names)
    return OpenModel(name, folder, commit, labels, tokenizer, network)


def find_checkpoint(name: str) -> Path:
    """Returns a model's folder on this machine, fetched if it is in a bucket or on the hub.

    Raises:
      CheckpointError: there is no such model.
    """
    return _find_folder(name) or _fetch(name, None)


def load_model(folder: str | Path, device: str = "cpu", precision: str = "fp32") -> PreTrainedModel:
    """Loads a checkpoint's network, ready for inference.

    Args:
      folder: of this machine.
      device: "cpu" or "cuda:N".
      precision: "fp32", "bf16", "fp16" or, on a CPU, "int8".

    Raises:
      CheckpointError: weights are missing, as in a model that was never fine-tuned for token
        classification.
    """
    with quiet():
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        if getattr(config, "hidden_act", None) == "gelu_new":
            # This is the same function in one pass instead of eight, which saves 20 % of ALBERT's
            # time on a CPU.
            config.hidden_act = "gelu_pytorch_tanh"
        network, report = AutoModelForTokenClassification.from_pretrained(
            folder,
            config=config,
            dtype=_DTYPES[precision],
            trust_remote_code=False,
            weights_only=True,
            output_loading_info=True,
        )
    if missing := sorted(report["missing_keys"]):
        raise CheckpointError(
            f"{len(missing)} weights are missing, {missing[0]} first: this is "
            f"{' '.join(config.architectures or ['a base model'])}, not fine-tuned for token "
            "classification; fine-tune it first (news-entities train --base ...)"
        )
    network.to(device).eval()
    if precision == "int8":
        quantize(network)
    return cast(PreTrainedModel, network)


def _find_folder(name: str) -> Path | None:
    """Returns the folder that a name stands for, None if it may be the id of a hub model."""
    if name == EMBEDDED:
        return EMBEDDED_FOLDER
    if is_bucket(name):
        return _fetch_from_bucket(name)
    path = Path(name).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.exists():
        raise CheckpointError(f"{name} is a file; give the folder of the checkpoint")
    if name.startswith((".", "~", os.sep)) or name.count(os.sep) > 1:
        raise CheckpointError(f"there is no folder {name}; give a folder or the id of a hub model")
    return None


def _fetch_from_bucket(uri: str) -> Path:
    """Fetches the files of a checkpoint in a bucket that are loaded, unless they are here."""
    files = list_folder(uri)
    if "config.json" not in files:
        raise CheckpointError(f"{uri} holds no config.json, so it is no checkpoint")
    return fetch_files(uri, {name: files[name] for name in _needed(files)})


def _needed(names: Collection[str]) -> list[str]:
    """Returns those files of a folder that are loaded, with weights of only one kind."""
    config = [name for name in _CONFIG_FILES if name in names]
    for single, shards in _WEIGHTS:
        if single in names:
            return [*config, single]
        if f"{single}.index.json" in names:
            found = sorted(name for name in names if fnmatchcase(name, shards))
            return [*config, f"{single}.index.json", *found]
    return config


def _fetch(name: str, revision: str | None) -> Path:
    """Fetches the files of a hub model that are loaded, unless they are in the local cache.

    Returns:
      The folder of the snapshot, whose name is its commit.
    """
    try:
        for weights in _WEIGHTS:
            # If there is a second turn, it must see the same commit as the first.
            patterns = [*_CONFIG_FILES, *weights, f"{weights[0]}.index.json"]
            folder = Path(snapshot_download(name, revision=revision, allow_patterns=patterns))
            revision = folder.name
            if _weight_files(folder):
                break
    except HFValidationError as error:
        raise CheckpointError(f"{name!r} is neither a folder nor the id of a hub model") from error
    except RepositoryNotFoundError as error:
        raise CheckpointError(
            f"there is no folder {name}, and no model of that id on the hub that may be read "
            "(a private one needs HF_TOKEN)"
        ) from error
    except RevisionNotFoundError as error:
        raise CheckpointError(f"{name} on the hub has no revision {revision!r}") from error
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise CheckpointError(
            f"there is no folder {name}, and the hub model of that id could not be fetched and is "
            f"not in the local cache ({type(error).__name__}: {reason}); give a folder, or see to "
            "the network"
        ) from error
    return folder


def _weight_files(folder: Path) -> list[Path]:
    """Returns the files of the weights that would be loaded, with their index if there is one."""
    for single, shards in _WEIGHTS:
        if (folder / single).is_file():
            return [folder / single]
        if (folder / f"{single}.index.json").is_file():
            return [folder / f"{single}.index.json", *sorted(folder.glob(shards))]
    return []


def fingerprint(folder: Path, labels: Sequence[str]) -> str:
    """Returns a digest of what tags depend on: the files that are loaded, and the labels."""
    files = [folder / name for name in _CONFIG_FILES if (folder / name).is_file()]
    digest = hashlib.sha256(json.dumps(list(labels)).encode())
    for path in [*files, *_weight_files(folder)]:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.name} {content}\n".encode())
    return digest.hexdigest()


def _checked(name: str, load: Any, folder: Path) -> Any:
    """Runs a loader, and turns whatever the libraries raise into an error that names the model."""
    try:
        return load(folder)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        if not isinstance(error, CheckpointError):
            reason = f"it cannot be loaded: {type(error).__name__}: {reason}"
        raise CheckpointError(f"{name}: {reason}") from error


def _class_names(network: PreTrainedModel) -> list[str]:
    return [label for _, label in sorted((network.config.id2label or {}).items())]
