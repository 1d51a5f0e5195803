"""Models by their id, from a hub on loopback that speaks as huggingface.co does."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

from tests.checkpoints import LABELS, SENTENCES, albert_checkpoint, write_sentencepiece
from tests.hub import Hub, HubHandler
from tests.places import HANG_SECONDS, ROOT
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.loading import load_tagger
from transforms.model.tags import WordTags, tag_sentences
from transforms.model.tokenizer import load_tokenizer

REFERENCE = "Jorgeutd/albert-base-v2-finetuned-ner"
WITHOUT_JSON = "someone/albert-of-2022-without-tokenizer-json"
TODAY = "someone/albert-of-today"


def make_2022_repository(folder: Path, tokenizer_json: bool) -> Path:
    """Makes an ALBERT checkpoint as Transformers 4.16 saved them."""
    albert_checkpoint(folder)
    weights = folder / "model.safetensors"
    torch.save(load_file(weights), folder / "pytorch_model.bin")
    weights.unlink()
    config = json.loads((folder / "config.json").read_text())
    for newer in ("dtype", "transformers_version"):
        config.pop(newer, None)
    config |= {
        "_name_or_path": "albert-base-v2",
        "architectures": ["AlbertForTokenClassification"],
        "down_scale_factor": 1,
        "gap_size": 0,
        "net_structure_type": 0,
        "num_memory_blocks": 0,
        "torch_dtype": "float32",
        "transformers_version": "4.16.2",
    }
    (folder / "config.json").write_text(json.dumps(config))
    mask = {
        "content": "[MASK]",
        "single_word": False,
        "lstrip": True,
        "rstrip": False,
        "normalized": False,
    }
    special = {
        "bos_token": "[CLS]",
        "eos_token": "[SEP]",
        "unk_token": "<unk>",
        "sep_token": "[SEP]",
        "pad_token": "<pad>",
        "cls_token": "[CLS]",
        "mask_token": mask,
    }
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
    tokenizer_config = special | {
        "mask_token": mask | {"__type": "AddedToken"},
        "do_lower_case": True,
        "remove_space": True,
        "keep_accents": False,
        "model_max_length": 128,
        "special_tokens_map_file": None,
        "name_or_path": "albert-base-v2",
        "tokenizer_class": "AlbertTokenizer",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    write_sentencepiece(folder / "spiece.model")
    if not tokenizer_json:
        (folder / "tokenizer.json").unlink()
    add_what_is_not_needed(folder)
    return folder


def make_repository_of_today(folder: Path) -> Path:
    albert_checkpoint(folder)
    (folder / "pytorch_model.bin").write_bytes(b"the same weights once more")
    add_what_is_not_needed(folder)
    return folder


def add_what_is_not_needed(folder: Path) -> None:
    for name in ("README.md", "training_args.bin", "tf_model.h5", "flax_model.msgpack"):
        (folder / name).write_bytes(b"not needed")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"not needed")


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("repositories")
    return {
        REFERENCE: make_2022_repository(root / "with", tokenizer_json=True),
        WITHOUT_JSON: make_2022_repository(root / "without", tokenizer_json=False),
        TODAY: make_repository_of_today(root / "today"),
    }


@pytest.fixture
def hub(folders: dict[str, Path], tmp_path: Path, monkeypatch: Any) -> Iterator[Hub]:
    """Runs a hub that this process takes for huggingface.co, with an empty cache."""
    hub = Hub()
    for model, folder in folders.items():
        hub.add(model, folder)
    handler = type("Handler", (HubHandler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, hub.url)
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setattr("transformers.utils.hub._hf_api", None)  # it keeps the endpoint
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    # A service on the internet, which Transformers asks when it loads pickled weights by id.
    monkeypatch.setenv("DISABLE_SAFETENSORS_CONVERSION", "1")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield hub
    server.shutdown()
    thread.join()
    server.server_close()


def tag(model: str, sentences: list[list[str]], revision: str | None = None) -> list[WordTags]:
    tagger = load_tagger(resolve_checkpoint(model, revision), "cpu")
    results = tag_sentences(tagger, sentences)
    assert all(isinstance(tags, WordTags) for tags in results), results
    return [tags for tags in results if isinstance(tags, WordTags)]


@pytest.mark.parametrize("model", [REFERENCE, WITHOUT_JSON, TODAY])
def test_a_model_is_resolved_by_its_id_and_tags_like_its_folder(hub, folders, model):
    checkpoint = resolve_checkpoint(model)
    assert checkpoint.name == model
    assert checkpoint.revision == hub.commit(model, "main")
    assert checkpoint.labels == tuple(LABELS)
    assert checkpoint.fingerprint == resolve_checkpoint(str(folders[model])).fingerprint
    assert tag(model, SENTENCES) == tag(str(folders[model]), SENTENCES)


def test_the_reference_tags_the_same_with_and_without_tokenizer_json(hub):
    assert tag(REFERENCE, SENTENCES) == tag(WITHOUT_JSON, SENTENCES)


@pytest.mark.parametrize("model", [REFERENCE, WITHOUT_JSON, TODAY])
def test_labels_equal_what_the_models_card_prints_word_by_word(hub, folders, model):
    # As on the card. Without tokenizer.json the card's own line fails unless further packages
    # are there, and then it splits words as no ALBERT was trained to, hence our loader.
    if model == WITHOUT_JSON:
        tokenizer: Any = load_tokenizer(folders[model])
    else:
        tokenizer = AutoTokenizer.from_pretrained(model)
    network = AutoModelForTokenClassification.from_pretrained(model)
    make: Callable[..., Any] = pipeline
    nlp = make("ner", model=network, tokenizer=tokenizer)
    example = "My name is Scott and I live in Columbus ."
    # It prints the pieces that are not O; the first piece of a word begins with `▁`.
    printed = [entry for entry in nlp(example) if entry["word"].startswith("▁")]
    encoding = tokenizer(example.split(), is_split_into_words=True)
    word_of = encoding.word_ids()
    expected = ["O"] * len(example.split())
    for entry in printed:
        expected[word_of[entry["index"]]] = entry["entity"]
    assert len(set(expected)) > 1
    [tags] = tag(model, [example.split()])
    assert tags.labels == expected


def test_only_the_files_that_are_needed_are_fetched(hub):
    resolve_checkpoint(TODAY)
    assert set(hub.fetched) == {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_pickled_weights_are_fetched_only_where_there_are_no_safetensors(hub):
    resolve_checkpoint(REFERENCE)
    assert set(hub.fetched) == {
        "config.json",
        "pytorch_model.bin",
        "special_tokens_map.json",
        "spiece.model",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_a_revision_is_another_model(hub, tmp_path):
    labels = [label.replace("MISC", "EVENT") for label in LABELS]
    commit = hub.add(TODAY, albert_checkpoint(tmp_path / "events", labels), "events")
    by_name, by_commit = resolve_checkpoint(TODAY, "events"), resolve_checkpoint(TODAY, commit)
    assert by_name == by_commit
    assert (by_name.revision, by_name.labels) == (commit, tuple(labels))
    assert by_name.fingerprint != resolve_checkpoint(TODAY).fingerprint


def test_an_unknown_id_is_an_error_that_names_it(hub):
    with pytest.raises(CheckpointError, match="no folder no/such, and no model of that id"):
        resolve_checkpoint("no/such")


def test_an_unknown_revision_is_an_error_that_names_it(hub):
    with pytest.raises(CheckpointError, match=f"{TODAY} on the hub has no revision 'v7'"):
        resolve_checkpoint(TODAY, "v7")


@pytest.mark.parametrize("model", [REFERENCE, TODAY])
def test_what_was_fetched_once_needs_no_network(hub, model, monkeypatch):
    before = resolve_checkpoint(model)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert resolve_checkpoint(model) == before


def test_no_network_and_nothing_fetched_is_a_clear_error(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(CheckpointError, match="could not be fetched and is not in the local cache"):
        resolve_checkpoint(TODAY)


def test_a_hub_that_does_not_answer_is_a_clear_error(hub, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(CheckpointError, match="could not be fetched and is not in the local cache"):
        resolve_checkpoint(TODAY)


def test_the_hub_is_the_one_that_the_environment_names(hub, tmp_path):
    code = (
        "import sys; from transforms.model.checkpoint import resolve_checkpoint;"
        "print(resolve_checkpoint(sys.argv[1]).revision)"
    )
    environment = os.environ | {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code, REFERENCE],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=HANG_SECONDS,
    )
    assert done.stdout.strip() == hub.commit(REFERENCE, "main")
