"""Measures how well paragraphs and sentences are found.

    python -m benchmarks.sentence_boundaries DATA_FOLDER [--examples 20]

It prints four tables. The first compares sentence ends with annotators' on GUM and EWT, for plain
nupunkt and for ours; the second tells how often the two differ on news; the third, how many names
are cut at a line's end in hard-wrapped news. For the last, news is wrapped at 72 columns on
purpose, and its sentence ends are compared with those before.
"""

import argparse
import gzip
import itertools
import json
import random
import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import nupunkt

from transforms.text.paragraphs import split_paragraphs
from transforms.text.sentences import split_paragraph

Splitter = Callable[[str], list[tuple[int, int]]]

WAYS = ("paragraph", "blank lines", "auto")
# A name of several capitalised words, which may go over the end of a line.
NAME = re.compile(r"\b[A-Z][\w'&.-]*[\w.](?:[ \n][A-Z][\w'&-]*\w)+")


def nupunkt_spans(paragraph: str) -> list[tuple[int, int]]:
    """Returns plain nupunkt's sentences, without the white space that it adds to them."""
    text = re.sub(r"\s", " ", paragraph)
    spans = nupunkt.sent_spans(text)
    return [(start, start + len(text[start:end].rstrip())) for start, end in spans]


def read(path: Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, itertools.islice(lines, limit))


def paragraphs(text: str, way: str) -> list[tuple[int, int]]:
    if way == "blank lines":
        return [match.span() for match in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text)]
    return split_paragraphs(text, way)


def ends(text: str, splitter: Splitter, way: str = "auto") -> set[int]:
    """Finds where the sentences of a text end."""
    return {
        start + end
        for start, stop in paragraphs(text, way)
        for _, end in splitter(text[start:stop])
    }


def f1(counts: Counter[str]) -> float:
    return 2 * counts["common"] / max(1, counts["expected"] + counts["found"])


def compare(expected: set[int], found: set[int]) -> Counter[str]:
    return Counter(common=len(expected & found), expected=len(expected), found=len(found))


def against_annotators(path: Path) -> None:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for document in read(path):
        expected = {end for _, end in document["spans"]}
        for name, splitter in (("nupunkt", nupunkt_spans), ("ours", split_paragraph)):
            found = compare(expected, ends(document["text"], splitter))
            for genre in (document["genre"], "all"):
                counts[genre, name] += found
    print(f"\n{path.stem}: F1 of sentence ends{'':6}sentences   nupunkt      ours")
    for genre in sorted({genre for genre, _ in counts}, key=lambda genre: (genre == "all", genre)):
        plain, ours = counts[genre, "nupunkt"], counts[genre, "ours"]
        print(f"  {genre:30}{ours['expected']:8}{f1(plain):10.2%}{f1(ours):10.2%}")


def against_nupunkt(documents: Iterable[dict[str, Any]], examples: int) -> None:
    differences: dict[str, list[str]] = {"nupunkt only": [], "ours only": []}
    total = 0
    for document in documents:
        text = document["text"]
        plain, ours = ends(text, nupunkt_spans), ends(text, split_paragraph)
        total += len(ours)
        for name, places in (("nupunkt only", plain - ours), ("ours only", ours - plain)):
            differences[name] += [in_context(text, place) for place in sorted(places)]
    print(f"\nNews: {total} sentence ends of ours")
    for name, found in differences.items():
        print(f"  {name}: {len(found)}")
        for example in random.Random(0).sample(found, min(examples, len(found))):
            print(f"    {example}")


def in_context(text: str, place: int) -> str:
    return " ".join(f"{text[max(0, place - 40) : place]} ‖ {text[place : place + 30]}".split())


def cut_names(documents: Iterable[dict[str, Any]]) -> None:
    counts: Counter[str] = Counter()
    for document in documents:
        text = document["text"]
        names = [match.span() for match in NAME.finditer(text)]
        counts["names"] += len(names)
        for way in ("paragraph", "auto"):
            cuts = {end for _, end in split_paragraphs(text, way)}
            counts[way] += sum(not cuts.isdisjoint(range(*name)) for name in names)
    print(f"\nHard-wrapped news: {counts['names']} names of several words, cut at a line's end")
    print(f"  every newline ends a paragraph{counts['paragraph'] / counts['names']:10.2%}")
    print(f"  the rule{counts['auto'] / counts['names']:32.2%}")


def wrap(text: str, indent: str, between: str) -> str:
    """Wraps the paragraphs of a text, each a line, at 72 columns."""
    lines = (line for line in text.splitlines() if line.strip())
    return between.join(
        textwrap.fill(
            line, 72, initial_indent=indent, break_long_words=False, break_on_hyphens=False
        )
        for line in lines
    )


def visible_ends(text: str, way: str) -> set[int]:
    """Finds where sentences end, counted in characters other than white space."""
    places = itertools.accumulate((not character.isspace() for character in text), initial=0)
    before = list(places)
    return {before[end] for end in ends(text, split_paragraph, way)}


def against_unwrapped(documents: Iterable[dict[str, Any]]) -> None:
    texts = [document["text"] for document in documents]
    styles = {
        "blank line between": ("", "\n\n"),
        "indented": ("    ", "\n"),
        "neither": ("", "\n"),
    }
    print(f"\n{len(texts)} articles wrapped at 72 columns: F1 of sentence ends")
    print(f"  {'paragraphs':22}{''.join(f'{way:>14}' for way in WAYS)}")
    for name, style in styles.items():
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            expected = visible_ends(text, "paragraph")
            wrapped = wrap(text, *style)
            for way in WAYS:
                counts[way] += compare(expected, visible_ends(wrapped, way))
        print(f"  {name:22}{''.join(f'{f1(counts[way]):14.2%}' for way in WAYS)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="has the folders sbd and news")
    parser.add_argument("--examples", type=int, default=0, help="of each kind of difference")
    options = parser.parse_args()
    news = options.data / "news"
    for name in ("gum_dev", "ewt_dev"):
        against_annotators(options.data / "sbd" / f"{name}.jsonl")
    against_nupunkt(read(news / "allsides-00.jsonl.gz", 500), options.examples)
    cut_names(read(news / "reuters21578.jsonl.gz"))
    against_unwrapped(read(news / "allsides-00.jsonl.gz", 650))


if __name__ == "__main__":
    main()
