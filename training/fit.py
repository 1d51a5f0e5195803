"""Trains a tagger that is told the case of its pieces as token types: teachers and students.

    python -m training.fit --base work/base --gold train.txt --validation valid.txt \
        --output work/teacher --epochs 5

Every word has a distribution over the labels to be learnt: certain ones from CoNLL columns
(--gold), a teacher's from the shards of label_news.py (--soft).
"""

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import (
    AutoTokenizer,
    PreTrainedTokenizerBase,
    get_linear_schedule_with_warmup,
)

from pipeline.evaluation.conll import LabelledSentence, label_names, read_conll
from pipeline.evaluation.scores import Scores, score_labels
from training.corpus import (
    Batch,
    Collator,
    Example,
    batches_of,
    encode_sentences,
    gold_examples,
    load_examples,
)
from training.networks import ShapeTagger, load_network

# The four type embeddings start equal and have to part within a few thousand steps.
TYPE_RATE = 10.0
CHECKPOINT_SECONDS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True, type=Path)
    parser.add_argument("--gold", type=Path, help="CoNLL columns to learn from")
    parser.add_argument("--soft", type=Path, nargs="*", default=[], help="folders of shards")
    parser.add_argument("--validation", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--learning_rate", type=float, default=1e-4)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--warmup_ratio", type=float, default=0.06)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--recased", type=float, default=0.0, help="share of sentences")
    parser.add_argument("--hidden_teacher", type=Path, help="match its last hidden states too")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)

    tokenizer = AutoTokenizer.from_pretrained(args.base)
    validation = read_conll(args.validation)
    labels = label_names(validation)
    examples: list[Example] = []
    if args.gold:
        examples += gold_examples(read_conll(args.gold), labels, tokenizer)
    for folder in args.soft:
        for shard in sorted(folder.glob("*.npz")):
            examples += load_examples(shard)
    network = load_network(args.base, labels, args.dropout)
    teacher = load_network(args.hidden_teacher, labels, 0.0) if args.hidden_teacher else None
    train(network, teacher, tokenizer, labels, examples, validation, args)
    network.save_pretrained(args.output)
    tokenizer.save_pretrained(args.output)
    return 0


def train(
    network: ShapeTagger,
    teacher: ShapeTagger | None,
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
    examples: Sequence[Example],
    validation: Sequence[LabelledSentence],
    args: argparse.Namespace,
) -> None:
    """Trains `network` in place; goes on from the checkpoint in the output folder."""
    args.output.mkdir(parents=True, exist_ok=True)
    checkpoint = args.output / "checkpoint.pt"
    lengths = np.array([len(example.pieces) for example in examples])
    steps_an_epoch = math.ceil(len(examples) / args.batch_size)
    steps = steps_an_epoch * args.epochs
    optimizer = torch.optim.AdamW(parameter_groups(network, args.learning_rate), fused=True)
    schedule = get_linear_schedule_with_warmup(optimizer, int(steps * args.warmup_ratio), steps)
    collate = Collator(tokenizer, args.recased)
    plain = Collator(tokenizer)
    done = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["step"]
        print(f"Going on from step {done}.", flush=True)
    if teacher is not None:
        teacher.train(False)
    saved = started = time.monotonic()
    step, losses = 0, []
    for epoch in range(args.epochs):
        random = np.random.default_rng([args.seed, epoch])
        for chosen in batches_of(lengths, args.batch_size, random):
            step += 1
            if step <= done:
                continue
            network.train()
            batch = collate([examples[index] for index in chosen], random)
            hidden, logits = forward(network, batch)
            loss = nn.functional.cross_entropy(logits, batch.targets)
            losses.append(loss.item())
            if teacher is not None:
                as_it_stands = plain([examples[index] for index in chosen], random)
                loss = loss + hidden_loss(hidden, teacher, as_it_stands)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            if step % 200 == 0:
                rate = (time.monotonic() - started) / (step - done)
                print(
                    f"step {step} of {steps}, loss {np.mean(losses):.4f}, {rate:.2f} s a step",
                    flush=True,
                )
                losses = []
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                save_checkpoint(checkpoint, network, optimizer, schedule, step)
                saved = time.monotonic()
        if step > done:
            figures = evaluate(network, tokenizer, labels, validation).overall
            print(
                f"epoch {epoch + 1}: P {figures.precision:.4f} R {figures.recall:.4f} "
                f"F1 {figures.f1:.4f}, {time.monotonic() - started:.0f} s",
                flush=True,
            )


def parameter_groups(network: nn.Module, rate: float) -> list[dict]:
    """The token types by themselves, for they learn faster."""
    types = [value for name, value in network.named_parameters() if "token_type" in name]
    others = [value for name, value in network.named_parameters() if "token_type" not in name]
    return [{"params": others, "lr": rate}, {"params": types, "lr": rate * TYPE_RATE}]


def forward(network: ShapeTagger, batch: Batch) -> tuple[Tensor, Tensor]:
    """(sentence, piece, width) hidden states and the (word, label) logits of first pieces."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = network.hidden_states(batch)
        logits = network.classifier(network.dropout(hidden[batch.first]))
    return hidden, logits.float()


@torch.no_grad()
def hidden_states(teacher: ShapeTagger, batch: Batch) -> Tensor:
    return forward(teacher, batch)[0]


def hidden_loss(hidden: Tensor, teacher: ShapeTagger, batch: Batch) -> Tensor:
    """Squared error of a student's last hidden states, as a part of the teacher's variance."""
    wanted = hidden_states(teacher, batch).float()
    real = batch.mask.bool()
    wanted, found = wanted[real], hidden.float()[real]
    return (found - wanted).pow(2).sum() / (wanted - wanted.mean(dim=0)).pow(2).sum()


def save_checkpoint(
    path: Path,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    step: int,
) -> None:
    """Writes what a stopped training goes on from; it is there whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    torch.save(
        {
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "step": step,
        },
        unfinished,
    )
    unfinished.rename(path)


@torch.no_grad()
def predict(
    network: ShapeTagger,
    examples: Sequence[Example],
    collate: Collator,
    batch_size: int = 64,
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yields each example's index and its words' (word, label) probabilities, in any order."""
    network.train(False)
    random = np.random.default_rng(0)
    lengths = np.array([len(example.pieces) for example in examples])
    for chosen in batches_of(lengths, batch_size, None):
        batch = collate([examples[index] for index in chosen], random)
        probabilities = forward(network, batch)[1].softmax(dim=-1).numpy()
        words = np.cumsum([examples[index].first.sum() for index in chosen])[:-1]
        yield from zip(chosen.tolist(), np.split(probabilities, words), strict=True)


def evaluate(
    network: ShapeTagger,
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
    sentences: Sequence[LabelledSentence],
) -> Scores:
    """The figures of labels taken word by word; sentences that are too long are left out."""
    encoded = encode_sentences((sentence.words for sentence in sentences), tokenizer)
    kept = [
        (sentence, example)
        for sentence, example in zip(sentences, encoded, strict=True)
        if example is not None
    ]
    predicted: list[list[str]] = [[] for _ in kept]
    examples = [example for _, example in kept]
    for index, probabilities in predict(network, examples, Collator(tokenizer)):
        predicted[index] = [labels[number] for number in probabilities.argmax(axis=1)]
    return score_labels([sentence.labels for sentence, _ in kept], predicted)


if __name__ == "__main__":
    sys.exit(main())
