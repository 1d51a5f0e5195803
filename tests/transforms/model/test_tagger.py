"""The tagger gives what a plain forward pass gives, whatever the batches, and loses nothing."""

import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoConfig, AutoModelForTokenClassification, pipeline

from tests.checkpoints import (
    SENTENCES,
    TEXT,
    albert_checkpoint,
    assert_equal_tags,
    bert_checkpoint,
    make_tagger,
    run_in_threads,
    tag_all,
)
from transforms.model.checkpoint import load_model, resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.model.tagger import NetworkTagger, max_pieces, score
from transforms.model.tags import TagFailure, WordTags, tag_sentences
from transforms.model.tokenizer import load_tokenizer

SMALL = {"hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 9}
LONG = [word for _ in range(6) for words in SENTENCES for word in words]


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("checkpoints")
    return {
        "albert": albert_checkpoint(root / "albert"),
        "bert": bert_checkpoint(root / "bert"),
    }


@pytest.fixture(scope="module")
def albert(folders) -> NetworkTagger:
    return make_tagger(folders["albert"])


@pytest.mark.parametrize("kind", ["albert", "bert"])
def test_labels_equal_those_of_transformers_ner_pipeline(folders, kind):
    folder = folders[kind]
    make: Any = pipeline
    ner = make("ner", model=str(folder), tokenizer=str(folder), ignore_labels=[])
    for words, tags in zip(SENTENCES, tag_all(make_tagger(folder), SENTENCES), strict=True):
        starts = [len(" ".join(words[:index])) + (index > 0) for index in range(len(words))]
        # ALBERT's pieces begin with the space before their word.
        first: dict[int, str] = {}
        for piece in ner(" ".join(words)):
            start = max(start for start in starts if start <= piece["start"] + 1)
            first.setdefault(start, piece["entity"])
        assert tags.labels == [first[start] for start in starts]


words_and_budgets = st.tuples(
    st.lists(st.lists(st.sampled_from(TEXT.split()), max_size=40), max_size=8),
    st.integers(1, 600),
)


@settings(max_examples=25)
@given(words_and_budgets, st.randoms())
def test_tags_depend_neither_on_batching_nor_on_order(albert, drawn, random):
    sentences, albert.token_budget = drawn
    alone = [tag_all(albert, [words])[0] for words in sentences]
    order = list(range(len(sentences)))
    random.shuffle(order)
    together = tag_all(albert, [sentences[index] for index in order])
    for index, tags in zip(order, together, strict=True):
        assert_equal_tags(tags, alone[index])


def test_there_is_a_label_for_every_word(albert):
    sentences = [[], ["Rain"], ["\x07"], ["\x07", "Rain", "\u200b"], LONG]
    results = tag_all(albert, sentences)
    assert [len(tags.labels) for tags in results] == [len(words) for words in sentences]
    assert [len(tags.scores) for tags in results] == [len(words) for words in sentences]


def test_a_word_without_pieces_is_outside_and_changes_nothing(folders):
    sentences = [["Maria", "\x07", "Okafor"], ["Maria", "Okafor"]]
    with_word, without = tag_all(make_tagger(folders["bert"]), sentences)
    assert (with_word.labels[1], with_word.scores[1]) == ("O", 1.0)
    assert_equal_tags(WordTags(with_word.labels[::2], with_word.scores[::2]), without)


def test_the_window_keeps_to_the_tokenizers_limit(folders):
    tokenizer = load_tokenizer(folders["bert"])
    tokenizer.model_max_length = 50
    assert max_pieces(load_model(folders["bert"]), tokenizer) == 50


@pytest.mark.parametrize("kind", ["layoutlm", "nystromformer"])
def test_only_positions_that_a_text_can_have_count_for_the_window(folders, kind):
    # LayoutLM has tables of places on the page, Nyströmformer two rows that are never used.
    config = AutoConfig.for_model(kind, max_position_embeddings=64, **SMALL)
    network = AutoModelForTokenClassification.from_config(config)
    tokenizer = load_tokenizer(folders["bert"])
    assert max_pieces(network, tokenizer) == 64
    network(input_ids=torch.full((1, 64), 5))


def test_sentences_that_repeat_are_computed_once(folders):
    tagger = make_tagger(folders["bert"])
    rows: list[int] = []
    tagger._network.register_forward_pre_hook(
        lambda _, __, inputs: rows.append(len(inputs["input_ids"])), with_kwargs=True
    )
    results = tag_all(tagger, [SENTENCES[0], SENTENCES[1], SENTENCES[0]])
    assert sum(rows) == 2
    assert results[0] == results[2] != results[1]


def test_the_score_is_the_probability_of_the_labels_type():
    logits = torch.log(torch.tensor([[0.1, 0.5, 0.4], [0.6, 0.1, 0.3]]))
    same_type = torch.tensor([[1.0, 0, 0], [0, 1, 1], [0, 1, 1]])
    classes, scores = score(logits, same_type)
    assert classes.tolist() == [1, 0]
    assert scores.tolist() == pytest.approx([0.9, 0.6])


class Broken(torch.nn.Module):
    """A network with a fault: it fails on batches or pieces of a kind."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.network: Any = load_model(folder)
        self.config = self.network.config
        self.device = torch.device("cpu")
        self.rows: list[int] = []

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        self.rows.append(len(input_ids))
        output = self.network(input_ids=input_ids, attention_mask=attention_mask)
        self.break_down(input_ids, output)
        return output

    def break_down(self, input_ids: torch.Tensor, output: Any) -> None:
        raise NotImplementedError


class SmallMemory(Broken):
    def __init__(self, folder: Path, most_rows: int) -> None:
        super().__init__(folder)
        self.most_rows = most_rows

    def break_down(self, input_ids: torch.Tensor, output: Any) -> None:
        if len(input_ids) > self.most_rows:
            raise torch.OutOfMemoryError("CUDA out of memory")


class BadPiece(Broken):
    def __init__(self, folder: Path, piece: int, value: float | None = None) -> None:
        super().__init__(folder)
        self.piece, self.value = piece, value

    def break_down(self, input_ids: torch.Tensor, output: Any) -> None:
        bad = (input_ids == self.piece).any(-1)
        if self.value is not None:
            output.logits[bad] = self.value
        elif bad.any():
            raise RuntimeError(f"piece {self.piece}")


def test_out_of_memory_halves_the_batch_and_keeps_the_smaller_budget(folders):
    sentences = [[word] for word in sorted(set(LONG))]
    expected = tag_all(make_tagger(folders["bert"]), sentences)
    network = SmallMemory(folders["bert"], most_rows=3)
    tagger = make_tagger(folders["bert"], 10_000, network)
    for tags, right in zip(tag_all(tagger, sentences), expected, strict=True):
        assert_equal_tags(tags, right)
    assert tagger.token_budget < 10_000
    network.rows.clear()
    tag_all(tagger, sentences)
    assert max(network.rows) <= 3


def test_a_sentence_too_large_for_the_memory_fails_alone(folders):
    tagger = make_tagger(folders["bert"], network=SmallMemory(folders["bert"], most_rows=0))
    results = tag_sentences(tagger, SENTENCES[:2])
    assert results == [TagFailure("OutOfMemoryError: CUDA out of memory")] * 2


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_only_the_sentence_that_the_model_fails_on_is_a_failure(folders, value):
    right = make_tagger(folders["bert"])
    pieces = right._pieces.encode(["Quito"])[0]
    expected = tag_all(right, SENTENCES)
    broken = BadPiece(folders["bert"], pieces[0], value)
    bad = {n for n, s in enumerate(SENTENCES) if pieces[0] in sum(right._pieces.encode(s), ())}
    assert 0 < len(bad) < len(SENTENCES)
    tagger = make_tagger(folders["bert"], 10_000, broken)
    for index, tags in enumerate(tag_sentences(tagger, SENTENCES)):
        if index in bad:
            reason = "the model's output is not finite" if value is not None else "RuntimeError: "
            assert isinstance(tags, TagFailure)
            assert tags.message.startswith(reason)
        else:
            assert_equal_tags(tags, expected[index])


def test_a_sentence_that_the_tokenizer_fails_on_is_a_failure(albert):
    results = tag_sentences(albert, [["Rain"], ["\ud800"], ["fell"]])
    assert [type(tags) for tags in results] == [WordTags, TagFailure, WordTags]


def test_one_failing_window_fails_the_sentence(folders):
    tagger = make_tagger(folders["bert"])
    piece = tagger._pieces.encode(["Quito"])[0][0]
    broken = make_tagger(folders["bert"], network=BadPiece(folders["bert"], piece))
    # 200 plain words are more than a window; the bad one is at the end.
    [tags] = tag_sentences(broken, [["the"] * 200 + ["Quito"]])
    assert isinstance(tags, TagFailure)


@pytest.mark.parametrize("allowed", [1, 3])
def test_callers_share_the_threads_of_the_network(folders, allowed):
    tagger = make_tagger(folders["bert"], token_budget=40, threads=allowed)
    expected = tag_all(make_tagger(folders["bert"], token_budget=40), SENTENCES)
    lock = threading.Lock()
    inside, most, results, threads_of_torch = 0, 0, [], set()

    def enter(*_: object) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            threads_of_torch.add(torch.get_num_threads())

    def leave(*_: object) -> None:
        nonlocal inside
        with lock:
            inside -= 1

    tagger._network.register_forward_pre_hook(enter)
    tagger._network.register_forward_hook(leave)
    run_in_threads(4, lambda: results.append(tag_all(tagger, SENTENCES)))
    assert results == [expected] * 4
    assert 1 <= most <= allowed
    assert threads_of_torch == {1}


def test_a_budget_of_nothing_is_an_error(folders):
    with pytest.raises(ValueError, match="token_budget must be at least 1, got 0"):
        make_tagger(folders["albert"], token_budget=0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_gives_the_labels_of_the_cpu(folders):
    checkpoint = resolve_checkpoint(str(folders["albert"]))
    on_cpu, on_gpu = (load_tagger(checkpoint, device, "fp32") for device in ("cpu", "cuda"))
    for one, other in zip(tag_all(on_gpu, SENTENCES), tag_all(on_cpu, SENTENCES), strict=True):
        assert_equal_tags(one, other, tolerance=1e-3)
