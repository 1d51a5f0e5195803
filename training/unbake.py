"""Takes the case out of a baked vocabulary, so that a model that was finished can learn more.

    python -m training.unbake --model transforms/model/embedded --output work/shipped

It is the reverse of bake.py: pieces with capitals go, and what they have beyond their lower-case
forms becomes the embedding of their shape again.
"""

import argparse
import sys
from pathlib import Path

import torch
from transformers import (
    AlbertConfig,
    AlbertForTokenClassification,
    AutoTokenizer,
    PreTrainedTokenizerBase,
)

from training.shapes import CONTINUATION, Shape, shape_of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    args = parser.parse_args()
    from training.make_base import bert_vocabulary  # it needs onnx, which only it needs

    network = AlbertForTokenClassification.from_pretrained(args.model, dtype=torch.float32)
    uncased = bert_vocabulary()
    unbaked = unbake(network, AutoTokenizer.from_pretrained(args.model), uncased)
    unbaked.save_pretrained(args.output)
    uncased.save_pretrained(args.output)
    return 0


@torch.no_grad()
def unbake(
    network: AlbertForTokenClassification,
    cased: PreTrainedTokenizerBase,
    uncased: PreTrainedTokenizerBase,
) -> AlbertForTokenClassification:
    """Copies `network` for the uncased vocabulary, with shapes as token types.

    The copy, told the shapes, gives the same logits but for what fp16 rounded when it was stored.
    """
    known = cased.get_vocab()
    words = network.albert.embeddings.word_embeddings.weight
    lower = network.albert.embeddings.token_type_embeddings.weight[Shape.LOWER]
    rows = torch.zeros(len(uncased), words.shape[1])
    for piece, number in uncased.get_vocab().items():
        if piece in known:  # unused pieces are not
            rows[number] = words[known[piece]]
    config = AlbertConfig.from_dict(network.config.to_dict())
    config.vocab_size, config.type_vocab_size = len(rows), len(Shape)
    unbaked = AlbertForTokenClassification(config)
    weights = network.state_dict()
    weights["albert.embeddings.word_embeddings.weight"] = rows
    shapes = torch.stack([lower + shape_difference(words, known, shape) for shape in Shape])
    weights["albert.embeddings.token_type_embeddings.weight"] = shapes
    unbaked.load_state_dict(weights)
    return unbaked


def shape_difference(words: torch.Tensor, known: dict[str, int], shape: Shape) -> torch.Tensor:
    """Returns what a shape adds to a piece's embedding, (width,): the mean over all its pieces."""
    forms = [
        form
        for form in known
        if shape_of(form) == shape
        and shape != Shape.LOWER
        and not form.startswith(CONTINUATION)
        and form.lower() in known
    ]
    if not forms:
        return torch.zeros(words.shape[1])
    raised = words[[known[form] for form in forms]]
    return (raised - words[[known[form.lower()] for form in forms]]).mean(dim=0)


if __name__ == "__main__":
    sys.exit(main())
