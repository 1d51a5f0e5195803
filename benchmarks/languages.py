"""Measures how sure the rule is that leaves documents in other languages out, and what it costs.

    python -m benchmarks.languages NEWS [NEWS ...]

NEWS is English, one or more inputs of the command with the fields `title` and `text`. Each document
that is left out is listed: it is in another language, or the rule is wrong. Of pieces of the other
documents none should be left out. The paragraphs of examples/languages are cut to their
beginnings, where as many as possible should be left out, and mixed with the news, where those with
much English should not. The cost is processor time a word.
"""

import argparse
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.settings import Settings
from transforms.read_blocks import read_blocks
from transforms.records import Block
from transforms.text.language import detect_languages

PARAGRAPHS = Path(__file__).parents[1] / "examples" / "languages" / "paragraphs.jsonl"
SIZES = (100, 150, 200, 300, 500, 1000)  # characters of a piece
PIECES = 12  # of each document and size, at most
SHARES = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95)  # of another language in a mixed text, in bytes
MIXED_WITH = 50  # documents


@dataclass(frozen=True)
class Text:
    id: str
    text: str


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("news", nargs="+")
    options = parser.parse_args()
    news = list(read(options.news))
    english = show_documents(news)
    show_pieces(english)
    foreign = [json.loads(line)["text"] for line in PARAGRAPHS.read_text().splitlines()]
    show_beginnings(foreign)
    show_mixtures(foreign, english)


def read(places: Sequence[str]) -> Iterator[Text]:
    settings = Settings(text_field=("title", "text"))
    plan = make_plan(list_inputs(places).files, settings)
    for row in (replace(row, stripes=1) for row in plan.rows if row.stripe == 0):
        for block in read_blocks(row, settings.fields, pa.schema([]), settings.block_bytes):
            assert isinstance(block, Block)
            for document in block.documents:
                yield Text(document.id, "\n".join(field.text for field in document.fields))


def is_left_out(text: str) -> bool:
    return detect_languages(text).are_surely_other(("en",))


def count_left_out(texts: Sequence[str]) -> str:
    number = sum(map(is_left_out, texts))
    return f"{number:,} of {len(texts):,} left out ({number / max(1, len(texts)):.2%})"


def show_documents(news: Sequence[Text]) -> list[str]:
    """Returns the texts that are not left out."""
    start = time.process_time()
    found = [detect_languages(one.text) for one in news]
    out = [languages.are_surely_other(("en",)) for languages in found]
    seconds = time.process_time() - start
    words = sum(len(one.text.split()) for one in news)
    print(f"{len(news):,} documents, {words:,} words: {1e6 * seconds / words:.3f} us a word")
    print(f"documents: {sum(out):,} left out")
    for one, languages in itertools.compress(zip(news, found, strict=True), out):
        print(f"    {one.id} {languages.percents} {one.text[:60]!r}")
    return [one.text for one, is_out in zip(news, out, strict=True) if not is_out]


def show_pieces(news: Sequence[str]) -> None:
    for size in SIZES:
        pieces = [piece for one in news for piece in cut(one, size)]
        print(f"pieces of {size:,} characters: {count_left_out(pieces)}")


def cut(text: str, size: int) -> list[str]:
    """Returns pieces of a text from all over it."""
    step = max(size, len(text) // PIECES)
    return [text[start : start + size] for start in range(0, len(text) - size + 1, step)]


def show_beginnings(foreign: Sequence[str]) -> None:
    for size in SIZES[:4]:
        beginnings = [cut_bytes(text, size) for text in foreign]
        print(f"other languages, {size} bytes: {count_left_out(beginnings)}")


def show_mixtures(foreign: Sequence[str], news: Sequence[str]) -> None:
    # The shortest may not have as much English as is needed.
    some = sorted(news, key=len)[len(news) // 2 :: max(1, len(news) // (2 * MIXED_WITH))]
    for share in SHARES:
        mixed = [text for one in foreign for other in some for text in mix(one, other, share)]
        print(f"{share:.0%} in another language: {count_left_out(mixed)}")


def mix(foreign: str, english: str, share: float) -> list[str]:
    """Puts as much English round a text as makes it that share of the whole."""
    english = english[: round(len(foreign.encode()) * (1 - share) / share)]
    half = len(english) // 2
    return [
        f"{english}\n{foreign}",
        f"{foreign}\n{english}",
        f"{english[:half]}\n{foreign}\n{english[half:]}",
    ]


def cut_bytes(text: str, size: int) -> str:
    """Returns the beginning of a text that has so many bytes as UTF-8."""
    return text.encode()[:size].decode(errors="ignore")


if __name__ == "__main__":
    main()
