"""Has a teacher label the sentences of news, for students to learn from.

    python -m training.label_news --teacher work/teacher --news news/*.jsonl.gz \
        --field title text --output work/soft

Writes shards of examples as they come; a run that was stopped goes on after the last whole one.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import smart_open
import torch
from transformers import AutoTokenizer

from pipeline.evaluation.conll import CONLL_TYPES, labels_of_types
from training.corpus import Collator, encode_sentences, save_examples
from training.fit import predict
from training.networks import load_network
from transforms.text.sentences import split_text
from transforms.text.words import split_words

SHARD_SENTENCES = 20_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", required=True, type=Path)
    parser.add_argument("--news", required=True, type=Path, nargs="+", help="jsonl, or jsonl.gz")
    parser.add_argument("--field", nargs="+", default=["text"])
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.output.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(args.teacher)
    teacher = load_network(args.teacher, labels_of_types(CONLL_TYPES), dropout=0.0)
    collate = Collator(tokenizer)
    sentences = read_sentences(args.news, args.field)
    shards = iter(lambda: list(islice(sentences, SHARD_SENTENCES)), [])
    for number, shard in enumerate(shards):
        path = args.output / f"{number:05}.npz"
        if path.exists():
            continue
        started = time.monotonic()
        examples = [example for example in encode_sentences(shard, tokenizer) if example]
        found = dict(predict(teacher, examples, collate))
        save_examples(
            path,
            [
                replace(example, targets=found[index].astype(np.float16))
                for index, example in enumerate(examples)
            ],
        )
        words = sum(map(len, found.values()))
        print(
            f"{path}: {words} words, {words / (time.monotonic() - started):.0f} a second",
            flush=True,
        )
    return 0


def read_sentences(paths: Sequence[Path], fields: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yields the sentences of the news as words, each only once."""
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
