"""Trains a tagger that is told the case of its pieces as token types: teachers and students.

    python -m training.fit --base work/base --gold train.txt --validation valid.txt \
        --output work/teacher --epochs 5

Every word has a distribution over the labels that is learnt: CoNLL columns give certain labels
(--gold), and the shards of label_news.py those of a teacher (--soft).

Files of columns may follow different guidelines: what is an organisation in one may be a place in
another. Each file of --gold has a classifier of its own, and all share the encoder. The first one's
is measured. A student of such a teacher learns a mixture of what they say (--shares).
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
STEPS_A_LINE = 200  # of progress


def main() -> int:
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    tokenizer = AutoTokenizer.from_pretrained(args.base)
    validation = read_conll(args.validation)
    labels = label_names(validation)
    examples = read_examples(args, labels, tokenizer)
    network = load_network(args.base, labels, args.dropout, max(1, len(args.gold)))
    train(network, tokenizer, labels, examples, validation, args)
    network.save_pretrained(args.output)
    tokenizer.save_pretrained(args.output)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True, type=Path)
    parser.add_argument("--gold", type=Path, nargs="*", default=[], help="files of CoNLL columns")
    parser.add_argument("--soft", type=Path, nargs="*", default=[], help="folders of shards")
    parser.add_argument(
        "--shares", type=float, nargs="*", default=[1.0], help="of the teacher's classifiers"
    )
    parser.add_argument("--validation", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--learning_rate", type=float, default=1e-4)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--warmup_ratio", type=float, default=0.06)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--recased", type=float, default=0.0, help="share of sentences")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def read_examples(
    args: argparse.Namespace, labels: Sequence[str], tokenizer: PreTrainedTokenizerBase
) -> list[Example]:
    examples: list[Example] = []
    for guideline, path in enumerate(args.gold):
        sentences = read_conll(path)
        examples += gold_examples(sentences, labels, tokenizer, guideline, len(args.gold))
    for folder in args.soft:
        for shard in sorted(folder.glob("*.npz")):
            examples += load_examples(shard, args.shares)
    return examples


def train(
    network: ShapeTagger,
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
    examples: Sequence[Example],
    validation: Sequence[LabelledSentence],
    args: argparse.Namespace,
) -> None:
    """Trains `network` in place; goes on from the checkpoint in the output folder."""
    args.output.mkdir(parents=True, exist_ok=True)
    lengths = np.array([len(example.pieces) for example in examples])
    steps = math.ceil(len(examples) / args.batch_size) * args.epochs
    learner = Learner(
        network, args.output / "checkpoint.pt", args.learning_rate, args.warmup_ratio, steps
    )
    collate = Collator(tokenizer, args.recased)
    step, done = 0, learner.step
    for epoch in range(args.epochs):
        random = np.random.default_rng([args.seed, epoch])
        for chosen in batches_of(lengths, args.batch_size, random):
            step += 1
            if step > learner.step:
                learner.learn(collate([examples[index] for index in chosen], random))
        if step > done:
            figures = evaluate(network, tokenizer, labels, validation).overall
            print(
                f"epoch {epoch + 1}: P {figures.precision:.4f} R {figures.recall:.4f} "
                f"F1 {figures.f1:.4f}, {learner.seconds:.0f} s",
                flush=True,
            )


class Learner:
    """Learns from batch after batch; goes on from its checkpoint if there is one.

    Attributes:
      step: how many batches it has learnt from, those before the checkpoint included.
    """

    def __init__(
        self, network: ShapeTagger, checkpoint: Path, rate: float, warmup_ratio: float, steps: int
    ) -> None:
        self.step = 0
        self._network = network
        self._checkpoint = checkpoint
        self._steps = steps
        self._optimizer = torch.optim.AdamW(parameter_groups(network, rate), fused=True)
        self._schedule = get_linear_schedule_with_warmup(
            self._optimizer, int(steps * warmup_ratio), steps
        )
        self._losses: list[float] = []
        if checkpoint.exists():
            self._go_on()
        self._first = self.step
        self._started = self._saved = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since it began, or went on."""
        return time.monotonic() - self._started

    def learn(self, batch: Batch) -> None:
        self._network.train()
        loss = cross_entropy(forward(self._network, batch), batch.targets)
        loss.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        self._optimizer.zero_grad()
        self._losses.append(loss.item())
        self.step += 1
        if self.step % STEPS_A_LINE == 0:
            self._print_progress()
        if time.monotonic() - self._saved > CHECKPOINT_SECONDS:
            self._save()

    def _print_progress(self) -> None:
        rate = self.seconds / (self.step - self._first)
        print(
            f"step {self.step} of {self._steps}, loss {np.mean(self._losses):.4f}, "
            f"{rate:.2f} s a step",
            flush=True,
        )
        self._losses = []

    def _go_on(self) -> None:
        state = torch.load(self._checkpoint, weights_only=True)
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.step = state["step"]
        print(f"Going on from step {self.step}.", flush=True)

    def _save(self) -> None:
        """Writes the checkpoint, so that it is there whole or not at all."""
        state = {
            "network": self._network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "step": self.step,
        }
        unfinished = self._checkpoint.with_suffix(".tmp")
        torch.save(state, unfinished)
        unfinished.rename(self._checkpoint)
        self._saved = time.monotonic()


def parameter_groups(network: nn.Module, rate: float) -> list[dict]:
    """Gives the token types a group of their own, for they learn faster."""
    types = [value for name, value in network.named_parameters() if "token_type" in name]
    others = [value for name, value in network.named_parameters() if "token_type" not in name]
    return [{"params": others, "lr": rate}, {"params": types, "lr": rate * TYPE_RATE}]


def forward(network: ShapeTagger, batch: Batch) -> Tensor:
    """Returns the logits of each word's first piece, (word, guideline, label), float32."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = network.hidden_states(batch)
        logits = network.classifier(network.dropout(hidden[batch.first]))
    return logits.float().unflatten(1, (network.config.guidelines, -1))


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Returns the mean over words; a guideline whose targets are 0 for a word does not count.

    Args:
      logits: (word, guideline, label).
      targets: (word, guideline * label), probabilities.
    """
    losses = logits.log_softmax(dim=-1).flatten(1) * targets
    return -losses.sum(dim=1).mean()


@torch.no_grad()
def predict(
    network: ShapeTagger,
    examples: Sequence[Example],
    collate: Collator,
    batch_size: int = 64,
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yields each example's index and its words' probabilities, in any order.

    They are (word, guideline * label): those of one guideline after the other.
    """
    network.train(False)
    random = np.random.default_rng(0)
    lengths = np.array([len(example.pieces) for example in examples])
    for chosen in batches_of(lengths, batch_size, None):
        batch = collate([examples[index] for index in chosen], random)
        probabilities = forward(network, batch).softmax(dim=-1).flatten(1).numpy()
        words = np.cumsum([examples[index].first.sum() for index in chosen])[:-1]
        yield from zip(chosen.tolist(), np.split(probabilities, words), strict=True)


def evaluate(
    network: ShapeTagger,
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
    sentences: Sequence[LabelledSentence],
) -> Scores:
    """Measures the first classifier's labels; sentences that are too long are left out."""
    encoded = encode_sentences((sentence.words for sentence in sentences), tokenizer)
    kept = [
        (sentence, example)
        for sentence, example in zip(sentences, encoded, strict=True)
        if example is not None
    ]
    predicted: list[list[str]] = [[] for _ in kept]
    examples = [example for _, example in kept]
    for index, probabilities in predict(network, examples, Collator(tokenizer)):
        likeliest = probabilities[:, : len(labels)].argmax(axis=1)
        predicted[index] = [labels[number] for number in likeliest]
    return score_labels([sentence.labels for sentence, _ in kept], predicted)


if __name__ == "__main__":
    sys.exit(main())
