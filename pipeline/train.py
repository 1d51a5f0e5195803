"""Fine-tunes an encoder into a tagger on CoNLL columns; needs the `train` extra."""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from huggingface_hub import EvalResult, ModelCardData
from numpy.typing import NDArray
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    DataCollatorForTokenClassification,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.utils import logging as transformers_logging

from pipeline.errors import UsageError
from pipeline.evaluate import evaluate
from pipeline.evaluation.conll import LabelledSentence, read_conll
from pipeline.evaluation.scores import Scores, score_labels
from pipeline.models import ModelChoice, find_tagger
from transforms.model.checkpoint import find_checkpoint
from transforms.model.tokenizer import load_tokenizer

# What the loss leaves out: every piece of a word but its first, and the special pieces.
IGNORED = -100
# The customary order of CoNLL-2003's types; others follow, sorted.
CONLL_TYPES = ("PER", "ORG", "LOC", "MISC")
# What a stopped training may not change when it goes on.
SETTINGS = ("learning_rate", "batch_size", "epochs", "warmup_ratio", "seed", "bf16", "half")
TRAIN_EXTRA = ("accelerate",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `train`; the defaults are those of the reference model."""
    data = parser.add_argument_group("data")
    data.add_argument("--train", required=True, metavar="FILE", help="CoNLL columns to learn from")
    data.add_argument(
        "--validation", required=True, metavar="FILE", help="CoNLL columns to measure on"
    )
    model = parser.add_argument_group("model")
    model.add_argument(
        "--base", required=True, metavar="MODEL", help="encoder to start from: folder or hub id"
    )
    model.add_argument(
        "--output",
        required=True,
        metavar="FOLDER",
        help="for the model; a training that was stopped goes on from what lies there",
    )
    model.add_argument("--half", action="store_true", help="store the weights in fp16")
    training = parser.add_argument_group("training")
    training.add_argument("--learning_rate", type=float, default=2e-5, help="peak; %(default)s")
    training.add_argument("--batch_size", type=int, default=64, help="sentences; %(default)s")
    training.add_argument("--epochs", type=int, default=5, help="%(default)s")
    training.add_argument(
        "--warmup_ratio", type=float, default=0.0, help="part of the steps; %(default)s"
    )
    training.add_argument("--seed", type=int, default=42, help="%(default)s")
    training.add_argument(
        "--bf16", action="store_true", help="compute in bfloat16 (fast on a recent CPU or GPU)"
    )


def run(args: argparse.Namespace) -> int:
    """Trains, or goes on with, the model in `args.output`.

    Raises:
      UsageError: a package, file or model is missing or unfit, or a stopped training in
        `args.output` had other settings.
    """
    check_extra()
    output = Path(args.output)
    train, validation = read_conll(args.train), read_conll(args.validation)
    claim_folder(output, args)
    if (output / "README.md").exists():
        print(f"The training in {output} is finished already; nothing to do.")
        return 0
    labels = label_names(train)
    check_labels(validation, labels, args.validation)
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    # The new head's weights are drawn at random.
    torch.manual_seed(args.seed)
    model, tokenizer = load_base(args.base, labels)
    epochs = fit(model, tokenizer, labels, train, validation, args)
    save(model, args.base, output, half=args.half)
    scores = measure(output, validation, args.validation)
    write_card(output, args, epochs, scores)
    print(f"The model is in {output}; F1 on {args.validation}: {scores.overall.f1:.4f}.")
    return 0


def check_extra() -> None:
    """Raises UsageError unless the packages that only training needs are installed."""
    missing = [name for name in TRAIN_EXTRA if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"training needs {' and '.join(missing)}: pip install 'news-entities[train]', "
            "or in a checkout: pip install -e '.[train]'"
        )


def claim_folder(output: Path, args: argparse.Namespace) -> None:
    """Writes the settings into a new output folder, or compares them with those of an old one."""
    settings = {name: getattr(args, name) for name in SETTINGS} | {
        "base": args.base,
        "train_sha256": hashlib.sha256(Path(args.train).read_bytes()).hexdigest(),
        "validation_sha256": hashlib.sha256(Path(args.validation).read_bytes()).hexdigest(),
    }
    stored = output / "training.json"
    if stored.exists():
        before = json.loads(stored.read_text())
        differing = [name for name in settings if settings[name] != before.get(name)]
        if differing:
            changes = ", ".join(f"{name} was {before.get(name)}" for name in differing)
            raise UsageError(
                f"{output} holds a training with other settings ({changes}): "
                "give another --output, or remove it"
            )
    elif output.exists() and any(output.iterdir()):
        raise UsageError(f"{output} holds something else: give another --output")
    else:
        output.mkdir(parents=True, exist_ok=True)
        stored.write_text(json.dumps(settings, indent=2) + "\n")


def label_names(sentences: Iterable[LabelledSentence]) -> list[str]:
    """O, then B- and I- of every type in the sentences.

    >>> label_names([LabelledSentence(["EU", "and", "Paris"], ["B-ORG", "O", "B-LOC"])])
    ['O', 'B-ORG', 'I-ORG', 'B-LOC', 'I-LOC']
    """
    types = {label[2:] for sentence in sentences for label in sentence.labels if label != "O"}
    ordered = [name for name in CONLL_TYPES if name in types]
    ordered += sorted(types.difference(CONLL_TYPES))
    return ["O", *(f"{prefix}-{name}" for name in ordered for prefix in "BI")]


def check_labels(sentences: Iterable[LabelledSentence], known: list[str], place: str) -> None:
    """Raises UsageError where a sentence has a label that the model will not know."""
    unknown = {label for sentence in sentences for label in sentence.labels}.difference(known)
    if unknown:
        raise UsageError(
            f"{place} has labels that the training data lacks: {', '.join(sorted(unknown))}"
        )


def load_base(base: str, labels: Sequence[str]) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The encoder with a new head for `labels`, in fp32, and its fast tokenizer."""
    names = dict(enumerate(labels))
    try:
        folder = find_checkpoint(base)
        config = AutoConfig.from_pretrained(
            folder, id2label=names, label2id={label: number for number, label in names.items()}
        )
        model = AutoModelForTokenClassification.from_pretrained(
            folder, config=config, dtype=torch.float32, ignore_mismatched_sizes=True
        )
        # As the tagger will read words: AutoTokenizer's byte-level vocabularies glue them.
        tokenizer = load_tokenizer(folder)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot load the base model {base}: {error}") from error
    return model, tokenizer


def encode(
    sentences: Sequence[LabelledSentence],
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
) -> list[dict[str, list[int]]]:
    """Encodes word by word; the first piece of a word bears its label's number in `labels`."""
    numbers = {label: number for number, label in enumerate(labels)}
    encoding = tokenizer(
        [sentence.words for sentence in sentences], is_split_into_words=True, truncation=True
    )
    examples = []
    for index, sentence in enumerate(sentences):
        words = encoding.word_ids(index)
        examples.append(
            {
                "input_ids": encoding["input_ids"][index],
                "attention_mask": encoding["attention_mask"][index],
                "labels": [
                    IGNORED if word is None or word == before else numbers[sentence.labels[word]]
                    for before, word in zip([None, *words], words, strict=False)
                ],
            }
        )
    return examples


def fit(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
    train: Sequence[LabelledSentence],
    validation: Sequence[LabelledSentence],
    args: argparse.Namespace,
) -> list[str]:
    """Trains `model` in place, to the last epoch's weights.

    Returns:
      The rows of the table of epochs.
    """
    checkpoints = Path(args.output) / "checkpoints"
    table = EpochTable()
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(checkpoints),
            learning_rate=args.learning_rate,
            per_device_train_batch_size=args.batch_size,
            per_device_eval_batch_size=args.batch_size,
            num_train_epochs=args.epochs,
            warmup_steps=args.warmup_ratio,
            seed=args.seed,
            bf16=args.bf16,
            use_cpu=not torch.cuda.is_available(),
            # Sentences of a length side by side: less padding, a third of the time.
            train_sampling_strategy="group_by_length",
            eval_strategy="epoch",
            save_strategy="epoch",
            logging_strategy="epoch",
            save_total_limit=1,
            report_to="none",
            disable_tqdm=not sys.stderr.isatty(),
        ),
        train_dataset=encode(train, tokenizer, labels),
        eval_dataset=encode(validation, tokenizer, labels),
        data_collator=DataCollatorForTokenClassification(tokenizer),
        processing_class=tokenizer,
        compute_metrics=partial(trainer_figures, labels),
        preprocess_logits_for_metrics=best_labels,
        callbacks=[table],
    )
    trainer.remove_callback(PrinterCallback)
    checkpoint = last_checkpoint(checkpoints)
    if checkpoint:
        print(f"Going on from {checkpoint}.")
    trainer.train(resume_from_checkpoint=checkpoint)
    return table.rows(trainer.state.log_history)


def last_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint that was written to its end."""
    # The Trainer writes this file last.
    states = folder.glob("checkpoint-*/trainer_state.json")
    complete = sorted(states, key=lambda state: int(state.parent.name.split("-")[1]))
    return str(complete[-1].parent) if complete else None


def save(model: PreTrainedModel, base: str, output: Path, half: bool) -> None:
    """Writes weights (safetensors, in fp16 if `half`), config and tokenizer."""
    weights = model.state_dict()
    if half:
        # The config goes on saying float32: fp16 is for storage, too slow to compute in on a CPU.
        weights = {name: value.to(torch.float16) for name, value in weights.items()}
    model.save_pretrained(output, state_dict=weights)
    # Not the one trained with, which was told to cut sentences.
    load_tokenizer(find_checkpoint(base)).save_pretrained(output)


def measure(model: Path, validation: Sequence[LabelledSentence], place: str) -> Scores:
    """The figures of the weights in a folder, in fp32, by the tagger that the pipeline uses."""
    # A path from the root is never taken for the id of a model on the hub.
    return evaluate(
        find_tagger(ModelChoice(model=str(model.resolve()), precision="fp32")), validation, place
    )


def trainer_figures(labels: Sequence[str], prediction: EvalPrediction) -> dict[str, float]:
    """What the Trainer reports of an evaluation."""
    return score_labels(*label_lists(labels, prediction)).overall_figures()


def label_lists(
    labels: Sequence[str], prediction: EvalPrediction
) -> tuple[list[list[str]], list[list[str]]]:
    """Gold and predicted labels of every word, by sentence."""
    gold, predicted = np.asarray(prediction.label_ids), np.asarray(prediction.predictions)
    kept = gold != IGNORED

    def named(numbers: NDArray[Any]) -> list[list[str]]:
        return [
            [labels[number] for number in row[mask]]
            for row, mask in zip(numbers, kept, strict=True)
        ]

    return named(gold), named(predicted)


def best_labels(logits: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
    """(sentence, piece, label) logits to (sentence, piece) label numbers: a ninth of the memory."""
    return logits.argmax(dim=-1)


class EpochTable(TrainerCallback):
    """Prints a row of figures after every epoch."""

    HEADER = (
        "| Training loss | Epoch | Step | Validation loss | Precision | Recall | F1 | Accuracy |",
        "|:-------------:|:-----:|:----:|:---------------:|:---------:|:------:|:--:|:--------:|",
    )

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        print(*self.HEADER, *self.rows(state.log_history), sep="\n", flush=True)

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        print(self.rows(state.log_history)[-1], flush=True)

    def rows(self, log_history: list[dict[str, float]]) -> list[str]:
        """A row for every evaluation in the Trainer's log."""
        losses = {entry["step"]: entry["loss"] for entry in log_history if "loss" in entry}
        return [
            f"| {losses[entry['step']]:.4f} | {entry['epoch']:.0f} | {entry['step']} | "
            f"{entry['eval_loss']:.4f} | {entry['eval_precision']:.4f} | "
            f"{entry['eval_recall']:.4f} | {entry['eval_f1']:.4f} | {entry['eval_accuracy']:.4f} |"
            for entry in log_history
            if "eval_f1" in entry
        ]


CARD = """\
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
{epochs} epochs{bf16}. A word's label is that of its first piece.

{table}
"""


def write_card(
    output: Path, args: argparse.Namespace, epochs: Sequence[str], scores: Scores
) -> None:
    """Writes README.md, the model card; it is the last file of a training."""
    card = CARD.format(
        front_matter=front_matter(output, args, scores),
        name=output.resolve().name,
        types=", ".join(scores.by_type),
        base=base_name(args.base),
        train=Path(args.train).name,
        validation=Path(args.validation).name,
        figures="\n".join(
            f"| {name} | {row.precision:.4f} | {row.recall:.4f} | {row.f1:.4f} | {row.support} |"
            for name, row in scores.rows().items()
        ),
        accuracy=scores.accuracy,
        command=command(output, args),
        learning_rate=args.learning_rate,
        batch_size=args.batch_size,
        seed=args.seed,
        warmup_ratio=args.warmup_ratio,
        epochs=args.epochs,
        bf16=", in bfloat16" if args.bf16 else "",
        table="\n".join([*EpochTable.HEADER, *epochs]),
    )
    (output / "README.md").write_text(card, encoding="utf-8")


def front_matter(output: Path, args: argparse.Namespace, scores: Scores) -> str:
    """What the hub reads of a card, its `model-index` above all, as YAML."""
    figures = scores.overall_figures()
    return ModelCardData(
        library_name="transformers",
        pipeline_tag="token-classification",
        # The hub refuses cards whose base is not one of its models.
        base_model=None if Path(args.base).is_dir() else args.base,
        metrics=list(figures),
        model_name=output.resolve().name,
        eval_results=[
            EvalResult(
                task_type="token-classification",
                dataset_type="conll",
                dataset_name=Path(args.validation).name,
                metric_type=name,
                metric_value=value,
            )
            for name, value in figures.items()
        ],
    ).to_yaml()


def command(output: Path, args: argparse.Namespace) -> str:
    """The command of the training, the folders of its files left out."""
    values = {name: getattr(args, name) for name in SETTINGS}
    flags = [f"--{name}" for name, value in values.items() if value is True]
    flags += [f"--{name} {value}" for name, value in values.items() if not isinstance(value, bool)]
    files = f"--train {Path(args.train).name} --validation {Path(args.validation).name}"
    models = f"--base {base_name(args.base)} --output {output.resolve().name}"
    return " ".join(["python -m pipeline train", files, models, *flags])


def base_name(base: str) -> str:
    """The base model as a card may name it: a hub id, or a folder without its place."""
    return Path(base).resolve().name if Path(base).is_dir() else base
