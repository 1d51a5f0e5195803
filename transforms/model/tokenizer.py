"""Loads the tokenizers of checkpoints, mends them, and checks that they fit their networks."""

import json
from pathlib import Path
from typing import cast

import torch
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from transforms.model.errors import CheckpointError
from transforms.model.quiet import quiet
from transforms.model.spiece import albert_tokenizer

# Any tokenizer of a language in Latin letters knows these, at least in pieces.
_PLAIN_WORDS = ["the", "of", "said", "in", "new"]


def load_tokenizer(folder: str | Path) -> PreTrainedTokenizerFast:
    """Loads a checkpoint's fast tokenizer, made ready for words that are split beforehand.

    Raises:
      CheckpointError: the checkpoint has no fast tokenizer.
    """
    folder = Path(folder)
    with quiet():
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


def _has_only_sentencepiece(folder: Path) -> bool:
    return (
        (folder / "spiece.model").is_file()
        and not (folder / "tokenizer.json").is_file()
        and (json.loads((folder / "config.json").read_bytes()).get("model_type") == "albert")
    )


def _restore_steps(tokenizer: PreTrainedTokenizerFast, saved: Tokenizer) -> None:
    """Has a tokenizer work as its `tokenizer.json` says, which is how the model was trained.

    Many classes of Transformers 5 take only the vocabulary from that file, and build the rest in
    other ways than version 4 did. DeBERTa's loses its normaliser and its byte fallback, for
    example, and a class that is called RoBERTa's always becomes byte-level BPE.
    """
    backend = tokenizer.backend_tokenizer
    kinds = {type(backend.normalizer), type(saved.normalizer)}
    if kinds != {normalizers.BertNormalizer}:
        # BERT's normaliser stays: tokenizer_config.json decides its casing and accents, as it did
        # in version 4.
        backend.normalizer = saved.normalizer
    backend.pre_tokenizer = saved.pre_tokenizer
    backend.model = saved.model
    backend.post_processor = saved.post_processor or backend.post_processor


def _reads_words_as_text(tokenizer: PreTrainedTokenizerFast) -> bool:
    """Tells whether words that are split beforehand get the pieces that they get in a text."""
    words = tokenizer(_PLAIN_WORDS, is_split_into_words=True, add_special_tokens=False)
    text = tokenizer(" ".join(_PLAIN_WORDS), add_special_tokens=False)
    return words["input_ids"] == text["input_ids"]


def _put_space_before_words(tokenizer: PreTrainedTokenizerFast) -> None:
    """Has words that are split beforehand read as if spaces stood between them.

    Byte-level vocabularies (RoBERTa's, ModernBERT's) need this, unless they were saved with
    `add_prefix_space`. Transformers does not apply that option to all of them.
    """
    backend = tokenizer.backend_tokenizer
    if isinstance(backend.pre_tokenizer, pre_tokenizers.ByteLevel):
        backend.pre_tokenizer.add_prefix_space = True
    else:
        # Another step splits words before the bytes. The option would put spaces inside the words.
        steps = [normalizers.Prepend(" "), backend.normalizer]
        backend.normalizer = normalizers.Sequence([step for step in steps if step])


def check_tokenizer(
    name: str, tokenizer: PreTrainedTokenizerFast, network: PreTrainedModel
) -> None:
    """Makes sure that a tokenizer and a network belong together.

    Args:
      name: the name of the model, for messages.

    Raises:
      CheckpointError: the tokenizer has pieces that the network lacks, gives token types, or
        knows no common word.
    """
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
