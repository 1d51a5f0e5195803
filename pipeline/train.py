"""Fine-tunes an encoder into a tagger on CoNLL columns; needs the `train` extra."""

import argparse
from importlib.util import find_spec
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.fine_tuning.data import read_training_data
from pipeline.fine_tuning.recipe import Recipe, check_folder, keep_recipe
from pipeline.terminal import say

_EXTRA_PACKAGES = ("accelerate",)  # those that only training needs
_CARD = "README.md"  # the last file of a training


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `train`; the defaults are those of the reference model."""
    data = parser.add_argument_group("data")
    data.add_argument(
        "--train", required=True, type=Path, metavar="FILE", help="CoNLL columns to learn from"
    )
    data.add_argument(
        "--validation",
        required=True,
        type=Path,
        metavar="FILE",
        help="CoNLL columns to measure on",
    )
    model = parser.add_argument_group("model")
    model.add_argument(
        "--base",
        required=True,
        metavar="MODEL",
        help="encoder to start from: a folder, or an id on the Hugging Face hub",
    )
    model.add_argument(
        "--output",
        required=True,
        type=Path,
        metavar="FOLDER",
        help="where the model goes; a training that was stopped there goes on",
    )
    model.add_argument("--half", action="store_true", help="store the weights in fp16")
    _add_hyperparameters(parser.add_argument_group("training"))


def _add_hyperparameters(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--learning_rate",
        type=float,
        default=Recipe.learning_rate,
        help="at its peak (default: %(default)s)",
    )
    group.add_argument(
        "--batch_size",
        type=int,
        default=Recipe.batch_size,
        help="sentences a step (default: %(default)s)",
    )
    group.add_argument(
        "--epochs",
        type=int,
        default=Recipe.epochs,
        help="how often every sentence is seen (default: %(default)s)",
    )
    group.add_argument(
        "--warmup_ratio",
        type=float,
        default=Recipe.warmup_ratio,
        help="share of the steps in which the learning rate rises (default: %(default)s)",
    )
    group.add_argument(
        "--seed",
        type=int,
        default=Recipe.seed,
        help="of the new head's weights and the order of the sentences (default: %(default)s)",
    )
    group.add_argument(
        "--bf16",
        action="store_true",
        help="compute in bfloat16, which is fast on recent CPUs and GPUs",
    )


def run(args: argparse.Namespace) -> int:
    """Trains, or goes on with, the model in `args.output`.

    Raises:
      UsageError: a package, file or model is missing or unfit, or a stopped training in
        `args.output` had other settings.
    """
    _check_extra()
    recipe, output = Recipe.of(args), args.output
    data = read_training_data(recipe)
    check_folder(output, recipe)
    if (output / _CARD).exists():
        say(f"The training in {output} is finished already; nothing to do.")
        return 0
    # Loading torch takes seconds, which a person who made a mistake need not wait.
    from pipeline.fine_tuning.model_card import make_card
    from pipeline.fine_tuning.trainer import fit, load_base, measure, save

    model, tokenizer = load_base(recipe, data.labels)
    keep_recipe(output, recipe)
    epochs = fit(model, tokenizer, data, recipe, output / "checkpoints")
    save(model, recipe, output)
    scores = measure(output, data.validation, str(recipe.validation))
    card = make_card(output.resolve().name, recipe, epochs, scores)
    (output / _CARD).write_text(card, encoding="utf-8")
    say(f"The model is in {output}; F1 on {recipe.validation}: {scores.overall.f1:.4f}.")
    return 0


def _check_extra() -> None:
    """Raises UsageError unless the packages that only training needs are installed."""
    missing = [name for name in _EXTRA_PACKAGES if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"training needs {' and '.join(missing)}, of the extra train: in a checkout, "
            "pip install --constraint constraints.txt '.[train]'"
        )
