"""Makes a student of a teacher: with its layers and head, but factorised embeddings.

    python -m training.factorise --teacher work/wide --corpus work/soft --width 128 \
        --output work/narrow
"""

import argparse
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AlbertConfig, AlbertForTokenClassification, AlbertModel, AutoTokenizer
from transformers.models.albert.modeling_albert import AlbertEmbeddings

from training.corpus import Batch, Collator, batches_of, load_examples

# Sentences a step of the regression.
BATCH = 128


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", required=True, type=Path)
    parser.add_argument("--corpus", required=True, type=Path, help="folder of shards")
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--width", type=int, default=128, help="of the factorised embeddings")
    parser.add_argument("--steps", type=int, default=1000, help="of the regression")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)

    tokenizer = AutoTokenizer.from_pretrained(args.teacher)
    teacher = AlbertForTokenClassification.from_pretrained(args.teacher)
    teacher.train(False)
    student = with_narrow_embeddings(teacher, args.width)
    examples = [
        example
        for path in islice(sorted(args.corpus.glob("*.npz")), 10)
        for example in load_examples(path)
    ]
    held_out, examples = examples[:BATCH], examples[BATCH:]
    collate, random = Collator(tokenizer, recased=0.1), np.random.default_rng(args.seed)
    lengths = np.array([len(example.pieces) for example in examples])
    batches = [
        collate([examples[index] for index in chosen], random)
        for chosen in batches_of(lengths, BATCH, random)[: args.steps]
    ]
    start_from_components(teacher.albert.embeddings, student.albert.embeddings)
    fit_map(teacher.albert, student.albert, batches[:20])
    regress(teacher.albert, student.albert, batches, args.steps)
    lost = unexplained_variance(teacher.albert, student.albert, collate(held_out, random))
    print(f"Embeddings of width {args.width}: {lost:.1%} of the variance unexplained")
    student.save_pretrained(args.output)
    tokenizer.save_pretrained(args.output)
    return 0


def with_narrow_embeddings(
    teacher: AlbertForTokenClassification, width: int
) -> AlbertForTokenClassification:
    """Copies a tagger's layers and head; the embeddings of the copy are new and have `width`."""
    config = AlbertConfig.from_dict(teacher.config.to_dict())
    config.embedding_size = width
    student = AlbertForTokenClassification(config)
    student.train(False)
    student.albert.encoder.albert_layer_groups.load_state_dict(
        teacher.albert.encoder.albert_layer_groups.state_dict()
    )
    student.classifier.load_state_dict(teacher.classifier.state_dict())
    return student


@torch.no_grad()
def start_from_components(old: AlbertEmbeddings, new: AlbertEmbeddings) -> None:
    """Projects the old tables onto the principal components of what the old layer norm reads."""
    words = normal_input(old, old.word_embeddings.weight)
    _, _, components = torch.pca_lowrank(words, q=new.LayerNorm.normalized_shape[0], niter=8)
    for table in ("word_embeddings", "position_embeddings", "token_type_embeddings"):
        rows = normal_input(old, getattr(old, table).weight)
        getattr(new, table).weight.copy_(rows @ components)


def normal_input(embeddings: AlbertEmbeddings, rows: Tensor) -> Tensor:
    """Returns what the layer norm makes of (row, width) embeddings, but for a row's scale."""
    return (rows - rows.mean(dim=1, keepdim=True)) * embeddings.LayerNorm.weight


@torch.no_grad()
def fit_map(old: AlbertModel, new: AlbertModel, batches: list[Batch]) -> None:
    """Sets the map from the embeddings to the hidden width by least squares."""
    seen = torch.cat(
        [masked(batch, new.embeddings(batch.pieces, batch.types)) for batch in batches]
    )
    wanted = torch.cat([embed(old, batch) for batch in batches])
    with_bias = torch.cat([seen, torch.ones(len(seen), 1)], dim=1)
    solution = torch.linalg.lstsq(with_bias, wanted).solution
    new.encoder.embedding_hidden_mapping_in.weight.copy_(solution[:-1].T)
    new.encoder.embedding_hidden_mapping_in.bias.copy_(solution[-1])


def regress(old: AlbertModel, new: AlbertModel, batches: list[Batch], steps: int) -> None:
    """Fits the new embedding layer's output to the old one's."""
    layer = nn.ModuleList([new.embeddings, new.encoder.embedding_hidden_mapping_in])
    optimizer = torch.optim.Adam(layer.parameters(), lr=1e-3, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=steps)
    for step in range(steps):
        batch = batches[step % len(batches)]
        with torch.no_grad():
            wanted = embed(old, batch)
        loss = nn.functional.mse_loss(embed(new, batch), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


@torch.no_grad()
def unexplained_variance(old: AlbertModel, new: AlbertModel, batch: Batch) -> float:
    """Returns the squared error of the new embeddings, as a share of the old ones' variance."""
    wanted = embed(old, batch)
    error = (embed(new, batch) - wanted).pow(2).sum()
    return float(error / (wanted - wanted.mean(dim=0)).pow(2).sum())


def embed(albert: AlbertModel, batch: Batch) -> Tensor:
    """Returns the (piece, hidden width) input of the first layer."""
    embedded = albert.embeddings(batch.pieces, batch.types)
    return masked(batch, albert.encoder.embedding_hidden_mapping_in(embedded))


def masked(batch: Batch, values: Tensor) -> Tensor:
    return values[batch.mask.bool()]


if __name__ == "__main__":
    sys.exit(main())
