"""A checkpoint that cannot tag is refused, and the message says what was found."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AlbertConfig,
    AlbertModel,
    PreTrainedConfig,
)

from tests.checkpoints import (
    LABELS,
    albert_checkpoint,
    change_json,
)
from transforms.model.checkpoint import EMBEDDED_FOLDER, Checkpoint, load_model, resolve_checkpoint
from transforms.model.errors import CheckpointError


@pytest.fixture
def folder(tmp_path) -> Path:
    return albert_checkpoint(tmp_path / "albert")


def change_config(folder: Path, **changes: object) -> None:
    change_json(folder / "config.json", **changes)


def use_pickled_weights(folder: Path) -> None:
    """Turns a checkpoint into one of before safetensors."""
    weights = folder / "model.safetensors"
    torch.save(load_file(weights), folder / "pytorch_model.bin")
    weights.unlink()


def test_a_folder_resolves_to_its_labels_and_fingerprint(folder):
    checkpoint = resolve_checkpoint(str(folder))
    assert checkpoint == Checkpoint(
        name=str(folder),
        path=str(folder),
        revision="",
        labels=tuple(LABELS),
        fingerprint=checkpoint.fingerprint,
    )
    assert len(checkpoint.fingerprint) == 64


def test_a_fingerprint_does_not_depend_on_the_place(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "elsewhere" / "copy")
    (copy / "README.md").write_text("What is not loaded does not count.")
    found = resolve_checkpoint(str(folder)).fingerprint
    assert resolve_checkpoint(str(copy)).fingerprint == found


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_fingerprint_depends_on_weights_tokenizer_and_config(folder, file):
    before = resolve_checkpoint(str(folder)).fingerprint
    if file == "model.safetensors":
        weights = load_file(folder / file)
        weights["classifier.bias"] += 1
        save_file(weights, folder / file, {"format": "pt"})
    else:
        (folder / file).write_text((folder / file).read_text() + "\n")
    assert resolve_checkpoint(str(folder)).fingerprint != before


def test_a_fingerprint_depends_on_the_labels(folder):
    renamed = [label.replace("MISC", "OTHER") for label in LABELS]
    checkpoint = resolve_checkpoint(str(folder), label_names=renamed)
    assert checkpoint.labels == tuple(renamed)
    assert checkpoint.fingerprint != resolve_checkpoint(str(folder)).fingerprint


@pytest.mark.skipif(not EMBEDDED_FOLDER.is_dir(), reason="there is no embedded model yet")
def test_the_default_is_the_embedded_model():
    checkpoint = resolve_checkpoint()
    assert (checkpoint.name, checkpoint.revision) == ("embedded", "")
    assert checkpoint == resolve_checkpoint("embedded")


@pytest.mark.parametrize("name", ["./nowhere", "~/nowhere", "/nowhere", "a/b/c"])
def test_a_path_that_does_not_exist_is_not_asked_of_the_hub(name, monkeypatch):
    monkeypatch.setattr("transforms.model.checkpoint.snapshot_download", pytest.fail)
    with pytest.raises(CheckpointError, match=f"there is no folder {name}"):
        resolve_checkpoint(name)


def test_a_file_is_refused(folder):
    with pytest.raises(CheckpointError, match="is a file; give the folder"):
        resolve_checkpoint(str(folder / "config.json"))


def test_a_folder_without_config_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"holds no config\.json"):
        resolve_checkpoint(str(tmp_path))


def test_a_name_that_is_neither_folder_nor_hub_id_is_refused():
    with pytest.raises(CheckpointError, match="neither a folder nor the id of a hub model"):
        resolve_checkpoint("two words")


def test_a_revision_of_a_folder_is_refused(folder):
    with pytest.raises(CheckpointError, match=r"a revision \(main\) goes with a hub id"):
        resolve_checkpoint(str(folder), "main")


def test_unnamed_labels_need_names(folder):
    change_config(folder, id2label={str(i): f"LABEL_{i}" for i in range(len(LABELS))})
    with pytest.raises(
        CheckpointError, match=f"{folder}: its labels are LABEL_0 LABEL_1 .* Give 9"
    ):
        resolve_checkpoint(str(folder))
    assert resolve_checkpoint(str(folder), label_names=LABELS).labels == tuple(LABELS)


def test_a_base_model_is_refused(folder):
    AlbertModel(AlbertConfig.from_pretrained(folder)).save_pretrained(folder)
    with pytest.raises(
        CheckpointError, match=r"2 weights are missing, classifier\.bias first: .*AlbertModel, not"
    ):
        resolve_checkpoint(str(folder))


def test_weights_of_another_shape_are_refused(folder):
    change_config(folder, id2label={"0": "O", "1": "B-PER"}, label2id={"O": 0, "B-PER": 1})
    with pytest.raises(CheckpointError, match=f"{folder}: it cannot be loaded"):
        resolve_checkpoint(str(folder))


def test_a_checkpoint_without_weights_is_refused(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=f"{folder}: it cannot be loaded: OSError"):
        resolve_checkpoint(str(folder))


def test_a_model_that_cannot_classify_tokens_is_refused(folder):
    change_config(folder, model_type="vit")
    with pytest.raises(CheckpointError, match=f"{folder}: it cannot be loaded"):
        resolve_checkpoint(str(folder))


def test_remote_code_is_never_run(folder):
    change_config(folder, model_type="own", auto_map={"AutoConfig": "own.OwnConfig"})
    (folder / "own.py").write_text("raise SystemExit('remote code was run')")
    with pytest.raises(CheckpointError, match=f"{folder}: it cannot be loaded"):
        resolve_checkpoint(str(folder))


def test_pickled_weights_give_the_same_model(folder):
    before = load_model(folder).state_dict()
    use_pickled_weights(folder)
    resolve_checkpoint(str(folder))
    after = load_model(folder).state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


class Malice:
    def __reduce__(self):
        return exec, ("raise SystemExit('code in the weights was run')",)


def test_code_in_pickled_weights_is_not_run(folder):
    (folder / "model.safetensors").unlink()
    torch.save({"classifier.bias": Malice()}, folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=f"{folder}: it cannot be loaded"):
        resolve_checkpoint(str(folder))


def test_safetensors_come_first(folder):
    (folder / "pytorch_model.bin").write_bytes(b"never read")
    resolve_checkpoint(str(folder))


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)],
)
def test_a_model_is_loaded_in_the_precision_asked_for(folder, precision, dtype):
    assert load_model(folder, "cpu", precision).dtype == dtype


def test_the_faster_gelu_is_the_same_function(folder):
    assert PreTrainedConfig.from_pretrained(folder).hidden_act == "gelu_new"
    assert load_model(folder).config.hidden_act == "gelu_pytorch_tanh"
    ours = load_model(folder)
    plain = type(ours).from_pretrained(folder).eval()
    ids = torch.randint(5, ours.config.vocab_size, (4, 32))
    torch.testing.assert_close(ours(ids).logits, plain(ids).logits, rtol=1e-4, atol=1e-4)
