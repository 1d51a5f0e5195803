"""Calibrates a tagger's scores by temperature (Guo et al. 2017): no label changes.

    python -m training.calibrate --model work/student --validation valid.txt \
        --output work/calibrated

The temperature that makes the gold labels of the words most likely is divided out of the
classifier's weights, so whoever loads the checkpoint has the calibrated scores.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer

from pipeline.evaluation.conll import label_names, read_conll
from training.corpus import Collator, gold_examples
from training.fit import predict
from training.networks import load_network


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--validation", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    sentences = read_conll(args.validation)
    labels = label_names(sentences)
    network = load_network(args.model, labels, 0.0)
    examples = gold_examples(sentences, labels, tokenizer)
    found = dict(predict(network, examples, Collator(tokenizer)))
    # The logarithms of probabilities serve as well as logits: they differ by a constant a word.
    logits = np.log(np.concatenate([found[index] for index in range(len(examples))]) + 1e-12)
    gold = np.concatenate([example.targets for example in examples]).argmax(axis=1)
    temperature = best_temperature(torch.from_numpy(logits), torch.from_numpy(gold))
    print(f"temperature {temperature:.3f}")
    with torch.no_grad():
        network.classifier.weight.div_(temperature)
        network.classifier.bias.div_(temperature)
    network.save_pretrained(args.output)
    tokenizer.save_pretrained(args.output)
    return 0


def best_temperature(logits: torch.Tensor, gold: torch.Tensor) -> float:
    """Returns the temperature of least cross-entropy from 0.5 to 4, to two decimals.

    Args:
      logits: (word, label), float32.
      gold: (word,) label numbers, int64.
    """
    candidates = torch.linspace(0.5, 4.0, 351)
    losses = [torch.nn.functional.cross_entropy(logits / t, gold) for t in candidates]
    return float(candidates[int(torch.stack(losses).argmin())])


if __name__ == "__main__":
    sys.exit(main())
