"""Compares the tagger with transformers' own `pipeline("ner")`: words a second, and labels.

    python -m benchmarks.against_transformers [TEXTS] [--sentences 200] [--repeats 3]

TEXTS is a file of a document a line (`.txt`, or `.jsonl` with a field `text`, plain or
`.gz`); without it the news in examples/ is taken. Both tag the same sentences, in the order
of the text, with the same checkpoint: one of albert-base-v2's shape with random weights and
30,000 pieces trained on the text. The model that comes along tags the same words. All take turns
within each repeat, and the medians are printed.
"""

import argparse
import gzip
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import torch
from nupunkt import sent_spans
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import (
    AlbertConfig,
    AlbertForTokenClassification,
    AlbertTokenizer,
    AutoTokenizer,
    pipeline,
)
from transformers.utils import logging

from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.model.tags import WordTags, tag_sentences
from transforms.text.words import split_words

EXAMPLES = Path(__file__).parents[1] / "examples" / "news" / "meridian-wire.jsonl"
LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
PIECES = 30_000
BATCH_SIZE = 8

Timed = TypeVar("Timed")


def main() -> None:
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    transformers_logging: Any = logging
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    texts = list(read_texts(arguments.texts))
    with TemporaryDirectory() as folder:
        make_checkpoint(Path(folder), texts)
        sentences = read_sentences(texts, arguments.sentences, folder)
        compare(sentences, folder, arguments.repeats, arguments.threads)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("texts", nargs="?", type=Path, default=EXAMPLES)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    return parser.parse_args()


def read_texts(path: Path) -> Iterator[str]:
    open_text: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"] if ".jsonl" in path.suffixes else line


def make_checkpoint(folder: Path, texts: Sequence[str]) -> None:
    """Saves albert-base-v2's shape with random weights and a vocabulary of the texts."""
    vocabulary = train_vocabulary(texts)
    config = AlbertConfig(
        vocab_size=PIECES,
        hidden_size=768,
        num_attention_heads=12,
        intermediate_size=3072,
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
    )
    torch.manual_seed(0)
    network: Any = AlbertForTokenClassification(config)
    network.eval()
    with torch.no_grad():
        # Random weights would give every word one label, so the classes are spread.
        network.classifier.weight *= 50
        logits = network(torch.randint(5, len(vocabulary), (8, 32))).logits
        network.classifier.bias -= logits.mean((0, 1))
    network.save_pretrained(folder)
    AlbertTokenizer(vocab=vocabulary, model_max_length=512).save_pretrained(folder)


def train_vocabulary(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Trains 30,000 pieces, or as many as a small text yields."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=PIECES,
        special_tokens=["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    trained = json.loads(tokenizer.to_str())["model"]["vocab"]
    return [(piece, score) for piece, score in trained]


def read_sentences(texts: Sequence[str], count: int, folder: str) -> list[list[str]]:
    """Splits texts into sentences of words that the tokenizer reads alike with spaces."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)

    def reads_alike(words: list[str]) -> bool:
        joined = tokenizer(" ".join(words))["input_ids"]
        return bool(joined == tokenizer(words, is_split_into_words=True)["input_ids"])

    sentences = (
        [word.form for word in split_words(paragraph[start:end])]
        for text in texts
        for paragraph in filter(str.strip, text.splitlines())
        for start, end in sent_spans(paragraph)
    )
    return list(itertools.islice(filter(reads_alike, sentences), count))


def compare(sentences: list[list[str]], folder: str, repeats: int, threads: int) -> None:
    checkpoint = resolve_checkpoint(folder)
    make: Callable[..., Any] = pipeline
    ner = make("ner", folder, batch_size=BATCH_SIZE, ignore_labels=[], device="cpu")
    taggers = {
        precision: load_tagger(checkpoint, "cpu", precision, threads=threads)
        for precision in ("fp32", "bf16")
    }
    embedded = load_tagger(resolve_checkpoint(), "cpu", "fp32", threads=threads)
    texts = [" ".join(words) for words in sentences]
    words = sum(map(len, sentences))
    print(f"{len(sentences)} sentences, {words} words, {threads} threads, {repeats} repeats")

    theirs: list[float] = []
    small: list[float] = []
    ours: dict[str, list[float]] = {precision: [] for precision in taggers}
    labels: dict[str, list[list[str]]] = {}
    for _ in range(repeats):
        printed, seconds = timed(lambda: ner(texts))
        theirs.append(words / seconds)
        for precision, tagger in taggers.items():
            results, seconds = timed(partial(tag_sentences, tagger, sentences))
            ours[precision].append(words / seconds)
            labels[precision] = [tags.labels for tags in results if isinstance(tags, WordTags)]
        small.append(words / timed(partial(tag_sentences, embedded, sentences))[1])

    expected = [first_labels(*of_sentence) for of_sentence in zip(sentences, printed, strict=True)]
    baseline = statistics.median(theirs)
    print(f"pipeline('ner', batch_size={BATCH_SIZE})  {baseline:7.0f} words/s")
    for precision, speeds in ours.items():
        speed = statistics.median(speeds)
        print(
            f"tagger, {precision}                  {speed:7.0f} words/s, {speed / baseline:.2f} "
            f"times; {agreement(labels[precision], expected):.2%} of the labels are the same"
        )
    speed = statistics.median(small)
    ratio = speed / statistics.median(ours["fp32"])
    print(f"embedded model, fp32           {speed:7.0f} words/s, {ratio:.2f} times as fast")


def timed(work: Callable[[], Timed]) -> tuple[Timed, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def first_labels(words: list[str], printed: list[dict[str, Any]]) -> list[str]:
    """Returns the label of each word's first piece, from what transformers printed."""
    starts = [0, *itertools.accumulate(len(word) + 1 for word in words)][: len(words)]
    first: dict[int, str] = {}
    for piece in printed:
        # A piece that begins a word may begin with the space before it.
        start = max(start for start in starts if start <= piece["start"] + 1)
        first.setdefault(start, piece["entity"])
    return [first.get(start, "O") for start in starts]


def agreement(found: list[list[str]], expected: list[list[str]]) -> float:
    pairs = [
        (one, other)
        for labels, others in zip(found, expected, strict=True)
        for one, other in zip(labels, others, strict=True)
    ]
    return sum(one == other for one, other in pairs) / len(pairs)


if __name__ == "__main__":
    main()
