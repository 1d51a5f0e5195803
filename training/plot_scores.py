"""Plots precision and recall by score, for the model card.

news-entities evaluate --data valid.txt --json > evaluation.json
python -m training.plot_scores evaluation.json scores.svg
"""

import argparse
import json
import sys
from pathlib import Path

from matplotlib.figure import Figure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("plot", type=Path)
    args = parser.parse_args()
    rows = json.loads(args.evaluation.read_text())["by_threshold"]
    scores = list(map(float, rows))
    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.add_subplot()
    for name in ("precision", "recall"):
        axes.plot(scores, [row[name] for row in rows.values()], marker="o", label=name)
    axes.set_xlabel("score at least")
    axes.set_ylim(top=1)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(args.plot, metadata={"Date": None})
    return 0


if __name__ == "__main__":
    sys.exit(main())
