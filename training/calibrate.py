"""Calibrates a tagger's scores by temperature (Guo et al. 2017): no label changes.

    python -m training.calibrate --model work/student --validation other.txt news.jsonl \
        --output work/calibrated

The temperature that makes the gold labels of the words most likely is divided out of the
classifier's weights, so whoever loads the checkpoint has the calibrated scores. On text like that
of the training, a model is surer with more right than on other text: take sources that it has not
learnt from. Each counts alike, however long it is.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer

from pipeline.evaluation.conll import (
    CONLL_TYPES,
    LabelledSentence,
    labels_of_types,
    read_conll,
)
from pipeline.evaluation.gold import GoldText, read_gold
from training.corpus import Collator, gold_examples
from training.fit import predict
from training.networks import load_network
from transforms.text.sentences import split_text
from transforms.text.words import split_words


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument(
        "--validation",
        required=True,
        type=Path,
        nargs="+",
        help="CoNLL columns, or jsonl of texts with their entities",
    )
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    labels = labels_of_types(CONLL_TYPES)
    network = load_network(args.model, labels, 0.0)
    sources = []
    for path in args.validation:
        examples = gold_examples(read_sentences(path), labels, tokenizer)
        found = dict(predict(network, examples, Collator(tokenizer)))
        # The logarithms of probabilities serve as well as logits: they differ by a constant a word.
        logits = np.log(np.concatenate([found[index] for index in range(len(examples))]) + 1e-12)
        gold = np.concatenate([example.targets for example in examples]).argmax(axis=1)
        sources.append((torch.from_numpy(logits), torch.from_numpy(gold)))
    temperature = best_temperature(sources)
    print(f"temperature {temperature:.3f}")
    with torch.no_grad():
        network.classifier.weight.div_(temperature)
        network.classifier.bias.div_(temperature)
    network.save_pretrained(args.output)
    tokenizer.save_pretrained(args.output)
    return 0


def read_sentences(path: Path) -> list[LabelledSentence]:
    """Reads sentences; those of a .jsonl are split as the pipeline splits texts."""
    if path.suffix != ".jsonl":
        return read_conll(path)
    return [sentence for text in read_gold(str(path)) for sentence in label_text(text)]


def label_text(gold: GoldText) -> Iterator[LabelledSentence]:
    """Yields the sentences of a text; words that share characters with an entity have its label."""
    for start, end in split_text(gold.text):
        words = split_words(gold.text[start:end])
        labels = ["O"] * len(words)
        for mention in gold.mentions:
            within = [
                index
                for index, word in enumerate(words)
                if word.start + start < mention.end and mention.start < word.end + start
            ]
            for index in within:
                labels[index] = f"{'I' if index > within[0] else 'B'}-{mention.label}"
        yield LabelledSentence([word.form for word in words], labels)


def best_temperature(sources: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> float:
    """Returns the temperature of least cross-entropy from 0.5 to 4, to two decimals.

    Args:
      sources: of each the logits, (word, label), float32, and the gold label numbers, (word,).
    """
    candidates = torch.linspace(0.5, 4.0, 351)
    losses = [
        torch.stack([cross_entropy(logits / t, gold) for t in candidates])
        for logits, gold in sources
    ]
    return float(candidates[int(torch.stack(losses).sum(dim=0).argmin())])


if __name__ == "__main__":
    sys.exit(main())
