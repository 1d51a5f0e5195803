"""The recipe of a training: what a model is made from, and how.

The output folder keeps it, so that a training that was stopped goes on only as it began.
"""

import argparse
import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

_FILE = "training.json"
_INGREDIENTS = ("base", "train", "validation")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a model is made from, and how; the defaults are those of the flags.

    Attributes:
      base: the encoder to start from: a folder, or an id on the hub.
      train: CoNLL columns to learn from.
      validation: CoNLL columns to measure on.
      learning_rate: at its peak.
      batch_size: sentences a step.
      epochs: how often every sentence is seen.
      warmup_ratio: the share of the steps, 0 to 1, in which the learning rate rises.
      seed: of the new head's weights and of the order of the sentences.
      bf16: whether to compute in bfloat16.
      half: whether to store the weights in fp16.
    """

    base: str
    train: Path
    validation: Path
    learning_rate: float = 2e-5
    batch_size: int = 64
    epochs: int = 5
    warmup_ratio: float = 0.0
    seed: int = 42
    bf16: bool = False
    half: bool = False

    @classmethod
    def of(cls, args: argparse.Namespace) -> "Recipe":
        """Takes what the flags of `train` say."""
        return cls(**{field.name: getattr(args, field.name) for field in dataclasses.fields(cls)})

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """All but the base model and the data, by the names of their flags."""
        values = dataclasses.asdict(self)
        return {name: value for name, value in values.items() if name not in _INGREDIENTS}

    def as_json(self) -> dict[str, Any]:
        """Returns the recipe as its folder keeps it: the data by its content, not its name."""
        return self.hyperparameters | {
            "base": self.base,
            "train_sha256": hashlib.sha256(self.train.read_bytes()).hexdigest(),
            "validation_sha256": hashlib.sha256(self.validation.read_bytes()).hexdigest(),
        }


def check_folder(output: Path, recipe: Recipe) -> None:
    """Makes sure that the recipe's training may write into a folder.

    Raises:
      UsageError: a training with another recipe, or something else, lies there.
    """
    stored = output / _FILE
    if stored.exists():
        _compare(json.loads(stored.read_text()), recipe.as_json(), output)
    elif output.exists() and any(output.iterdir()):
        raise UsageError(f"{output} holds something else: give another --output")


def keep_recipe(output: Path, recipe: Recipe) -> None:
    """Writes the recipe into its folder, which is made where there is none."""
    output.mkdir(parents=True, exist_ok=True)
    (output / _FILE).write_text(json.dumps(recipe.as_json(), indent=2) + "\n")


def _compare(before: dict[str, Any], now: dict[str, Any], output: Path) -> None:
    differing = [name for name in now if now[name] != before.get(name)]
    if differing:
        changes = ", ".join(f"{name} was {before.get(name)}" for name in differing)
        raise UsageError(
            f"{output} holds a training with other settings ({changes}): "
            "give another --output, or remove it"
        )
