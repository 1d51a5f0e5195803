"""Tells how often each rule for names changes a mention in real text, and what the rules cost.

    python -m benchmarks.name_rules DOCUMENTS.jsonl [--examples 5] [--repeats 5]

A line is a document with a "text". Each rule is applied alone to what the model finds, so that
what it changes can be judged; a name that takes several steps counts once a step. The cost is
processor time, as a ratio to that of joining words into entities. For F1 with the rules, see
`news-entities evaluate`.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.models import ModelChoice, add_model_arguments, find_tagger
from transforms.columns import Sentences, TaggedWords, starts_of
from transforms.model.tags import WordTagger
from transforms.tag_texts import label_words
from transforms.text.entities import TaggedWord, group_many, group_words
from transforms.text.mended_entities import mend_entities
from transforms.text.name_rules import (
    JOINED_FIRST,
    JOINED_LAST,
    MENDED,
    Context,
    Mention,
    join_mentions,
    settle_label,
)
from transforms.text.sentences import split_texts

Sentence = tuple[list[Mention], Context]
Change = tuple[list[Mention], list[Mention], Context]  # before and after


def changes(sentences: Sequence[Sentence]) -> dict[str, list[Change]]:
    """Returns what each rule changes by itself."""
    by_rule: dict[str, list[Change]] = {}
    for two in (*JOINED_FIRST, *JOINED_LAST):
        by_rule[two.__name__] = [
            ([before, other], [after], context)
            for mentions, context in sentences
            for before, other in pairwise(mentions)
            for after in join_mentions([before, other], context, [two])[:1]
            if after != before
        ]
    for one in (*MENDED, settle_label):
        by_rule[one.__name__] = [
            ([before], [after] if after else [], context)
            for mentions, context in sentences
            for before in mentions
            for after in [one(before, context)]
            if after != before
        ]
    return by_rule


def read_sentences(
    texts: Sequence[str], sentences: Sentences, words: TaggedWords
) -> Iterator[Sentence]:
    """Yields the mentions of each sentence as the model has them, and its words."""
    offsets = starts_of(words.counts)
    for sentence, (offset, count) in enumerate(zip(offsets, words.counts, strict=True)):
        places = range(offset, offset + count)
        own = [
            TaggedWord(
                int(words.starts[place]),
                int(words.ends[place]),
                words.labels[words.label[place]],
                float(words.scores[place]),
            )
            for place in places
        ]
        text = texts[sentences.text[sentence]]
        starts, ends = [word.start for word in own], [word.end for word in own]
        scores = np.array([1.0 if word.label == "O" else word.score for word in own])
        mentions = [
            Mention(starts.index(one.start), ends.index(one.end), one.label, one.score)
            for one in group_words(own, text)
        ]
        yield mentions, Context([text[word.start : word.end] for word in own], scores)


def cost_ratio(
    texts: Sequence[str], sentences: Sentences, words: TaggedWords, repeats: int
) -> float:
    """Returns the time of the rules over that of joining words; the best of each counts."""
    entities = group_many(words, sentences, texts)
    join: list[float] = []
    mend: list[float] = []
    for _ in range(repeats):
        join.append(seconds(lambda: group_many(words, sentences, texts)))
        mend.append(seconds(lambda: mend_entities(entities, words, sentences, texts)))
    return min(mend) / min(join)


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def shown(mentions: Sequence[Mention], context: Context) -> str:
    return " ".join(f"[{' '.join(context.of(one))}|{one.label}]" for one in mentions) or "nothing"


def measure(texts: Sequence[str], tagger: WordTagger, examples: int, repeats: int) -> Iterator[str]:
    """Yields the lines of the report."""
    sentences = split_texts(texts, "auto")
    words = label_words(texts, sentences, tagger)
    spelt = list(read_sentences(texts, sentences, words))
    found = sum(len(mentions) for mentions, _ in spelt)
    yield f"{len(texts)} documents, {len(words.starts)} words, {found} mentions"
    for rule, of_rule in changes(spelt).items():
        yield f"{rule}: {len(of_rule)}"
        for before, after, context in islice(of_rule, examples):
            yield f"    {shown(before, context)} -> {shown(after, context)}"
    yield f"cost, over joining words: {cost_ratio(texts, sentences, words, repeats):.1f}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.name_rules")
    parser.add_argument("documents", type=Path)
    parser.add_argument("--examples", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5)
    add_model_arguments(parser)
    args = parser.parse_args(arguments)
    texts = [json.loads(line)["text"] for line in args.documents.read_text().splitlines()]
    for line in measure(texts, find_tagger(ModelChoice.of(args)), args.examples, args.repeats):
        print(line)


if __name__ == "__main__":
    main()
