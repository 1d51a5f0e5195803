"""Compares the tagger with transformers' own `pipeline("ner")`: words a second, and labels.

    python -m benchmarks.against_transformers [TEXTS] [--sentences 200] [--repeats 3]

TEXTS is a file of a document a line (`.txt`, or `.jsonl` with a field `text`, plain or
`.gz`); without it the news in examples/ is taken. Both tag the same sentences, in the order
of the text, with the same checkpoint: one of albert-base-v2's shape with random weights and
30,000 pieces trained on the text. The model that comes along tags the same words. All take turns
within each repeat, and the medians are printed.

Transformers' pipeline runs with batches of 1, 8 and 32 sentences. Ratios are to the fastest of
these, and so is the share of equal labels; for the model that comes along it is to its own fp32.
The tagger runs in each precision that it offers. At last comes the share of the processor's
matrix rate that the linear layers and the whole forward pass reach (benchmarks/matrix_rate.py).
"""

import argparse
import gzip
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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

from benchmarks.matrix_rate import measure_shares, processor_features
from transforms.model.checkpoint import EMBEDDED_FOLDER, resolve_checkpoint
from transforms.model.errors import DeviceError
from transforms.model.loading import load_tagger
from transforms.model.tagger import NetworkTagger
from transforms.model.tags import TagFailure, WordTagger, WordTags, tag_sentences
from transforms.text.words import split_words

EXAMPLES = Path(__file__).parents[1] / "examples" / "news" / "meridian-wire.jsonl"
LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
PIECES = 30_000
ALBERT_BASE = {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}
BATCH_SIZES = (1, 8, 32)
PRECISIONS = ("fp32", "bf16", "int8")
# How many times as fast as the best of transformers' pipelines each is to be, which has
# albert-base-v2's shape beside the model that comes along, too.
GOALS = {
    "ALBERT-base, fp32": 2.0,
    "ALBERT-base, bf16": 6.0,
    "ALBERT-base, int8": 4.0,
    "embedded, fp32": 5.0,
    "embedded, int8": 8.0,
}

Timed = TypeVar("Timed")


def main() -> None:
    arguments = parse_arguments(__doc__)
    with checkpoint_and_sentences(arguments) as (folder, sentences):
        words, threads = sum(map(len, sentences)), arguments.threads
        print(f"{len(sentences)} sentences, {words} words, {threads} threads")
        print(f"processor: {processor_features()}; medians of {arguments.repeats}")
        for model, place in (("ALBERT-base", folder), ("embedded", EMBEDDED_FOLDER)):
            print(f"{model}: {pieces_a_word(sentences, place):.3f} pieces a word")
        taggers = load_taggers(folder, threads)
        compare(sentences, folder, taggers, arguments.repeats)
        print_shares(folder, taggers, threads, arguments.repeats)


def parse_arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("texts", nargs="?", type=Path, default=EXAMPLES)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    return parser.parse_args()


@contextmanager
def checkpoint_and_sentences(
    arguments: argparse.Namespace,
) -> Iterator[tuple[str, list[list[str]]]]:
    """Makes a checkpoint of ALBERT-base's shape, and reads the sentences that are asked for."""
    torch.set_num_threads(arguments.threads)
    quiet_transformers()
    texts = list(read_texts(arguments.texts))
    with TemporaryDirectory() as folder:
        make_checkpoint(Path(folder), texts)
        yield folder, read_sentences(texts, arguments.sentences, folder)


def quiet_transformers() -> None:
    transformers_logging: Any = logging
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()


def read_texts(path: Path) -> Iterator[str]:
    open_text: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"] if ".jsonl" in path.suffixes else line


def make_checkpoint(
    folder: Path,
    texts: Sequence[str],
    shape: Mapping[str, Any] = ALBERT_BASE,
    share_of_names: float | None = None,
) -> None:
    """Saves an ALBERT with random weights and a vocabulary of the texts.

    Args:
      shape: fields of AlbertConfig.
      share_of_names: of the pieces, those whose label is not O; None makes all labels as likely.
    """
    vocabulary = train_vocabulary(texts)
    config = AlbertConfig(
        vocab_size=PIECES,
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
        **shape,
    )
    torch.manual_seed(0)
    network: Any = AlbertForTokenClassification(config)
    network.eval()
    spread_labels(network, len(vocabulary), share_of_names)
    network.save_pretrained(folder)
    AlbertTokenizer(vocab=vocabulary, model_max_length=512).save_pretrained(folder)


@torch.no_grad()
def spread_labels(network: Any, pieces: int, share_of_names: float | None) -> None:
    """Changes the classifier, since with random weights every word would have one label."""
    network.classifier.weight *= 50
    logits = network(torch.randint(5, pieces, (8, 32))).logits.flatten(0, 1)
    network.classifier.bias -= logits.mean(0)
    if share_of_names is not None:
        logits -= logits.mean(0)
        lead = logits[:, 1:].amax(1) - logits[:, 0]
        network.classifier.bias[0] += lead.quantile(1 - share_of_names)


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


def compare(
    sentences: list[list[str]],
    folder: str,
    taggers: Mapping[tuple[str, str], WordTagger],
    repeats: int,
) -> None:
    """Lets all tag the sentences in turn, and prints a line for each."""
    words = sum(map(len, sentences))
    theirs = list(their_contestants(sentences, folder))
    ours = list(our_contestants(sentences, taggers))
    for _ in range(repeats):
        for contestant in (*theirs, *ours):
            contestant.run()
    best = min(theirs, key=lambda contestant: contestant.median)
    [exact] = (contestant for contestant in ours if contestant.name == "embedded, fp32")
    for contestant in (*theirs, *ours):
        reference = exact if contestant.name.startswith("embedded") else best
        print(result_line(contestant, words, best.median, reference.labels), flush=True)


@dataclass
class Contestant:
    """One way to tag the sentences.

    Attributes:
      labels: (sentence, word), what it found in its last turn.
      seconds: of each turn.
    """

    name: str
    tag: Callable[[], Any]
    read_labels: Callable[[Any], list[list[str]]]
    labels: list[list[str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def run(self) -> None:
        result, seconds = timed(self.tag)
        self.seconds.append(seconds)
        self.labels = self.read_labels(result)


def their_contestants(sentences: list[list[str]], folder: str) -> Iterator[Contestant]:
    make: Callable[..., Any] = pipeline
    ner = make("ner", folder, ignore_labels=[], device="cpu")
    texts = [" ".join(words) for words in sentences]

    def read_labels(printed: list[list[dict[str, Any]]]) -> list[list[str]]:
        return [first_labels(*of_one) for of_one in zip(sentences, printed, strict=True)]

    for size in BATCH_SIZES:
        tag = partial(ner, texts, batch_size=size)
        yield Contestant(f"pipeline('ner', batch_size={size})", tag, read_labels)


def load_taggers(folder: str, threads: int) -> dict[tuple[str, str], NetworkTagger]:
    """Loads the tagger of both models in each precision that there is."""
    taggers = {}
    for model, place in (("ALBERT-base", folder), ("embedded", str(EMBEDDED_FOLDER))):
        for precision in PRECISIONS:
            try:
                checkpoint = resolve_checkpoint(place)
                tagger = load_tagger(checkpoint, "cpu", precision, threads=threads)
                taggers[model, precision] = tagger
            except DeviceError as error:
                print(f"{model}, {precision}: not offered ({error})")
    return taggers


def our_contestants(
    sentences: list[list[str]], taggers: Mapping[tuple[str, str], WordTagger]
) -> Iterator[Contestant]:
    for (model, precision), tagger in taggers.items():
        tag = partial(tag_sentences, tagger, sentences)
        yield Contestant(f"{model}, {precision}", tag, word_labels)


def word_labels(results: list[WordTags | TagFailure]) -> list[list[str]]:
    """Returns the labels of each sentence.

    Raises:
      RuntimeError: the model failed on a sentence.
    """
    for result in results:
        if isinstance(result, TagFailure):
            raise RuntimeError(f"a sentence could not be tagged: {result.message}")
    return [result.labels for result in results if isinstance(result, WordTags)]


def result_line(
    contestant: Contestant, words: int, best_seconds: float, reference: list[list[str]]
) -> str:
    """Shows the speed, its ratio to the best of transformers', and the share of equal labels."""
    goal = GOALS.get(contestant.name)
    return (
        f"{contestant.name:30} {words / contestant.median:7.0f} words/s, "
        f"{best_seconds / contestant.median:6.2f} times; "
        f"{agreement(contestant.labels, reference):.2%} of the labels are the same"
        + (f"; the goal is {goal:g} times" if goal else "")
    )


def pieces_a_word(sentences: list[list[str]], place: str | Path) -> float:
    """Returns how many pieces a model reads for a word, special ones included, padding not."""
    tokenizer: Any = AutoTokenizer.from_pretrained(place)
    ids = (tokenizer(words, is_split_into_words=True)["input_ids"] for words in sentences)
    return sum(map(len, ids)) / sum(map(len, sentences))


def print_shares(
    folder: str, models: Iterable[tuple[str, str]], threads: int, repeats: int
) -> None:
    """Prints which share of the processor's matrix rate each model reaches in a precision."""
    for model, precision in models:
        place = folder if model == "ALBERT-base" else EMBEDDED_FOLDER
        shares = measure_shares(place, precision, threads, repeats)
        print(f"{model}, {precision}: {shares}", flush=True)


def timed(work: Callable[[], Timed]) -> tuple[Timed, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def first_labels(words: list[str], printed: list[dict[str, Any]]) -> list[str]:
    """Returns the label of each word's first piece, from what transformers printed."""
    starts = word_starts(words)
    first: dict[int, str] = {}
    for piece in printed:
        # A piece that begins a word may begin with the space before it.
        start = max(start for start in starts if start <= piece["start"] + 1)
        first.setdefault(start, piece["entity"])
    return [first.get(start, "O") for start in starts]


def word_starts(words: Sequence[str]) -> list[int]:
    """Returns where each word begins once they are joined with spaces."""
    return [0, *itertools.accumulate(len(word) + 1 for word in words)][: len(words)]


def agreement(found: list[list[str]], expected: list[list[str]]) -> float:
    pairs = [
        (one, other)
        for labels, others in zip(found, expected, strict=True)
        for one, other in zip(labels, others, strict=True)
    ]
    return sum(one == other for one, other in pairs) / len(pairs)


if __name__ == "__main__":
    main()
