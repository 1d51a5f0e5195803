"""Makes sentences and documents that are like news, and that no cache has seen before."""

import gzip
import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transformers import AlbertForTokenClassification, AutoConfig

from benchmarks.gpu.settings import ROOT
from transforms.model.checkpoint import EMBEDDED_FOLDER
from transforms.model.quiet import quiet
from transforms.text.words import split_words

Sentence = list[str]

_NEWS = ROOT / "examples" / "news" / "meridian-wire.jsonl"
# News has new names in it. One word of so many is made of two others.
_NEW_WORDS = 30
_DOCUMENT_WORDS = 450
_ALBERT_BASE = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_attention_heads": 12,
    "num_hidden_layers": 12,
    "num_hidden_groups": 1,
    "hidden_act": "gelu_new",
}


def _news() -> list[str]:
    lines = _NEWS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def news_sentences() -> list[Sentence]:
    """Returns the words of the sentences of the news in examples/, cut in a simple way."""
    paragraphs = (line for text in _news() for line in text.splitlines())
    return [
        [word.form for word in split_words(sentence)]
        for paragraph in paragraphs
        for sentence in re.split(r"(?<=[.!?])[\"”]?\s+(?=[A-Z\"“])", paragraph)
        if sentence.strip()
    ]


def make_sentences(words: int, seed: int) -> list[Sentence]:
    """Makes sentences of the lengths of news, of its words in new orders, some of them new.

    The tagger tags equal sentences once and keeps the pieces of words, and libraries keep what
    they prepared for a shape. So no two calls may be given the same sentences.

    Args:
      words: how many to make, at least.
      seed: the same seed gives the same sentences.
    """
    news = news_sentences()
    choose = random.Random(seed)
    vocabulary = [word for sentence in news for word in sentence]
    sentences: list[Sentence] = []
    made = 0
    while made < words:
        length = max(1, len(choose.choice(news)) + choose.randint(-2, 2))
        start = choose.randrange(len(vocabulary) - length)
        sentence = [_vary(word, vocabulary, choose) for word in vocabulary[start : start + length]]
        choose.shuffle(sentence)
        sentences.append(sentence)
        made += length
    return sentences


def _vary(word: str, vocabulary: list[str], choose: random.Random) -> str:
    if choose.randrange(_NEW_WORDS):
        return word
    other = choose.choice(vocabulary)
    return word[: len(word) // 2 + 1] + other[len(other) // 2 :]


def count_words(sentences: list[Sentence]) -> int:
    return sum(map(len, sentences))


def write_documents(path: Path, words: int) -> int:
    """Writes a .jsonl.gz of documents of 450 words.

    Returns:
      How many words they have.
    """
    sentences = make_sentences(words, seed=words)
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as lines:
        for number, text in enumerate(_documents(sentences)):
            lines.write(json.dumps({"id": str(number), "text": text}) + "\n")
    return count_words(sentences)


def _documents(sentences: list[Sentence]) -> Iterator[str]:
    lines: list[Sentence] = []
    for sentence in sentences:
        lines.append(sentence)
        if count_words(lines) >= _DOCUMENT_WORDS:
            yield "\n".join(map(" ".join, lines))
            lines = []
    if lines:
        yield "\n".join(map(" ".join, lines))


def save_albert_base(folder: Path) -> None:
    """Saves albert-base-v2's shape with random weights, and the embedded model's tokenizer.

    Both models then read the same pieces, so that their speeds compare.
    """
    config: Any = AutoConfig.from_pretrained(EMBEDDED_FOLDER)
    config.update(_ALBERT_BASE)
    with quiet():
        AlbertForTokenClassification(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(EMBEDDED_FOLDER / name, folder / name)
