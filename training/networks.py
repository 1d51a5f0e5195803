"""Taggers that are told the shapes of pieces, as token types.

ALBERT has token types; MPNet gets an embedding in their place. A folder's `config.json` says which
of the two it holds.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import (
    AlbertConfig,
    AlbertForTokenClassification,
    AutoConfig,
    MPNetConfig,
    MPNetForTokenClassification,
    PreTrainedTokenizerBase,
)

from training.corpus import Batch
from training.shapes import Shape

# What MPNet calls the special pieces of BERT's vocabulary.
MPNET_NAMES = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[MASK]": "<mask>"}


class AlbertTagger(AlbertForTokenClassification):
    """ALBERT, whose token types are the shapes."""

    def hidden_states(self, batch: Batch) -> Tensor:
        """Returns those of the last layer, (sentence, piece, width)."""
        return self.albert(
            batch.pieces, attention_mask=batch.mask, token_type_ids=batch.types
        ).last_hidden_state


class MPNetTagger(MPNetForTokenClassification):
    """MPNet, which has no token types, with an embedding of shapes.

    Attributes:
      config.pieces: MPNet's number for every piece of BERT's vocabulary. MPNet has all of
        them, in another order.
    """

    def __init__(self, config: MPNetConfig) -> None:
        super().__init__(config)
        self.token_type_embeddings = nn.Embedding(len(Shape), config.hidden_size)
        nn.init.zeros_(self.token_type_embeddings.weight)

    def hidden_states(self, batch: Batch) -> Tensor:
        """Returns those of the last layer, (sentence, piece, width)."""
        words = self.mpnet.embeddings.word_embeddings(self._numbers[batch.pieces])
        return self.mpnet(
            inputs_embeds=words + self.token_type_embeddings(batch.types),
            attention_mask=batch.mask,
        ).last_hidden_state

    @cached_property
    def _numbers(self) -> Tensor:
        # Transformers runs __init__ without memory behind its tensors: this would be empty there.
        return torch.tensor(self.config.pieces)


ShapeTagger = AlbertTagger | MPNetTagger


def load_network(
    folder: Path, labels: Sequence[str], dropout: float, guidelines: int | None = None
) -> ShapeTagger:
    """Loads the tagger in a folder, or its encoder with a new head.

    Args:
      guidelines: how many classifiers the head has, one after the other; each knows all labels.
        With more than the folder has (which is the default), the others begin as copies of the
        first; with fewer, the first ones are taken.
    """
    config = AutoConfig.from_pretrained(folder)
    stored = getattr(config, "guidelines", 1)
    _name_labels(config, labels, stored)
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
    kind = AlbertTagger if isinstance(config, AlbertConfig) else MPNetTagger
    # Torch's own attention is several times slower backwards on a CPU.
    network = kind.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="eager"
    )
    if guidelines is not None and guidelines != stored:
        _name_labels(network.config, labels, guidelines)
        size = guidelines * len(labels)
        network.num_labels = size
        network.classifier = _resized(network.classifier, size, len(labels))
    return network


def _name_labels(
    config: AlbertConfig | MPNetConfig, labels: Sequence[str], guidelines: int
) -> None:
    config.guidelines = guidelines
    every = [f"{label}{'*' * number}" for number in range(guidelines) for label in labels]
    config.id2label = dict(enumerate(every))
    config.label2id = {label: number for number, label in enumerate(every)}


def _resized(head: nn.Linear, size: int, labels: int) -> nn.Linear:
    rows = torch.arange(size)
    rows = torch.where(rows < head.out_features, rows, rows % labels)
    resized = nn.Linear(head.in_features, size)
    resized.load_state_dict({name: value[rows] for name, value in head.state_dict().items()})
    return resized


def mpnet_numbers(bert: PreTrainedTokenizerBase, mpnet: PreTrainedTokenizerBase) -> list[int]:
    """Returns MPNet's number for every piece of BERT's vocabulary."""
    known = mpnet.get_vocab()
    pieces = bert.convert_ids_to_tokens(list(range(len(bert))))
    return [known[MPNET_NAMES.get(piece, piece)] for piece in pieces]
