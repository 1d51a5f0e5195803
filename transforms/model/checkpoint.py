"""Checkpoints: where they lie, whether they can tag, and loading them."""

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging as transformers_logging

from transforms.model.bucket import fetch_files, is_bucket, list_folder
from transforms.model.spiece import albert_tokenizer

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
# By preference: a single file, or an index and the shards that it names. Loading the
# second kind, of before safetensors, runs no code: see `load_model`.
_WEIGHTS = (
    ("model.safetensors", "model-*-of-*.safetensors"),
    ("pytorch_model.bin", "pytorch_model-*-of-*.bin"),
)
_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
# Words that any tokenizer of a language in Latin letters knows at least in pieces.
_PLAIN_WORDS = ["the", "of", "said", "in", "new"]
_BIO = re.compile(r"O|[BI]-.+")
# What stands for the marks of BIOES, BILOU and BMES in BIO.
_BIO_MARKS = {"S": "B", "U": "B", "M": "I", "E": "I", "L": "I"}


class CheckpointError(ValueError):
    """A model that cannot be used; the message says what was found and what to change."""


@dataclass(frozen=True)
class Checkpoint:
    """A model for token classification that was found fit, in a folder of this machine.

    Attributes:
      name: as it was asked for, or "embedded".
      path: the folder.
      revision: the commit, of a model of the hub; else "".
      labels: BIO labels by class id.
      fingerprint: hex, of weights, tokenizer, config and labels; the same for the same
        bytes wherever they lie.
    """

    name: str
    path: str
    revision: str
    labels: tuple[str, ...]
    fingerprint: str

    @property
    def is_here_only(self) -> bool:
        """Whether other machines, which find a model by its name, may not have it."""
        return self.name != EMBEDDED and not self.revision and not is_bucket(self.name)


def resolve_checkpoint(
    model: str | None = None, revision: str | None = None, label_names: Sequence[str] = ()
) -> Checkpoint:
    """Finds a model, fetching it if need be, and makes sure that it can tag words.

    Args:
      model: a folder, also in a bucket (gs://, s3://), or the id of a model on the hub; None is
        the embedded one.
      revision: a branch, tag or commit, of a model on the hub.
      label_names: BIO labels by class id, in place of the checkpoint's own.

    Raises:
      CheckpointError: it is not there, or cannot tag.
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
    network = _checked(name, load_model, folder)
    _check_tokenizer(name, tokenizer, network)
    labels = _labels(name, network, label_names)
    return Checkpoint(name, str(folder), commit, labels, fingerprint(folder, labels))


def find_checkpoint(name: str) -> Path:
    """Returns a model's folder, after fetching it if it is in a bucket or on the hub.

    Raises:
      CheckpointError: it is not there.
    """
    return _find_folder(name) or _fetch(name, None)


def load_model(folder: str | Path, device: str = "cpu", precision: str = "fp32") -> PreTrainedModel:
    """Loads a checkpoint's network, ready for inference.

    Raises:
      CheckpointError: weights are missing: it was never fine-tuned for token classification.
    """
    with _quiet():
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        if getattr(config, "hidden_act", None) == "gelu_new":
            # The same function in one pass instead of eight: 20 % of ALBERT's time on a CPU.
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
            "classification; fine-tune it first (python -m pipeline train --base ...)"
        )
    return cast(PreTrainedModel, network.to(device).eval())


def load_tokenizer(folder: str | Path) -> PreTrainedTokenizerFast:
    """Loads a checkpoint's fast tokenizer, set to encode words split beforehand.

    Raises:
      CheckpointError: there is no fast one.
    """
    folder = Path(folder)
    with _quiet():
        if _has_only_sentencepiece(folder):
            return albert_tokenizer(folder)
        tokenizer = _auto_tokenizer(folder)
        if (folder / "tokenizer.json").is_file():
            _restore_steps(tokenizer, Tokenizer.from_file(str(folder / "tokenizer.json")))
        if not _reads_words_as_text(tokenizer):
            _put_space_before_words(tokenizer)
    return tokenizer


def _auto_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    advice = "save a fast tokenizer (tokenizer.json) with the checkpoint"
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except Exception as error:
        if (folder / "tokenizer.json").is_file():
            raise
        raise CheckpointError(
            f"its tokenizer cannot be converted to a fast one; {advice}"
        ) from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise CheckpointError(f"its tokenizer is a {type(tokenizer).__name__}; {advice}")
    return tokenizer


def _find_folder(name: str) -> Path | None:
    """Returns the folder that a model's name means, or None for the id of one on the hub."""
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
    """Fetches what is needed of a checkpoint in a bucket; what was fetched before stays."""
    try:
        files = list_folder(uri)
        if "config.json" in files:
            return fetch_files(uri, {name: files[name] for name in _needed(files)})
    except ImportError as error:
        raise CheckpointError(f"{uri}: Google Cloud Storage needs the extra gcp") from error
    except Exception as error:  # the libraries of buckets have errors of many classes
        reason = str(error).strip().partition("\n")[0]
        raise CheckpointError(
            f"{uri} could not be fetched: {type(error).__name__}: {reason}"
        ) from error
    raise CheckpointError(f"{uri} holds no config.json, so it is no checkpoint")


def _needed(names: Collection[str]) -> list[str]:
    """Of a folder's files, those that are loaded: weights of the first kind that is there."""
    config = [name for name in _CONFIG_FILES if name in names]
    for single, shards in _WEIGHTS:
        if single in names:
            return [*config, single]
        if f"{single}.index.json" in names:
            found = sorted(name for name in names if fnmatchcase(name, shards))
            return [*config, f"{single}.index.json", *found]
    return config


def _fetch(name: str, revision: str | None) -> Path:
    """Fetches what is needed of a hub model; what is in the local cache is not fetched again.

    Returns:
      The folder of the snapshot, named for its commit.
    """
    try:
        for weights in _WEIGHTS:
            # The second turn must see the files of the first one's commit.
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
    """Returns the files with the weights that would be loaded, an index included."""
    for single, shards in _WEIGHTS:
        if (folder / single).is_file():
            return [folder / single]
        if (folder / f"{single}.index.json").is_file():
            return [folder / f"{single}.index.json", *sorted(folder.glob(shards))]
    return []


def fingerprint(folder: Path, labels: Sequence[str]) -> str:
    """Returns a digest of all that tags depend on: the files that are loaded, and the labels."""
    files = [folder / name for name in _CONFIG_FILES if (folder / name).is_file()]
    digest = hashlib.sha256(json.dumps(list(labels)).encode())
    for path in [*files, *_weight_files(folder)]:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.name} {content}\n".encode())
    return digest.hexdigest()


def _has_only_sentencepiece(folder: Path) -> bool:
    return (
        (folder / "spiece.model").is_file()
        and not (folder / "tokenizer.json").is_file()
        and (json.loads((folder / "config.json").read_bytes()).get("model_type") == "albert")
    )


def _restore_steps(tokenizer: PreTrainedTokenizerFast, saved: Tokenizer) -> None:
    """Has a tokenizer work as its `tokenizer.json` says, which is how the model was trained.

    Many classes of Transformers 5 take the vocabulary alone from it and build the rest anew,
    in other ways than version 4: without DeBERTa's normaliser and byte fallback, say, or as
    byte-level BPE, whatever the model, where the class is called RoBERTa's.
    """
    backend = tokenizer.backend_tokenizer
    kinds = {type(backend.normalizer), type(saved.normalizer)}
    if kinds != {normalizers.BertNormalizer}:
        # Of BERT's, tokenizer_config.json has the last word on casing and accents, as it had.
        backend.normalizer = saved.normalizer
    backend.pre_tokenizer = saved.pre_tokenizer
    backend.model = saved.model
    backend.post_processor = saved.post_processor or backend.post_processor


def _reads_words_as_text(tokenizer: PreTrainedTokenizerFast) -> bool:
    """Tells whether words split beforehand get the pieces that they have in a running text."""
    words = tokenizer(_PLAIN_WORDS, is_split_into_words=True, add_special_tokens=False)
    text = tokenizer(" ".join(_PLAIN_WORDS), add_special_tokens=False)
    return words["input_ids"] == text["input_ids"]


def _put_space_before_words(tokenizer: PreTrainedTokenizerFast) -> None:
    """Has words split beforehand read as if spaces stood between them.

    Byte-level vocabularies (RoBERTa's, ModernBERT's) need it, unless they were saved with
    `add_prefix_space`, an option that Transformers does not apply to all of them.
    """
    backend = tokenizer.backend_tokenizer
    if isinstance(backend.pre_tokenizer, pre_tokenizers.ByteLevel):
        backend.pre_tokenizer.add_prefix_space = True
    else:
        # Where a step before the bytes splits words, the option would put spaces inside them.
        steps = [normalizers.Prepend(" "), backend.normalizer]
        backend.normalizer = normalizers.Sequence([step for step in steps if step])


def _check_tokenizer(
    name: str, tokenizer: PreTrainedTokenizerFast, network: PreTrainedModel
) -> None:
    rows = cast(torch.nn.Embedding, network.get_input_embeddings()).num_embeddings
    if len(tokenizer) > rows:
        raise CheckpointError(
            f"{name}: the tokenizer has {len(tokenizer)} pieces, the model's embedding table "
            f"{rows} rows: they are not of one checkpoint"
        )
    encoding = tokenizer(_PLAIN_WORDS, is_split_into_words=True)
    types = encoding.get("token_type_ids") or [0]
    if any(types):
        raise CheckpointError(f"{name}: token types other than 0 are not supported, got {types}")
    pieces = tokenizer(_PLAIN_WORDS, is_split_into_words=True, add_special_tokens=False)
    if set(pieces["input_ids"]) <= {tokenizer.unk_token_id}:
        raise CheckpointError(
            f"{name}: the tokenizer knows none of {_PLAIN_WORDS}: it has {len(tokenizer)} pieces, "
            f"the model {rows}; are the tokenizer's files missing?"
        )


def _labels(name: str, network: PreTrainedModel, label_names: Sequence[str]) -> tuple[str, ...]:
    """Returns the labels by class id, all of them BIO."""
    own = [label for _, label in sorted((network.config.id2label or {}).items())]
    if label_names and len(label_names) != len(own):
        raise CheckpointError(
            f"{name} has {len(own)} classes ({_listed(own)}), "
            f"and --label_names {len(label_names)} ({_listed(label_names)})"
        )
    labels = tuple(label_names or own)
    if "O" not in labels or not all(map(_BIO.fullmatch, labels)):
        raise CheckpointError(
            f"{name}: its labels are {_listed(labels)}; they must be O, B-X and I-X. Give "
            f"{len(own)} such --label_names, in this order{_suggestion(labels)}"
        )
    return labels


def _suggestion(labels: Sequence[str]) -> str:
    """Returns names for labels of a scheme that marks the ends of names besides."""
    names = [_as_bio(label) for label in labels]
    fits = "O" in names and all(map(_BIO.fullmatch, names))
    return f": {_listed(names)}" if fits else ""


def _as_bio(label: str) -> str:
    mark, dash, entity = label.partition("-")
    return _BIO_MARKS.get(mark, mark) + dash + entity


def _listed(labels: Sequence[str]) -> str:
    return " ".join(labels)


def _checked(name: str, load: Any, folder: Path) -> Any:
    """Runs a loader; whatever the libraries raise on a bad checkpoint names that checkpoint."""
    try:
        return load(folder)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        if not isinstance(error, CheckpointError):
            reason = f"it cannot be loaded: {type(error).__name__}: {reason}"
        raise CheckpointError(f"{name}: {reason}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps Transformers from printing: what matters of it is raised as an error here."""
    verbosity = transformers_logging.get_verbosity()
    progress = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity(logging.ERROR)
    _show_progress(False)
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        _show_progress(progress)


def _show_progress(shown: bool) -> None:
    switches: dict[bool, Callable[[], None]] = {
        True: transformers_logging.enable_progress_bar,
        False: transformers_logging.disable_progress_bar,
    }
    if shown != transformers_logging.is_progress_bar_enabled():
        switches[shown]()
