"""The card of a fine-tuned model: what it does, how well, and how it was made."""

from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import EvalResult, ModelCardData

from pipeline.arguments import COMMAND
from pipeline.evaluation.scores import Scores
from pipeline.fine_tuning.recipe import Recipe

_TEMPLATE = """\
---
{front_matter}
---

# {name}

Tags the named entities of a sentence's words: {types}. Fine-tuned from `{base}` on `{train}`.

On `{validation}`, by entity, with the stored weights (those of the last epoch) in fp32:

| | Precision | Recall | F1 | Support |
|:--|--:|--:|--:|--:|
{figures}

Accuracy: {accuracy:.4f} of the words.

## Training

    {command}

Learning rate {learning_rate}, batch size {batch_size}, seed {seed}, AdamW with betas=(0.9, 0.999)
and epsilon=1e-08, a linear schedule with a warm-up of {warmup_ratio:.0%} of the steps,
{epochs} epochs{in_bfloat16}. A word's label is that of its first piece.

{epoch_table}
"""


def make_card(name: str, recipe: Recipe, epoch_table: Sequence[str], scores: Scores) -> str:
    """Writes the card of a model.

    Args:
      name: the model's, which is that of its folder.
      epoch_table: the lines of a Markdown table, with the figures of every epoch.
      scores: of the stored weights, on the recipe's validation file.

    Returns:
      Markdown that begins with what the hub reads, as YAML. It names no folder of this machine.
    """
    return _TEMPLATE.format(
        **recipe.hyperparameters,
        front_matter=front_matter(name, recipe, scores),
        name=name,
        types=", ".join(scores.by_type),
        base=base_name(recipe.base),
        train=recipe.train.name,
        validation=recipe.validation.name,
        figures="\n".join(
            f"| {name} | {row.precision:.4f} | {row.recall:.4f} | {row.f1:.4f} | {row.support} |"
            for name, row in scores.rows().items()
        ),
        accuracy=scores.accuracy,
        command=command(name, recipe),
        in_bfloat16=", in bfloat16" if recipe.bf16 else "",
        epoch_table="\n".join(epoch_table),
    )


def front_matter(name: str, recipe: Recipe, scores: Scores) -> str:
    """Returns what the hub reads of a card, its `model-index` above all, as YAML."""
    figures = scores.overall_figures()
    return ModelCardData(
        library_name="transformers",
        pipeline_tag="token-classification",
        # The hub refuses cards whose base is not one of its models.
        base_model=None if Path(recipe.base).is_dir() else recipe.base,
        metrics=list(figures),
        model_name=name,
        eval_results=[
            EvalResult(
                task_type="token-classification",
                dataset_type="conll",
                dataset_name=recipe.validation.name,
                metric_type=metric,
                metric_value=value,
            )
            for metric, value in figures.items()
        ],
    ).to_yaml()


def command(name: str, recipe: Recipe) -> str:
    """Returns the command of the training, the folders of its files left out."""
    values = recipe.hyperparameters
    flags = [f"--{flag}" for flag, value in values.items() if value is True]
    flags += [f"--{flag} {value}" for flag, value in values.items() if not isinstance(value, bool)]
    files = f"--train {recipe.train.name} --validation {recipe.validation.name}"
    models = f"--base {base_name(recipe.base)} --output {name}"
    return " ".join([f"{COMMAND} train", files, models, *flags])


def base_name(base: str) -> str:
    """Returns the base model as a card may name it: a hub id, or a folder without its place."""
    return Path(base).resolve().name if Path(base).is_dir() else base
