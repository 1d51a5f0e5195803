"""A vocabulary, a sentence and labels that are small enough to check by eye."""

from typing import Any

from transformers import AlbertConfig, BertTokenizer

from training.shapes import Shape

LABELS = ["O", "B-PER", "I-PER"]
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "-", "2", "ann", "lee", "##s", "##on"]
PIECES += ["met", "the", "eu", "based", "mac", *"abcdeilmnostu", *(f"##{c}" for c in "abcdeilmntu")]
WORDS = ["Ann", "LEESON", "met", "the", "EU", "2", "MacLee", "Leeson-based", "Ánn", "ann"]


def make_tokenizer() -> BertTokenizer:
    return BertTokenizer(vocab={piece: number for number, piece in enumerate(PIECES)})


def make_config(labels: int = len(LABELS), guidelines: int = 1) -> AlbertConfig:
    # Options that transformers takes, but does not declare.
    others: dict[str, Any] = {
        "num_labels": labels * guidelines,
        "guidelines": guidelines,
        "attn_implementation": "eager",
    }
    return AlbertConfig(
        vocab_size=len(PIECES),
        type_vocab_size=len(Shape),
        embedding_size=8,
        hidden_size=16,
        num_hidden_layers=3,
        num_hidden_groups=3,
        num_attention_heads=2,
        intermediate_size=32,
        **others,
    )
