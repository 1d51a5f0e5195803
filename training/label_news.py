"""Has teachers label the sentences of news, for students to learn from.

    python -m training.label_news --teacher work/teacher-1 work/teacher-2 \
        --news news/*.jsonl.gz --field title text --output work/soft

Writes shards of examples as they come; a run that was stopped goes on after the last whole one.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import smart_open
import torch
from transformers import AutoTokenizer

from pipeline.evaluation.conll import CONLL_TYPES, labels_of_types
from training.corpus import Collator, Example, encode_sentences, save_examples
from training.fit import predict
from training.networks import load_network
from transforms.text.sentences import split_text
from transforms.text.words import split_words

SHARD_SENTENCES = 20_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", required=True, type=Path, nargs="+")
    parser.add_argument("--news", required=True, type=Path, nargs="+", help="jsonl, or jsonl.gz")
    parser.add_argument("--field", nargs="+", default=["text"])
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.output.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(args.teacher[0])
    labels = labels_of_types(CONLL_TYPES)
    teachers = [load_network(folder, labels, 0.0) for folder in args.teacher]
    collate = Collator(tokenizer)
    sentences = read_sentences(args.news, args.field)
    shards = iter(lambda: list(islice(sentences, SHARD_SENTENCES)), [])
    for number, shard in enumerate(shards):
        path = args.output / f"{number:05}.npz"
        if path.exists():
            continue
        started = time.monotonic()
        examples = [example for example in encode_sentences(shard, tokenizer) if example]
        probabilities = [np.zeros((int(e.first.sum()), len(labels)), np.float32) for e in examples]
        for teacher in teachers:
            for index, found in predict(teacher, examples, collate):
                probabilities[index] += found / len(teachers)
        save_examples(
            path,
            [
                Example(e.pieces, e.types, e.first, p.astype(np.float16))
                for e, p in zip(examples, probabilities, strict=True)
            ],
        )
        words = sum(map(len, probabilities))
        print(
            f"{path}: {words} words, {words / (time.monotonic() - started):.0f} a second",
            flush=True,
        )
    return 0


def read_sentences(paths: Sequence[Path], fields: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yields the different sentences of the news, as words."""
    seen: set[int] = set()
    for path in paths:
        with smart_open.open(path, encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                for text in (record.get(field) or "" for field in fields):
                    for start, end in split_text(text):
                        words = tuple(word.form for word in split_words(text[start:end]))
                        if words and hash(words) not in seen:
                            seen.add(hash(words))
                            yield words


if __name__ == "__main__":
    sys.exit(main())
