"""Tiny real checkpoints with random weights, each with a tokenizer trained on the text here,
and what every test of their tags needs.
"""

import json
import re
import threading
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AlbertConfig,
    AlbertForTokenClassification,
    AlbertTokenizer,
    BertConfig,
    BertForTokenClassification,
    BertTokenizer,
    CamembertConfig,
    CamembertForTokenClassification,
    CamembertTokenizer,
    ConvBertConfig,
    ConvBertForTokenClassification,
    DebertaV2Config,
    DebertaV2ForTokenClassification,
    DistilBertConfig,
    DistilBertForTokenClassification,
    DistilBertTokenizer,
    ElectraConfig,
    ElectraForTokenClassification,
    MobileBertConfig,
    MobileBertForTokenClassification,
    ModernBertConfig,
    ModernBertForTokenClassification,
    MPNetConfig,
    MPNetForTokenClassification,
    MPNetTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForTokenClassification,
    RobertaTokenizer,
    XLMRobertaConfig,
    XLMRobertaForTokenClassification,
)
from transformers.utils import logging, sentencepiece_model_pb2_new

from transforms.model.checkpoint import load_model, resolve_checkpoint
from transforms.model.tagger import NetworkTagger
from transforms.model.tags import TagFailure, WordTags, tag_sentences
from transforms.model.tokenizer import load_tokenizer

logging.disable_progress_bar()
# Its messages are made at import, where mypy does not see them.
sentencepiece: Any = sentencepiece_model_pb2_new

LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]

# DeBERTa-v3 has these, and DeBERTa-v2 has not.
_DEBERTA_V3: dict[str, Any] = {
    "position_buckets": 16,
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
}

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


def bert_checkpoint(
    folder: Path, labels: list[str] = LABELS, positions: int = 128, lower_case: bool = True
) -> Path:
    """Saves a BERT with a WordPiece vocabulary."""
    vocabulary = wordpiece_vocabulary(lower_case)
    config = BertConfig(vocab_size=len(vocabulary), **_tiny(labels, positions))
    tokenizer = BertTokenizer(
        vocab=vocabulary, do_lower_case=lower_case, model_max_length=positions
    )
    return _save(folder, BertForTokenClassification, config, tokenizer)


def distilbert_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a DistilBERT, which has no token types, with a cased vocabulary."""
    vocabulary = wordpiece_vocabulary(lower_case=False)
    config = DistilBertConfig(vocab_size=len(vocabulary), **_tiny(labels, positions))
    tokenizer = DistilBertTokenizer(vocab=vocabulary, do_lower_case=False)
    return _save(folder, DistilBertForTokenClassification, config, tokenizer)


def electra_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves an ELECTRA, whose embeddings are narrower than its layers."""
    vocabulary = wordpiece_vocabulary()
    config = ElectraConfig(
        vocab_size=len(vocabulary), embedding_size=16, **_tiny(labels, positions)
    )
    tokenizer = BertTokenizer(vocab=vocabulary)
    return _save(folder, ElectraForTokenClassification, config, tokenizer)


def convbert_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a ConvBERT, whose convolutions reach over the end of a sentence."""
    vocabulary = wordpiece_vocabulary()
    config = ConvBertConfig(
        vocab_size=len(vocabulary),
        embedding_size=32,
        head_ratio=1,
        conv_kernel_size=3,
        **_tiny(labels, positions),
    )
    return _save(folder, ConvBertForTokenClassification, config, BertTokenizer(vocab=vocabulary))


def mobilebert_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a MobileBERT, which reads each piece with its neighbours."""
    vocabulary = wordpiece_vocabulary()
    config = MobileBertConfig(
        vocab_size=len(vocabulary),
        embedding_size=32,
        intra_bottleneck_size=16,
        **_tiny(labels, positions),
    )
    return _save(folder, MobileBertForTokenClassification, config, BertTokenizer(vocab=vocabulary))


def mpnet_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves an MPNet: BERT's pieces between RoBERTa's special ones, and its positions."""
    bert = wordpiece_vocabulary()
    pieces = ["<s>", "<pad>", "</s>", *sorted(bert, key=bert.__getitem__), "<mask>"]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    config = MPNetConfig(vocab_size=len(vocabulary), **_tiny(labels, positions + 2))
    return _save(folder, MPNetForTokenClassification, config, MPNetTokenizer(vocab=vocabulary))


def roberta_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a RoBERTa with a byte-level vocabulary, which puts no space before words."""
    vocabulary, merges = byte_level_vocabulary()
    config = RobertaConfig(vocab_size=len(vocabulary), **_tiny(labels, positions + 2))
    tokenizer = RobertaTokenizer(vocab=vocabulary, merges=cast(Any, merges))
    return _save(folder, RobertaForTokenClassification, config, tokenizer)


def xlm_roberta_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves an XLM-R with the tokenizer that Transformers 4 made of a SentencePiece model."""
    special = {"bos": "<s>", "pad": "<pad>", "eos": "</s>", "unk": "<unk>"}
    vocabulary = [*_train_unigram([*special.values()], "<unk>"), ("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    # In place of SentencePiece's table, which drops what cannot be seen.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex("[\x00-\x1f\u200b-\u200f\ufeff]"), "")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.post_processor = _between(tokenizer, "<s>", "</s>")
    fast = _fast(tokenizer, special | {"mask": "<mask>"})
    config = XLMRobertaConfig(vocab_size=len(vocabulary), **_tiny(labels, positions + 2))
    return _save(folder, XLMRobertaForTokenClassification, config, fast, "XLMRobertaTokenizerFast")


def camembert_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a CamemBERT, whose special pieces come twice, once unused."""
    special = ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED", "<s>", "</s>"]
    vocabulary = [*_train_unigram(special, "<unk>"), ("<mask>", 0.0)]
    config = CamembertConfig(vocab_size=len(vocabulary), **_tiny(labels, positions + 2))
    tokenizer = CamembertTokenizer(vocab=cast(Any, vocabulary))
    return _save(folder, CamembertForTokenClassification, config, tokenizer)


def deberta_checkpoint(folder: Path, labels: list[str] = LABELS, positions: int = 128) -> Path:
    """Saves a DeBERTa-v3, with no position table, spare rows of pieces, and bytes for others.

    Its tokenizer is in the form of Transformers 4: its class would make another one today.
    """
    special = {"pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]", "unk": "[UNK]"}
    in_bytes = [(f"<0x{byte:02X}>", -12.0) for byte in range(256)]
    vocabulary = _train_unigram([*special.values()], "[UNK]") + in_bytes
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Strip(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace()])
    tokenizer.post_processor = _between(tokenizer, "[CLS]", "[SEP]")
    fast = _fast(tokenizer, special | {"mask": "[MASK]"})
    config = DebertaV2Config(
        vocab_size=len(fast) + 50,
        relative_attention=True,
        position_biased_input=False,
        pos_att_type=["p2c", "c2p"],
        **_tiny(labels, positions),
        **_DEBERTA_V3,
    )
    return _save(folder, DebertaV2ForTokenClassification, config, fast, "DebertaV2TokenizerFast")


def modernbert_checkpoint(
    folder: Path,
    labels: list[str] = LABELS,
    positions: int = 128,
    pre_tokenizer: Any = None,
) -> Path:
    """Saves a ModernBERT: no position table, special pieces at the end, attention to 8 pieces."""
    vocabulary, merges = byte_level_vocabulary()
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizer or pre_tokenizers.ByteLevel(add_prefix_space=True)
    special = {name: f"[{name.upper()}]" for name in ("unk", "cls", "sep", "pad", "mask")}
    tokenizer.add_special_tokens(list(special.values()))
    tokenizer.post_processor = _between(tokenizer, "[CLS]", "[SEP]")
    fast = _fast(tokenizer, special)
    config = ModernBertConfig(
        vocab_size=len(fast) + 10,
        local_attention=8,
        pad_token_id=fast.pad_token_id,
        bos_token_id=fast.cls_token_id,
        eos_token_id=fast.sep_token_id,
        cls_token_id=fast.cls_token_id,
        sep_token_id=fast.sep_token_id,
        **_tiny(labels, positions),
    )
    return _save(folder, ModernBertForTokenClassification, config, fast, "PreTrainedTokenizerFast")


FAMILIES: dict[str, Callable[[Path], Path]] = {
    "albert": albert_checkpoint,
    "bert": bert_checkpoint,
    "bert-cased": partial(bert_checkpoint, lower_case=False),
    "camembert": camembert_checkpoint,
    "convbert": convbert_checkpoint,
    "deberta-v3": deberta_checkpoint,
    "distilbert": distilbert_checkpoint,
    "electra": electra_checkpoint,
    "mobilebert": mobilebert_checkpoint,
    "modernbert": modernbert_checkpoint,
    "mpnet": mpnet_checkpoint,
    "roberta": roberta_checkpoint,
    "xlm-roberta": xlm_roberta_checkpoint,
}


def make_tagger(
    folder: Path,
    token_budget: int = 256,
    network: Any = None,
    threads: int = 1,
    label_names: Sequence[str] = (),
) -> NetworkTagger:
    labels = resolve_checkpoint(str(folder), label_names=label_names).labels
    network = network or load_model(folder)
    return NetworkTagger(network, load_tokenizer(folder), labels, token_budget, threads)


def run_in_threads(count: int, work: Callable[[], object]) -> None:
    """Does a piece of work in several threads at once, and waits for all of them."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tag_all(tagger: NetworkTagger, sentences: Sequence[Sequence[str]]) -> list[WordTags]:
    """Tags sentences none of which fails."""
    results = tag_sentences(tagger, sentences)
    assert all(isinstance(tags, WordTags) for tags in results), results
    return cast(list[WordTags], results)


def assert_equal_tags(
    found: WordTags | TagFailure, expected: WordTags, tolerance: float = 2e-5
) -> None:
    assert isinstance(found, WordTags)
    assert found.labels == expected.labels
    assert found.scores == pytest.approx(expected.scores, abs=tolerance)


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
    special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    trained = _train_unigram(special, "<unk>", normalizers.Lowercase())
    scores = dict(trained) | dict.fromkeys(_SYMBOLS, 0.0) | {"▁1,": -5.0}
    # SentencePiece stores single precision; JSON must not have more, or ties fall otherwise.
    return [(piece, float(np.float32(score))) for piece, score in scores.items()]


def _train_unigram(
    special: list[str], unknown: str, normalizer: Any = None
) -> list[tuple[str, float]]:
    """Trains pieces with their scores, the special ones first."""
    tokenizer = Tokenizer(models.Unigram())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300, special_tokens=special, unk_token=unknown, show_progress=False
    )
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]


@cache
def wordpiece_vocabulary(lower_case: bool = True) -> dict[str, int]:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower_case)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=300,
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    return tokenizer.get_vocab()


@cache
def byte_level_vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Trains pieces of bytes, RoBERTa's special ones first, and their merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [(left, right) for left, right in model["merges"]]


def _between(tokenizer: Tokenizer, first: str, last: str) -> processors.TemplateProcessing:
    """Returns the step that puts a sentence between two special pieces."""
    ids = [(piece, tokenizer.token_to_id(piece)) for piece in (first, last)]
    return processors.TemplateProcessing(single=f"{first} $A {last}", special_tokens=cast(Any, ids))


def _fast(tokenizer: Tokenizer, special: dict[str, str]) -> PreTrainedTokenizerFast:
    names = {f"{name}_token": piece for name, piece in special.items()}
    # As the checkpoints on the hub: none of these networks takes token types.
    inputs = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_input_names=inputs, **names)


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
    tokenizer_class: str | None = None,
) -> Path:
    """Saves a network with weights drawn for `config`, and a tokenizer as one of a class."""
    torch.manual_seed(7)
    model: Any = network(config).eval()
    with torch.no_grad():
        # The padding's row too, which is not zero in all checkpoints, so that it would be felt.
        model.get_input_embeddings().weight.normal_(0, config.initializer_range)
        # No class is to be likelier than others over all.
        logits = model(torch.randint(5, config.vocab_size, (32, 16))).logits
        model.classifier.bias -= logits.mean((0, 1))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if tokenizer_class:
        change_json(folder / "tokenizer_config.json", tokenizer_class=tokenizer_class)
    return folder


def change_json(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
