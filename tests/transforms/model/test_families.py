"""Checkpoints of every family are tagged as Transformers does it, a sentence at a time."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedTokenizerFast,
)

from tests.checkpoints import (
    FAMILIES,
    SENTENCES,
    assert_equal_tags,
    make_tagger,
    tag_all,
)
from transforms.model.checkpoint import EMBEDDED_FOLDER
from transforms.model.pieces import Pieces
from transforms.model.tagger import NetworkTagger, max_pieces
from transforms.model.tags import WordTags
from transforms.model.tokenizer import load_tokenizer
from transforms.model.windows import choose_windows, cut_windows

# Capitals, accents, quotes, emoji, digits, hyphens, other scripts, and words that vanish.
ODD_SENTENCES = [
    ["Dr.", "Zoë", "O’Brien-Müller", ",", "52", ",", "left", "São", "Paulo", "for", "€1,250.50"],
    ["“", "STRASSE", "”", "İstanbul", "nai\u0308ve", "ﬁne", "Ａｂｃ", "½", "…", "doesn't", "3–1"],
    ["Quito", "😀", "👍🏽", "🇪🇨", "東京", "は", "北京abc", "Москва", "said"],
    ["Rain", "\u200b", "fell", "\x07", "\u200d\ufeff", "in", "Quito"],
    ["\u200b"],
]
# Families without a table of positions: their config says how far they were trained.
UNBOUNDED = ("deberta-v3", "modernbert")
# Families whose tokenizer was saved by Transformers 4, which used the file as it is.
AS_SAVED = ("deberta-v3", "modernbert", "xlm-roberta")


@dataclass(frozen=True)
class Family:
    """A checkpoint, and Transformers alone on it: no batch, no window, no table."""

    name: str
    folder: Path

    @cached_property
    def tagger(self) -> NetworkTagger:
        return make_tagger(self.folder)

    @cached_property
    def tokenizer(self) -> Any:
        if self.name in AS_SAVED:
            return PreTrainedTokenizerFast.from_pretrained(self.folder)
        return AutoTokenizer.from_pretrained(self.folder, add_prefix_space=True)

    @cached_property
    def network(self) -> Any:
        make = AutoModelForTokenClassification.from_pretrained
        return make(self.folder, dtype=torch.float32).eval()

    @torch.inference_mode()
    def tags(self, words: list[str]) -> WordTags:
        encoding = self.tokenizer(words, is_split_into_words=True, return_tensors="pt")
        names = self.network.config.id2label
        probabilities = self.network(**encoding).logits[0].softmax(-1)
        pieces = encoding.word_ids()
        labels, scores = ["O"] * len(words), [1.0] * len(words)
        for word in set(pieces) - {None}:
            of_first = probabilities[pieces.index(word)]
            labels[word] = names[int(of_first.argmax())]
            of_type = [index for index, name in names.items() if name[2:] == labels[word][2:]]
            scores[word] = float(of_first[of_type].sum())
        return WordTags(labels, scores)

    def piece_counts(self, words: list[str]) -> list[int]:
        pieces = self.tokenizer(words, is_split_into_words=True).word_ids()
        return [pieces.count(word) for word in range(len(words))]


@pytest.fixture(scope="module", params=[*FAMILIES, "embedded"])
def family(request, tmp_path_factory) -> Family:
    if request.param != "embedded":
        make = FAMILIES[request.param]
        return Family(request.param, make(tmp_path_factory.mktemp("family") / request.param))
    if not EMBEDDED_FOLDER.is_dir():
        pytest.skip(f"there is no embedded model in {EMBEDDED_FOLDER}")
    return Family(request.param, EMBEDDED_FOLDER)


def test_tags_equal_a_plain_forward_pass_on_one_sentence_at_a_time(family):
    sentences = SENTENCES + ODD_SENTENCES
    found = tag_all(family.tagger, sentences)
    for words, tags in zip(sentences, found, strict=True):
        assert_equal_tags(tags, family.tags(words))
    assert len({label for tags in found for label in tags.labels}) >= 4


def test_pieces_equal_the_tokenizers_own(family):
    pieces = Pieces(load_tokenizer(family.folder))
    for words in SENTENCES + ODD_SENTENCES:
        encoded = pieces.encode(words)
        plain = family.tokenizer(words, is_split_into_words=True)
        flat = [piece for word in encoded for piece in word]
        assert pieces.prefix + flat + pieces.suffix == plain["input_ids"]
        assert [len(word) for word in encoded] == family.piece_counts(words)


def test_a_sentence_over_the_window_is_tagged_as_its_windows_are(family):
    words = [word for words in SENTENCES + ODD_SENTENCES for word in words] * 9
    counts = family.piece_counts(words)
    capacity = family.tagger.max_pieces - 2
    length = next(n for n in range(len(words)) if sum(counts[:n]) > 1.4 * capacity)
    words, counts = words[:length], counts[:length]
    windows = cut_windows(counts, capacity)
    alone = [family.tags(words[window.start : window.stop]) for window in windows]
    chosen = [
        (alone[index], word - windows[index].start)
        for word, index in enumerate(choose_windows(counts, windows))
    ]
    expected = WordTags(
        [tags.labels[place] for tags, place in chosen],
        [tags.scores[place] for tags, place in chosen],
    )
    assert len(windows) > 1
    assert_equal_tags(tag_all(family.tagger, [words])[0], expected)


def test_a_word_over_the_window_is_cut_to_fit(family):
    huge = "q.7" * family.tagger.max_pieces
    [tags] = tag_all(family.tagger, [["Rain", huge, "fell"]])
    assert len(tags.labels) == 3


@torch.inference_mode()
def test_the_window_is_what_the_position_table_allows(family):
    tokenizer = load_tokenizer(family.folder)
    tokenizer.model_max_length = 10**30
    found = max_pieces(family.network, tokenizer)
    # 128 as built, without the positions that RoBERTa and its kin keep for padding.
    assert found == {"embedded": 512}.get(family.name, 128)
    family.network(input_ids=torch.full((1, found), 5))
    if family.name not in UNBOUNDED:
        with pytest.raises((RuntimeError, IndexError)):
            family.network(input_ids=torch.full((1, found + 1), 5))
