"""The word table gives what the tokenizers give for whole sentences, for every kind of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from tests.checkpoints import FAMILIES, SENTENCES, TEXT, bert_checkpoint, run_in_threads
from tests.places import DATA
from transforms.model.checkpoint import EMBEDDED_FOLDER
from transforms.model.pieces import Pieces
from transforms.model.spiece import albert_tokenizer
from transforms.model.tokenizer import load_tokenizer

ALBERT_FOLDER = DATA / "albert-v2"

# Words of the text and bits of them, special pieces, and anything that Unicode has.
WORDS = st.one_of(
    st.sampled_from(TEXT.split()),
    st.sampled_from(["[SEP]", "[MASK]", "<unk>", "</s>", "<pad>", "[UNK]", "▁", "##s", ""]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.from_regex(r"[A-Za-z0-9.,'’“\-–—&$\u00ad\u200b]{1,12}", fullmatch=True),
)
SENTENCE_LISTS = st.lists(st.lists(WORDS, max_size=12), max_size=4)


# One of each kind of tokenizer: test_families.py compares those of all families.
KINDS = ["albert", "bert", "deberta-v3", "modernbert", "roberta", "xlm-roberta"]


@pytest.fixture(scope="module", params=[*KINDS, "albert-v2", "embedded"])
def tokenizer(request, tmp_path_factory) -> PreTrainedTokenizerFast:
    folder = tmp_path_factory.mktemp("checkpoint") / request.param
    if request.param == "albert-v2":
        if not ALBERT_FOLDER.is_dir():
            pytest.skip(f"needs ALBERT's own vocabulary in {ALBERT_FOLDER}")
        return albert_tokenizer(ALBERT_FOLDER)
    if request.param == "embedded":
        if not EMBEDDED_FOLDER.is_dir():
            pytest.skip(f"there is no embedded model in {EMBEDDED_FOLDER}")
        return load_tokenizer(EMBEDDED_FOLDER)
    return load_tokenizer(FAMILIES[request.param](folder))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sentences=SENTENCE_LISTS)
def test_pieces_equal_the_tokenizers_own_of_whole_sentences(tokenizer, sentences):
    pieces = Pieces(tokenizer)
    for words in sentences:
        encoded = pieces.encode(words)
        whole = tokenizer(words, is_split_into_words=True)
        flat = [piece for word in encoded for piece in word]
        assert pieces.prefix + flat + pieces.suffix == whole["input_ids"]
        starts = [word for word, ids in enumerate(encoded) for _ in ids]
        assert starts == [word for word in whole.word_ids() if word is not None]


@given(SENTENCE_LISTS, st.integers(0, 60))
def test_a_full_table_changes_nothing(bert_tokenizer, sentences, max_table_chars):
    small, large = Pieces(bert_tokenizer, max_table_chars), Pieces(bert_tokenizer)
    for _ in range(2):
        for words in sentences:
            assert small.encode(words) == large.encode(words)


@pytest.fixture(scope="module")
def bert_tokenizer(tmp_path_factory) -> PreTrainedTokenizerFast:
    return load_tokenizer(bert_checkpoint(tmp_path_factory.mktemp("bert") / "model"))


def test_the_table_keeps_to_its_bound(bert_tokenizer):
    pieces = Pieces(bert_tokenizer, max_table_chars=40)
    for number in range(1000):
        pieces.encode([f"word{number}"])
    assert sum(map(len, pieces._table)) <= 40


def test_a_control_character_has_no_pieces(bert_tokenizer):
    assert Pieces(bert_tokenizer).encode(["Rain", "\x07"])[1] == ()


def test_a_literal_special_piece_is_read_as_the_tokenizer_reads_it(bert_tokenizer):
    assert Pieces(bert_tokenizer).encode(["[SEP]"]) == [(bert_tokenizer.sep_token_id,)]


def test_truncation_saved_with_a_tokenizer_cuts_no_words(bert_tokenizer, tmp_path):
    bert_tokenizer.backend_tokenizer.enable_truncation(4)
    bert_tokenizer.save_pretrained(tmp_path)
    bert_tokenizer.backend_tokenizer.no_truncation()
    encoded = Pieces(PreTrainedTokenizerFast.from_pretrained(tmp_path)).encode(SENTENCES[0])
    assert encoded == Pieces(bert_tokenizer).encode(SENTENCES[0])


def test_threads_share_one_table(bert_tokenizer):
    pieces = Pieces(bert_tokenizer, max_table_chars=50)
    expected = [Pieces(bert_tokenizer).encode(words) for words in SENTENCES]
    found: list[bool] = []

    def encode() -> None:
        for _ in range(20):
            found.append([pieces.encode(words) for words in SENTENCES] == expected)

    run_in_threads(4, encode)
    assert found == [True] * 80
