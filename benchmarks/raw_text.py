"""Measures what is lost when a model is given printed text in place of CoNLL-2003's own words.

    python -m benchmarks.raw_text CONLL_FILE [--output GOLD.jsonl] [--examples 20]

The documents of a file of columns are printed as a newspaper would. The headline and what does
not end as sentences do (datelines, tables) stand on lines of their own, and the sentences between
two of those make one paragraph: CoNLL does not mark paragraphs, and Reuters printed shorter ones.

The model tags the gold words, and the pipeline goes its whole way over the printed text; entities
count by their exact offsets both times. A second table tells in which gold sentences the two
differ: where the pipeline's sentence ends elsewhere, where only its words do, and where neither
differs. CoNLL leaves some quotes at a sentence's end that open the next (`he said . " We`). They
are printed where they belong, which counts as a sentence that ends elsewhere.

The figures of the printed text by type come from

    news-entities evaluate --data GOLD.jsonl
"""

import argparse
import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise
from pathlib import Path

from benchmarks.printing import Printed, Span, print_document
from pipeline.evaluation.conll import LabelledSentence, parse_sentences, read_conll
from pipeline.evaluation.gold import GoldText
from pipeline.evaluation.mentions import Mention, score_mentions
from pipeline.evaluation.scores import Figures
from pipeline.evaluation.sentences import tag_labelled
from pipeline.evaluation.texts import find_mentions
from pipeline.models import ModelChoice, add_model_arguments, find_tagger
from transforms.model.tags import WordTagger
from transforms.text.sentences import split_text
from transforms.text.words import split_words

CAUSES = ("sentence bounds differ", "word bounds differ", "neither differs")
SENTENCES_DIFFER, WORDS_DIFFER, NEITHER_DIFFERS = CAUSES


def read_documents(path: Path) -> list[list[LabelledSentence]]:
    """Reads the sentences of each document, which a -DOCSTART- line begins.

    Raises:
      UsageError: the file cannot be read, or is not of that form.
    """
    read_conll(path)  # This checks the file, and names lines by their number in it.
    parts = re.split(r"(?m)^-DOCSTART-.*$", path.read_text(encoding="utf-8"))
    documents = (list(parse_sentences(part, str(path))) for part in parts)
    return [document for document in documents if document]


def gold_text(document: Printed) -> GoldText:
    """Returns a printed document with its gold mentions."""
    mentions = document.mentions([sentence.labels for sentence in document.sentences])
    return GoldText(document.text, mentions, None, repr(document.text[:40]))


def write(texts: Sequence[GoldText], path: Path) -> None:
    """Writes texts as `evaluate` reads them."""
    with path.open("w", encoding="utf-8") as lines:
        for gold in texts:
            entities = [
                {"start": mention.start, "end": mention.end, "label": mention.label}
                for mention in gold.mentions
            ]
            record = {"text": gold.text, "entities": entities}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


@dataclass(frozen=True, slots=True)
class Compared:
    """A document tagged both ways.

    Attributes:
      causes: for each gold sentence, what differs in it: one of CAUSES.
      cuts: where the pipeline's sentences begin.
    """

    document: Printed
    causes: list[str]
    cuts: list[int]
    gold: set[Mention]
    from_words: set[Mention]
    from_text: set[Mention]

    def sentence_of(self, mention: Mention) -> int:
        """Returns the index of the gold sentence in which a mention begins."""
        starts = [words[0][0] for words in self.document.words]
        return max(0, bisect_right(starts, mention.start) - 1)


def compare(documents: Sequence[Printed], tagger: WordTagger, place: str) -> list[Compared]:
    """Tags documents from their gold words and from their text."""
    sentences = [sentence for document in documents for sentence in document.sentences]
    labels = iter(tags.labels for tags in tag_labelled(tagger, sentences, place))
    found = find_mentions(tagger, [gold_text(document) for document in documents])
    return [
        compare_document(document, list(islice(labels, len(document.sentences))), mentions)
        for document, mentions in zip(documents, found.by_model, strict=True)
    ]


def compare_document(
    document: Printed, labels: Sequence[Sequence[str]], found: Sequence[Mention]
) -> Compared:
    """Sets what the gold words of a document are labelled beside what is found in its text."""
    ours = words_by_sentence(document.text)
    return Compared(
        document,
        causes_of(document, ours),
        [start for start, _ in ours],
        set(gold_text(document).mentions),
        set(document.mentions(labels)),
        # Gold mentions have no scores of a model, and sets compare all of a mention.
        {mention._replace(score=1.0) for mention in found},
    )


def words_by_sentence(text: str) -> dict[Span, list[Span]]:
    """Returns the spans of the pipeline's sentences in a text, each with those of its words."""
    return {
        (start, end): [
            (start + word.start, start + word.end) for word in split_words(text[start:end])
        ]
        for start, end in split_text(text)
    }


def causes_of(document: Printed, ours: dict[Span, list[Span]]) -> list[str]:
    """Tells what differs in each gold sentence: one of CAUSES."""
    causes = []
    for words in document.words:
        found = ours.get((words[0][0], words[-1][1]))
        if found is None:
            causes.append(SENTENCES_DIFFER)
        else:
            causes.append(NEITHER_DIFFERS if found == words else WORDS_DIFFER)
    return causes


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over documents.

    Attributes:
      wanted: how many mentions there were to be found.
      right, found: how many mentions came from gold words.
      sentences: how many gold sentences there are, by what differs in them.
      lost: how many mentions are right from gold words only, by cause.
      won: how many are right from the text only, by cause.
      more_found: how many more were found in the text, right or wrong, by cause.
    """

    wanted: int
    right: int
    found: int
    sentences: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    won: Counter[str] = field(default_factory=Counter)
    more_found: Counter[str] = field(default_factory=Counter)

    def loss(self, cause: str) -> float:
        """Returns what F1 loses when only the sentences of a cause are read from the text."""
        right = self.right - self.lost[cause] + self.won[cause]
        found = self.found + self.more_found[cause]
        before = Figures.of(right=self.right, found=self.found, wanted=self.wanted)
        return before.f1 - Figures.of(right=right, found=found, wanted=self.wanted).f1


def count(compared: Sequence[Compared]) -> Totals:
    """Counts what differs between the two ways, by cause."""
    totals = Totals(
        wanted=sum(len(document.gold) for document in compared),
        right=sum(len(document.gold & document.from_words) for document in compared),
        found=sum(len(document.from_words) for document in compared),
    )
    for document in compared:
        totals.sentences.update(document.causes)
        for mention in document.from_words ^ document.from_text:
            cause = document.causes[document.sentence_of(mention)]
            is_new = mention in document.from_text
            totals.more_found[cause] += 1 if is_new else -1
            if mention in document.gold:
                (totals.won if is_new else totals.lost)[cause] += 1
    return totals


def lost_mentions(compared: Sequence[Compared]) -> Iterator[str]:
    """Yields the mentions that are right from gold words only, in the pipeline's sentences."""
    for document in compared:
        lost = document.gold & document.from_words - document.from_text
        for mention in sorted(lost, key=lambda mention: mention.start):
            index = document.sentence_of(mention)
            words = document.document.words[index]
            shown = in_context(document, words[0][0], words[-1][1])
            yield f"{document.causes[index]}: {mention.name} {mention.label}: {shown}"


def in_context(document: Compared, start: int, end: int) -> str:
    """Returns a stretch of text and 40 characters on either side; `‖` begins our sentences."""
    text = document.document.text
    first, last = max(0, start - 40), min(len(text), end + 40)
    cuts = [first, *(cut for cut in document.cuts if first < cut < last), last]
    return " ".join("‖".join(text[one:other] for one, other in pairwise(cuts)).split())


def as_tables(compared: Sequence[Compared]) -> str:
    """Shows the figures of both ways, and of their differences by cause."""
    words = score_mentions((one.gold, one.from_words) for one in compared).overall
    text = score_mentions((one.gold, one.from_text) for one in compared).overall
    totals = count(compared)
    lines = [
        f"{'':22}  precision  recall      f1",
        figures_row("gold words", words),
        figures_row("printed text", text),
        f"{'loss':22}  {words.precision - text.precision:9.4f}  "
        f"{words.recall - text.recall:.4f}  "
        f"{words.f1 - text.f1:.4f}",
        "",
        f"{'':22}  sentences  lost   won  f1 loss",
    ]
    lines += [
        f"{cause:22}  {totals.sentences[cause]:9}  {totals.lost[cause]:4}  {totals.won[cause]:4}  "
        f"{totals.loss(cause):7.4f}"
        for cause in CAUSES
    ]
    return "\n".join(lines)


def figures_row(name: str, row: Figures) -> str:
    return f"{name:22}  {row.precision:9.4f}  {row.recall:.4f}  {row.f1:.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path, help="CoNLL columns, with -DOCSTART- lines")
    parser.add_argument("--output", type=Path, help="write the printed text here, as JSON lines")
    parser.add_argument("--documents", type=int, help="take only the first ones")
    parser.add_argument("--examples", type=int, default=0, help="print this many lost entities")
    add_model_arguments(parser)
    options = parser.parse_args()
    documents = [
        print_document(sentences)
        for sentences in islice(read_documents(options.data), options.documents)
    ]
    if options.output:
        write([gold_text(document) for document in documents], options.output)
    compared = compare(documents, find_tagger(ModelChoice.of(options)), str(options.data))
    print(as_tables(compared))
    for line in islice(chain([""], lost_mentions(compared)), options.examples + 1):
        print(line)


if __name__ == "__main__":
    main()
