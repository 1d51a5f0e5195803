"""Fine-tunes an encoder into a tagger of words, with transformers' Trainer."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
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

from pipeline.errors import UsageError
from pipeline.evaluation.conll import LabelledSentence
from pipeline.evaluation.scores import Scores, score_labels
from pipeline.evaluation.sentences import measure_sentences
from pipeline.fine_tuning.data import TrainingData
from pipeline.fine_tuning.recipe import Recipe
from transforms.model.checkpoint import find_checkpoint
from transforms.model.loading import open_tagger
from transforms.model.quiet import quiet
from transforms.model.tokenizer import load_tokenizer

# The number that the loss leaves out. Every piece of a word but its first has it, and so have
# the special pieces.
IGNORED = -100


def load_base(
    recipe: Recipe, labels: Sequence[str]
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Loads the encoder with a new head for `labels`, in fp32, and its fast tokenizer.

    Raises:
      UsageError: there is no such encoder, or it cannot be loaded.
    """
    # The new head's weights are drawn at random.
    torch.manual_seed(recipe.seed)
    names = dict(enumerate(labels))
    try:
        folder = find_checkpoint(recipe.base)
        with quiet():
            config = AutoConfig.from_pretrained(
                folder, id2label=names, label2id={label: number for number, label in names.items()}
            )
            model = AutoModelForTokenClassification.from_pretrained(
                folder, config=config, dtype=torch.float32, ignore_mismatched_sizes=True
            )
        # The tagger reads words with the same: AutoTokenizer's byte-level vocabularies glue them.
        tokenizer = load_tokenizer(folder)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot load the base model {recipe.base}: {error}") from error
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
    data: TrainingData,
    recipe: Recipe,
    checkpoints: Path,
) -> list[str]:
    """Trains `model` in place, to the last epoch's weights.

    Args:
      checkpoints: the folder of what a stopped training goes on from.

    Returns:
      The lines of the table of epochs.
    """
    table = EpochTable()
    with quiet():
        trainer = Trainer(
            model=model,
            args=training_arguments(recipe, checkpoints),
            train_dataset=encode(data.train, tokenizer, data.labels),
            eval_dataset=encode(data.validation, tokenizer, data.labels),
            data_collator=DataCollatorForTokenClassification(tokenizer),
            processing_class=tokenizer,
            compute_metrics=partial(trainer_figures, data.labels),
            preprocess_logits_for_metrics=best_labels,
            callbacks=[table],
        )
        trainer.remove_callback(PrinterCallback)
        checkpoint = last_checkpoint(checkpoints)
        if checkpoint:
            print(f"Going on from {checkpoint}.")
        trainer.train(resume_from_checkpoint=checkpoint)
    return table.lines(trainer.state.log_history)


def training_arguments(recipe: Recipe, checkpoints: Path) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(checkpoints),
        learning_rate=recipe.learning_rate,
        per_device_train_batch_size=recipe.batch_size,
        per_device_eval_batch_size=recipe.batch_size,
        num_train_epochs=recipe.epochs,
        warmup_steps=recipe.warmup_ratio,
        seed=recipe.seed,
        bf16=recipe.bf16,
        use_cpu=not torch.cuda.is_available(),
        # Sentences of like length side by side need less padding, and a third of the time.
        train_sampling_strategy="group_by_length",
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        save_total_limit=1,
        report_to="none",
        disable_tqdm=not sys.stderr.isatty(),
    )


def last_checkpoint(folder: Path) -> str | None:
    """Finds the newest checkpoint that was written to its end; None where there is none."""
    # The Trainer writes this file last.
    states = folder.glob("checkpoint-*/trainer_state.json")
    complete = sorted(states, key=lambda state: int(state.parent.name.split("-")[1]))
    return str(complete[-1].parent) if complete else None


def save(model: PreTrainedModel, recipe: Recipe, output: Path) -> None:
    """Writes weights (safetensors, in fp16 if the recipe says `half`), config and tokenizer."""
    weights = model.state_dict()
    if recipe.half:
        # The config goes on saying float32: fp16 is for storage, too slow to compute in on a CPU.
        weights = {name: value.to(torch.float16) for name, value in weights.items()}
    with quiet():
        model.save_pretrained(output, state_dict=weights)
        # The tokenizer is loaded anew: the one that was trained with was told to cut sentences.
        load_tokenizer(find_checkpoint(recipe.base)).save_pretrained(output)


def measure(folder: Path, validation: Sequence[LabelledSentence], place: str) -> Scores:
    """Measures the weights in a folder, in fp32, with the tagger that the pipeline uses.

    Args:
      place: names the sentences in errors.

    Raises:
      UsageError: a sentence could not be tagged.
    """
    # A path from the root is never taken for the id of a model on the hub.
    tagger = open_tagger(str(folder.resolve()), precision="fp32")
    return measure_sentences(tagger, validation, place).scores


def trainer_figures(labels: Sequence[str], prediction: EvalPrediction) -> dict[str, float]:
    """Returns what the Trainer reports of an evaluation."""
    return score_labels(*label_lists(labels, prediction)).overall_figures()


def label_lists(
    labels: Sequence[str], prediction: EvalPrediction
) -> tuple[list[list[str]], list[list[str]]]:
    """Returns the gold and the predicted labels of every word, by sentence."""
    gold, predicted = np.asarray(prediction.label_ids), np.asarray(prediction.predictions)
    kept = gold != IGNORED

    def named(numbers: NDArray[Any]) -> list[list[str]]:
        return [
            [labels[number] for number in row[mask]]
            for row, mask in zip(numbers, kept, strict=True)
        ]

    return named(gold), named(predicted)


def best_labels(logits: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
    """Takes the likeliest labels of logits, which need a ninth of the memory.

    Args:
      logits: (sentence, piece, label).

    Returns:
      (sentence, piece), label numbers.
    """
    return logits.argmax(dim=-1)


class EpochTable(TrainerCallback):
    """Prints a row of figures after every epoch."""

    HEADER = (
        "| Training loss | Epoch | Step | Validation loss | Precision | Recall | F1 | Accuracy |",
        "|:-------------:|:-----:|:----:|:---------------:|:---------:|:------:|:--:|:--------:|",
    )

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        print(*self.lines(state.log_history), sep="\n", flush=True)

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        print(self.lines(state.log_history)[-1], flush=True)

    def lines(self, log_history: list[dict[str, float]]) -> list[str]:
        """Returns the header, and a row for every evaluation in the Trainer's log."""
        losses = {entry["step"]: entry["loss"] for entry in log_history if "loss" in entry}
        rows = [
            f"| {losses[entry['step']]:.4f} | {entry['epoch']:.0f} | {entry['step']} | "
            f"{entry['eval_loss']:.4f} | {entry['eval_precision']:.4f} | "
            f"{entry['eval_recall']:.4f} | {entry['eval_f1']:.4f} | {entry['eval_accuracy']:.4f} |"
            for entry in log_history
            if "eval_f1" in entry
        ]
        return [*self.HEADER, *rows]
