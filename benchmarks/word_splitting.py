"""Measures how well `split_words` gives CoNLL-2003's own words back.

    python -m benchmarks.word_splitting CONLL_FOLDER

The words of each sentence are joined as a newspaper would print them, and
split again. A table says for each file which share of its words, sentences
and entities come back with the very same bounds, and where it differs.
"""

import argparse
from collections import Counter
from pathlib import Path

from benchmarks.printing import join_words
from pipeline.evaluation.conll import read_conll
from pipeline.evaluation.scores import spans
from transforms.text.words import split_words


def measure(path: Path) -> tuple[Counter[str], Counter[str]]:
    """Counts what comes back, and each difference by what stands there."""
    counts: Counter[str] = Counter()
    differences: Counter[str] = Counter()
    for sentence in read_conll(path):
        text, gold = join_words(sentence.words)
        ours = [(word.start, word.end) for word in split_words(text)]
        starts, ends = {start for start, _ in ours}, {end for _, end in ours}
        counts["sentences"] += 1
        counts["same sentences"] += ours == gold
        counts["words"] += len(gold)
        counts["same words"] += len(set(ours) & set(gold))
        for _, first, last in spans(sentence.labels):
            counts["entities"] += 1
            counts["same entities"] += gold[first][0] in starts and gold[last - 1][1] in ends
        for start, end in sorted(set(gold) - set(ours)):
            inside = [text[a:b] for a, b in ours if a < end and start < b]
            differences[f"{text[start:end]}  ->  {' '.join(inside)}"] += 1
    return counts, differences


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="has train.txt and valid.txt")
    parser.add_argument("--differences", type=int, default=0, help="print so many of each file")
    options = parser.parse_args()
    print(f"{'file':<12}{'words':>18}{'sentences':>18}{'entities':>18}")
    for name in ("train.txt", "valid.txt"):
        counts, differences = measure(options.folder / name)
        cells = (
            f"{counts[f'same {unit}'] / counts[unit]:9.2%} of {counts[unit]:,}"
            for unit in ("words", "sentences", "entities")
        )
        print(f"{name:<12}" + "".join(f"{cell:>18}" for cell in cells))
        for difference, count in differences.most_common(options.differences):
            print(f"    {count:4} {difference}")


if __name__ == "__main__":
    main()
