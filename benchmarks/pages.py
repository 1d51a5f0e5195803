"""Measures how well the main text of web pages is found, and how fast.

    python -m benchmarks.pages WARC GOLD [--compare]

WARC is a crawl of news pages. GOLD is lines of JSON with the fields `title`, `text` and `date` of
each page, in any order: a page and a line belong together that share the most words, of all that
the page shows. The measures are the F1 of the words of the text, a mean over pages; the share of
titles that are the same, but for white space, quotes and dashes, and the F1 of their words, since
pages give themselves several titles; and the share of days that are the same. The speed is pages a
second of processor time. With --compare the libraries alone are measured too: install readability-
lxml and resiliparse for it.
"""

import argparse
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from transforms.files.fields import DocumentFields
from transforms.files.formats import parse, scan
from transforms.files.found import Found, PassedOver, RecordError
from transforms.files.fragments import plain_text
from transforms.files.http_bodies import decode_body
from transforms.files.page_text import decode_page
from transforms.files.pages import MAX_PAGE_BYTES
from transforms.files.storage import stat
from transforms.records import Extent

Fields = dict[str, str | None]
NOTHING: Fields = {}
_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("warc", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    extent, found = find(options.warc)
    gold = [json.loads(line) for line in options.gold.read_text().splitlines()]
    in_order = match([shown(one) for one in found], gold)
    ways: dict[str, Callable[[Found], Fields]] = {"ours": lambda one: ours(extent, one)}
    if options.compare:
        ways |= {
            "trafilatura": trafilatura,
            "readability-lxml": readability,
            "resiliparse": resiliparse,
        }
    print(f"{len(found)} pages, {mean(len(one['text'].split()) for one in gold):,.0f} words a page")
    print(f"{'':18}{'text F1':>9}{'P':>7}{'R':>7}{'title':>8}{'F1':>7}{'date':>7}{'pages/s':>9}")
    for name, read in ways.items():
        start = time.process_time()
        pages = [read(one) for one in found]
        seconds = time.process_time() - start
        figures = measure(pages, [gold[index] for index in in_order])
        print(f"{name:18}{figures}{len(found) / seconds:9.1f}")


def find(warc: Path) -> tuple[Extent, list[Found]]:
    """Returns the pages of a crawl as they were fetched."""
    stored = stat(str(warc))
    compression = ".gz" if warc.suffix == ".gz" else ""
    extent = Extent(str(warc), "warc", compression, stored.size, stored.version, 0, -1)
    found = scan(extent, (), DocumentFields())
    return extent, [one for one in found if not isinstance(one.content, PassedOver)]


def match(pages: Sequence[Counter[str]], gold: Sequence[dict[str, Any]]) -> list[int]:
    """Returns for each page the line of gold of whose words it shows most; each is taken once."""
    texts = [words(one["text"]) for one in gold]
    shares = [
        (sum((page & text).values()) / max(1, sum(text.values())), -abs(p - g), p, g)
        for p, page in enumerate(pages)
        for g, text in enumerate(texts)
    ]
    taken: dict[int, int] = {}
    for _, _, page, line in sorted(shares, reverse=True):
        if page not in taken and line not in taken.values():
            taken[page] = line
    return [taken[page] for page in range(len(pages))]


def shown(found: Found) -> Counter[str]:
    """Counts the words of all that a page shows, its navigation too."""
    return words(plain_text(html_of(found)))


def html_of(found: Found) -> str:
    body, charset = decode_body(found.content.body, MAX_PAGE_BYTES)
    return decode_page(body, charset)


def ours(extent: Extent, found: Found) -> Fields:
    try:
        return dict(parse(extent, found))
    except RecordError:
        return NOTHING


def trafilatura(found: Found) -> Fields:
    from trafilatura import bare_extraction

    page: Any = bare_extraction(
        html_of(found), url=found.content.url, with_metadata=True, include_comments=False
    )
    return {"title": page.title, "text": page.text, "date": page.date} if page else NOTHING


def readability(found: Found) -> Fields:
    from readability import Document

    page = Document(html_of(found))
    return {"title": page.short_title(), "text": plain_text(page.summary())}


def resiliparse(found: Found) -> Fields:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(html_of(found))
    return {"title": tree.title, "text": extract_plain_text(tree, main_content=True)}


def measure(pages: Sequence[Fields], gold: Sequence[dict[str, Any]]) -> str:
    """Returns the figures of a way, each a mean over the pages."""
    pairs = [*zip(pages, gold, strict=True)]
    texts = [score(page.get("text"), one["text"]) for page, one in pairs]
    titles = [plain(page.get("title")) == plain(one["title"]) for page, one in pairs]
    title_f1 = [score(page.get("title"), one["title"])[0] for page, one in pairs]
    days = [(page.get("date") or "")[:10] == one["date"][:10] for page, one in pairs]
    columns = [*zip(*texts, strict=True), titles, title_f1, days]
    return "".join(
        f"{mean(map(float, column)):{width}.3f}"
        for column, width in zip(columns, (9, 7, 7, 8, 7, 7), strict=True)
    )


def score(found: str | None, expected: str) -> tuple[float, float, float]:
    """Returns F1, precision and recall of the words of a text."""
    ours, theirs = words(found or ""), words(expected)
    common = (ours & theirs).total()
    precision, recall = common / max(1, ours.total()), common / max(1, theirs.total())
    return 2 * common / max(1, ours.total() + theirs.total()), precision, recall


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower()))


def plain(text: str | None) -> str:
    """Returns a title without what is typography."""
    return " ".join(unicodedata.normalize("NFKC", text or "").translate(_SAME).split())


if __name__ == "__main__":
    main()
