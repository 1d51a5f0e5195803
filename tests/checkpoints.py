"""Tiny real checkpoints with random weights, each with a tokenizer trained on the text here."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import (
    AlbertConfig,
    AlbertForTokenClassification,
    AlbertTokenizer,
    BertConfig,
    BertForTokenClassification,
    BertTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForTokenClassification,
    RobertaTokenizer,
)
from transformers.utils import logging, sentencepiece_model_pb2_new

logging.disable_progress_bar()
# Its messages are made at import, where mypy does not see them.
sentencepiece: Any = sentencepiece_model_pb2_new

LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]

# ALBERT's vocabulary has such symbols, whose scores beat every other cut.
_SYMBOLS = ("-", ".")

TEXT = """
The harbour council of Port Ellis met on Tuesday to hear what Maria Okafor had found.
She said the new ferry, built by Nordhavn Yards, had cost 1,250 million crowns in all.
"We were told it would be done in March," said Mr. Tomasz Wieczorek, a mechanic of 52.
His sister Anna-Lena lives in Lower Saxony and works for the Toronto-based firm Quill & Co.
Rain fell over the U.S. border towns for a third day; the river Aller rose by 40 cm.
The Lions beat Real Oviedo 3-1 in the second leg, and coach Aino Järvinen was pleased.
In 1999 the Baltic Fisheries Board, then led by K. J. Abernathy, moved to Gdynia.
Shares of Meridian Steel fell 4.5 percent, their worst week since the strike of 2008.
Nobody at the embassy in Quito would comment on the letter that the ministry sent.
"Is that so?" asked Ms. Delacroix - who doesn't trust the figures - and left the room.
The museum's café on Prinsengracht opens at 9:30; tickets cost £12 or €14 each.
Farmers near Lake Turkana say the wells dried up long before the government noticed.
Judge Ibrahim al-Sayed told the court in The Hague that the hearing would go on.
Voters in Upper Austria chose between the Greens and a party founded last summer.
The orchestra, under Chiyo Nakamura, played works by two living Icelandic composers.
""".strip()

SENTENCES = [
    sentence.split()
    for sentence in (
        "Maria Okafor said on Tuesday that Nordhavn Yards would move to Gdynia .",
        "The U.S. border towns",
        "Judge Ibrahim al-Sayed of The Hague , 52 , doesn't trust Meridian Steel 's figures .",
        "Rain",
        "Anna-Lena Järvinen and K. J. Abernathy met the Toronto-based Lions in Quito in 1999 .",
    )
]


def albert_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves an ALBERT with a Unigram vocabulary of SentencePiece's kind."""
    vocabulary = unigram_vocabulary()
    config = AlbertConfig(
        vocab_size=len(vocabulary),
        embedding_size=16,
        hidden_act="gelu_new",
        classifier_dropout_prob=0.1,
        **_tiny(labels, positions),
    )
    tokenizer = AlbertTokenizer(vocab=vocabulary, model_max_length=positions)
    return _save(folder, AlbertForTokenClassification, config, tokenizer)


def bert_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a BERT with a WordPiece vocabulary."""
    vocabulary = wordpiece_vocabulary()
    config = BertConfig(vocab_size=len(vocabulary), **_tiny(labels, positions))
    tokenizer = BertTokenizer(vocab=vocabulary, model_max_length=positions)
    return _save(folder, BertForTokenClassification, config, tokenizer)


def roberta_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a RoBERTa with a byte-level vocabulary, which puts no space before words."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    trained.train_from_iterator(TEXT.splitlines(), trainer)
    model = json.loads(trained.to_str())["model"]
    vocabulary: dict[str, int] = model["vocab"]
    merges: Any = [tuple(merge) for merge in model["merges"]]
    config = RobertaConfig(vocab_size=len(vocabulary), **_tiny(labels, positions + 2))
    tokenizer = RobertaTokenizer(vocab=vocabulary, merges=merges)
    return _save(folder, RobertaForTokenClassification, config, tokenizer)


def write_sentencepiece(path: Path) -> None:
    """Writes the ALBERT vocabulary as a `spiece.model`, in the form of albert-base-v2's."""
    kind = sentencepiece.ModelProto.SentencePiece
    special = [kind.CONTROL, kind.UNKNOWN, kind.CONTROL, kind.CONTROL, kind.CONTROL]
    model = sentencepiece.ModelProto()
    for index, (piece, score) in enumerate(raw_unigram_vocabulary()):
        piece_type = special[index] if index < len(special) else kind.NORMAL
        if piece in _SYMBOLS:
            piece_type = kind.USER_DEFINED
        model.pieces.add(piece=piece, score=score, type=piece_type)
    model.trainer_spec.model_type = sentencepiece.TrainerSpec.UNIGRAM
    model.trainer_spec.unk_id = 1
    model.normalizer_spec.name = "identity"
    path.write_bytes(model.SerializeToString())


def unigram_vocabulary() -> list[tuple[str, float]]:
    """Returns the scores as Transformers 4.16 put them into `tokenizer.json`: `1,` is barred."""
    return [
        (piece, score - 100 if re.search(r"\d,$", piece) else score)
        for piece, score in raw_unigram_vocabulary()
    ]


@cache
def raw_unigram_vocabulary() -> list[tuple[str, float]]:
    """Trains some 300 pieces with their scores, the first five special as in ALBERT's."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300,
        special_tokens=["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    trained = json.loads(tokenizer.to_str())["model"]["vocab"]
    scores = dict(map(tuple, trained)) | dict.fromkeys(_SYMBOLS, 0.0) | {"▁1,": -5.0}
    # SentencePiece stores single precision; JSON must not have more, or ties fall otherwise.
    return [(piece, float(np.float32(score))) for piece, score in scores.items()]


@cache
def wordpiece_vocabulary() -> dict[str, int]:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=300,
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    return tokenizer.get_vocab()


def _tiny(labels: list[str], positions: int) -> dict[str, Any]:
    return {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 48,
        "max_position_embeddings": positions,
        # Weights far larger than a trained model's, so that labels differ from word to word.
        "initializer_range": 0.4,
        "id2label": dict(enumerate(labels)),
        "label2id": {label: index for index, label in enumerate(labels)},
    }


def _save(
    folder: Path,
    network: type[PreTrainedModel],
    config: PreTrainedConfig,
    tokenizer: PreTrainedTokenizerFast,
) -> Path:
    torch.manual_seed(7)
    model: Any = network(config).eval()
    with torch.no_grad():
        # No class is to be likelier than others over all.
        logits = model(torch.randint(5, config.vocab_size, (32, 16))).logits
        model.classifier.bias -= logits.mean((0, 1))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
