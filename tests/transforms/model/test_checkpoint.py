"""A checkpoint that cannot tag is refused, and the message says what was found."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AlbertConfig,
    AlbertModel,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedTokenizerFast,
)

from tests.checkpoints import (
    LABELS,
    SENTENCES,
    albert_checkpoint,
    bert_checkpoint,
    change_json,
    raw_unigram_vocabulary,
    write_sentencepiece,
    xlm_roberta_checkpoint,
)
from transforms.model.checkpoint import EMBEDDED_FOLDER, Checkpoint, load_model, resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.spiece import read_sentencepiece
from transforms.model.tokenizer import load_tokenizer


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


def test_a_checkpoint_without_its_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    assert len(AutoTokenizer.from_pretrained(folder)) == 5  # all words are unknown to it
    with pytest.raises(CheckpointError, match=r"knows none of .*it has 5 pieces"):
        resolve_checkpoint(str(folder))


def test_a_tokenizer_larger_than_the_embedding_table_is_refused(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = len(tokenizer)
    tokenizer.add_tokens(["newword"])
    tokenizer.save_pretrained(folder)
    with pytest.raises(CheckpointError, match=f"has {rows + 1} pieces, .* table {rows} rows"):
        resolve_checkpoint(str(folder))


def test_token_types_other_than_0_are_refused(tmp_path):
    folder = bert_checkpoint(tmp_path / "bert")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # As of Funnel.
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:2 $A:0 [SEP]:0", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    with pytest.raises(CheckpointError, match=r"other than 0 are not supported, got \[2, 0"):
        resolve_checkpoint(str(folder))


def test_a_tokenizer_that_has_no_fast_form_is_refused(folder):
    for file in folder.glob("tokenizer*"):
        file.unlink()
    change_config(folder, model_type="bert")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "CanineTokenizer"}')
    with pytest.raises(CheckpointError, match=r"save a fast tokenizer \(tokenizer\.json\)"):
        load_tokenizer(folder)


def test_a_sentencepiece_model_other_than_alberts_is_no_fast_tokenizer(tmp_path):
    folder = xlm_roberta_checkpoint(tmp_path / "xlm-roberta")
    (folder / "tokenizer.json").unlink()
    write_sentencepiece(folder / "sentencepiece.bpe.model")
    with pytest.raises(CheckpointError, match=r"cannot be converted .* \(tokenizer\.json\)"):
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


def albert_2022_tokenizer() -> Tokenizer:
    """Builds the tokenizer that Transformers 4.16 made of a `spiece.model`."""
    vocabulary = [
        (piece, score - 100 if piece == "▁1," else score)
        for piece, score in raw_unigram_vocabulary()
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=1))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace("``", '"'),
            normalizers.Replace("''", '"'),
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    return tokenizer


@pytest.fixture
def sentencepiece_only(folder: Path) -> Path:
    (folder / "tokenizer.json").unlink()
    write_sentencepiece(folder / "spiece.model")
    return folder


def test_a_sentencepiece_model_gives_the_pieces_of_2022(sentencepiece_only):
    tokenizer, reference = load_tokenizer(sentencepiece_only), albert_2022_tokenizer()
    for words in [*SENTENCES, ["1,250", "Toronto-based", "U.S.", "-", "''", "É"]]:
        ours = tokenizer(words, is_split_into_words=True, add_special_tokens=False)["input_ids"]
        assert ours == reference.encode(words, is_pretokenized=True).ids


def test_a_sentencepiece_models_own_symbols_do_not_split_words(sentencepiece_only):
    tokens = load_tokenizer(sentencepiece_only).tokenize("Toronto-based")
    assert tokens.index("-") < len(tokens) - 1
    assert "".join(tokens) == "▁toronto-based"


def test_a_sentencepiece_model_keeps_the_options_of_its_config(sentencepiece_only):
    (sentencepiece_only / "tokenizer_config.json").write_text(
        json.dumps({"do_lower_case": False, "model_max_length": 77})
    )
    tokenizer = load_tokenizer(sentencepiece_only)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    assert tokenizer.model_max_length == 77
    assert tokenizer.backend_tokenizer.normalizer.normalize_str("Rain") == "Rain"


def test_pieces_and_scores_of_a_sentencepiece_model_are_read(tmp_path):
    write_sentencepiece(tmp_path / "spiece.model")
    pieces, charsmap = read_sentencepiece((tmp_path / "spiece.model").read_bytes())
    expected = raw_unigram_vocabulary()
    assert [piece for piece, _ in pieces] == [piece for piece, _ in expected]
    assert [score for _, score in pieces] == pytest.approx([score for _, score in expected])
    assert charsmap == b""


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x0a\xff", b"\x80"])
def test_what_is_no_sentencepiece_model_is_refused(sentencepiece_only, content):
    (sentencepiece_only / "spiece.model").write_bytes(content)
    with pytest.raises(CheckpointError, match=f"{sentencepiece_only}: it cannot be loaded"):
        resolve_checkpoint(str(sentencepiece_only))
