"""Averages the weights of taggers that were fine-tuned from one another.

    python -m training.average --models work/distilled work/student --weights 0.4 0.6 \
        --output work/averaged
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoTokenizer

from pipeline.evaluation.conll import CONLL_TYPES, labels_of_types
from training.networks import load_network


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", required=True, type=Path, nargs="+")
    parser.add_argument("--weights", required=True, type=float, nargs="+", help="one a model")
    parser.add_argument("--output", required=True, type=Path)
    args = parser.parse_args()
    labels = labels_of_types(CONLL_TYPES)
    # Of several classifiers, the first is the one that is used.
    networks = [load_network(folder, labels, 0.0, guidelines=1) for folder in args.models]
    averaged = average([network.state_dict() for network in networks], args.weights)
    networks[0].load_state_dict(averaged)
    networks[0].save_pretrained(args.output)
    AutoTokenizer.from_pretrained(args.models[0]).save_pretrained(args.output)
    return 0


def average(states: Sequence[dict[str, Tensor]], weights: Sequence[float]) -> dict[str, Tensor]:
    """Returns the weighted mean of each parameter; the weights need not add up to 1.

    Raises:
      ValueError: there are more or fewer weights than states.
    """
    pairs = list(zip(states, weights, strict=True))
    return {
        name: torch.stack([state[name] * weight for state, weight in pairs]).sum(dim=0)
        / sum(weights)
        for name in states[0]
    }


if __name__ == "__main__":
    sys.exit(main())
