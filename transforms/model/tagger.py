"""Labels and scores the words of sentences with a network."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TypeVar

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from transforms.model.batches import cut_batches
from transforms.model.pieces import Pieces
from transforms.model.tags import TagFailure, WordTags
from transforms.model.windows import choose_windows, cut_windows

# Tokenizers without a limit give a huge number, and models without a limit need some bound.
_MAX_WINDOW = 8192
# Only attention heeds the mask. These networks mix pieces in other ways too, so padding would
# change their labels.
_SEE_PADDING = ("convbert", "fnet", "mobilebert", "yoso")

# Such errors are bare RuntimeErrors, which only their messages tell from others.
_DEVICE_ERRORS = ("cuda error", "cudnn", "cublas")

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Window:
    """Words of a sentence that the model reads at once.

    Attributes:
      sentence: index of the sentence.
      words: (word,), indices of the words that take their tags from this window.
      pieces: (piece,), ids, special ones included.
      positions: (word,), where the first piece of each of `words` is among `pieces`.
    """

    sentence: int
    words: list[int]
    pieces: list[int]
    positions: list[int]


class NetworkTagger:
    """Labels the words of sentences with a network for token classification.

    The tags of a sentence depend neither on the other sentences nor on their order. Several
    threads may tag at once; they share the threads of the network.

    Attributes:
      labels: (class,), BIO labels by class id.
      max_pieces: the most pieces that the network reads at once, special ones included.
      token_budget: the most padded pieces that a batch may have. It shrinks when the memory does
        not suffice.
    """

    def __init__(
        self,
        network: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        labels: Sequence[str],
        token_budget: int,
        threads: int = 1,
    ) -> None:
        if token_budget < 1:
            raise ValueError(f"token_budget must be at least 1, got {token_budget}")
        self.labels = list(labels)
        self.max_pieces = max_pieces(network, tokenizer)
        self.token_budget = token_budget
        self._network = network
        self._device = network.device
        self._pieces = Pieces(tokenizer)
        self._same_type = _same_type(labels).to(self._device)
        # Each batch has a thread. On two cores this is 8 to 12 % faster than two threads of torch
        # for each batch (ALBERT-base in fp32). A GPU does one batch after the other.
        self._pool = ThreadPoolExecutor(
            max_workers=threads if self._device.type == "cpu" else 1,
            initializer=torch.set_num_threads,
            initargs=(1,),
        )

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[WordTags | TagFailure]:
        """Tags each sentence; where the model fails on one, the others are still tagged.

        Args:
          sentences: (sentence, word).

        Returns:
          (sentence,), the tags of its words, or why there are none.

        Raises:
          Exception: the device or the process is at fault, and later calls would fail too.
        """
        # News repeats itself. In a MiB, 3 to 6 % of the sentences are there twice.
        unique = list(dict.fromkeys(map(tuple, sentences)))
        results: list[WordTags | TagFailure] = [
            WordTags(["O"] * len(words), [1.0] * len(words)) for words in unique
        ]
        windows = []
        encoded = isolate(self._pieces.encode, unique)
        for sentence, pieces in enumerate(encoded):
            if isinstance(pieces, TagFailure):
                results[sentence] = pieces
            else:
                windows += self._windows(sentence, pieces)
        batches = [
            [windows[index] for index in batch]
            for batch in self._batches([len(window.pieces) for window in windows])
        ]
        tagged = self._pool.map(partial(isolate, self._tag_windows), batches)
        for batch, tags_of_batch in zip(batches, tagged, strict=True):
            for window, tags in zip(batch, tags_of_batch, strict=True):
                _put(results, window, tags)
        by_sentence = dict(zip(unique, results, strict=True))
        return [by_sentence[tuple(words)] for words in sentences]

    def close(self) -> None:
        """Ends its threads; it can tag no more."""
        self._pool.shutdown()

    def _windows(self, sentence: int, pieces: Sequence[Sequence[int]]) -> list[_Window]:
        """Cuts an encoded sentence, (word, piece), into windows.

        A word without pieces takes its tag from no window.
        """
        prefix, suffix = self._pieces.prefix, self._pieces.suffix
        capacity = self.max_pieces - len(prefix) - len(suffix)
        counts = [min(len(word), capacity) for word in pieces]
        spans = cut_windows(counts, capacity)
        chosen = choose_windows(counts, spans)
        windows = []
        for index, span in enumerate(spans):
            ids = list(prefix)
            words, positions = [], []
            for word in span:
                if chosen[word] == index and counts[word]:
                    words.append(word)
                    positions.append(len(ids))
                ids += pieces[word][:capacity]
            if words:
                windows.append(_Window(sentence, words, ids + suffix, positions))
        return windows

    def _batches(self, lengths: Sequence[int]) -> list[list[int]]:
        """Cuts windows into batches, each of one length if padding would change the labels."""
        batches = cut_batches(lengths, self.token_budget)
        if self._network.config.model_type not in _SEE_PADDING:
            return batches
        alike = (groupby(batch, lengths.__getitem__) for batch in batches)
        return [list(batch) for groups in alike for _, batch in groups]

    def _tag_windows(self, windows: list[_Window]) -> list[WordTags | TagFailure]:
        """Tags windows in one batch, or in halves if the memory does not suffice."""
        padded = len(windows) * max(len(window.pieces) for window in windows)
        if padded <= self.token_budget or len(windows) == 1:
            try:
                return self._forward(windows)
            except torch.OutOfMemoryError:
                if len(windows) == 1:
                    raise
            # This comes after the except clause, in which the traceback still holds the tensors.
            self._free_memory()
            self.token_budget = min(self.token_budget, padded // 2)
        middle = len(windows) // 2
        return self._tag_windows(windows[:middle]) + self._tag_windows(windows[middle:])

    def _free_memory(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _forward(self, windows: list[_Window]) -> list[WordTags | TagFailure]:
        """Tags windows in one forward pass and one transfer back."""
        longest = max(len(window.pieces) for window in windows)
        padding = self._pieces.padding
        ids = torch.tensor(
            [window.pieces + [padding] * (longest - len(window.pieces)) for window in windows]
        )
        lengths = torch.tensor([len(window.pieces) for window in windows])
        mask = torch.arange(longest) < lengths[:, None]
        first_pieces = torch.tensor(
            [
                row * longest + position
                for row, window in enumerate(windows)
                for position in window.positions
            ]
        )
        with torch.inference_mode():
            logits = self._network(
                input_ids=ids.to(self._device), attention_mask=mask.long().to(self._device)
            ).logits
            first_logits = logits.flatten(0, 1)[first_pieces.to(self._device)]
            classes, scores = score(first_logits.float(), self._same_type).cpu().tolist()
        results: list[WordTags | TagFailure] = []
        start = 0
        for window in windows:
            end = start + len(window.words)
            results.append(self._tags(classes[start:end], scores[start:end]))
            start = end
        return results

    def _tags(self, classes: list[float], scores: list[float]) -> WordTags | TagFailure:
        if any(map(math.isnan, scores)):
            return TagFailure("the model's output is not finite")
        return WordTags([self.labels[int(index)] for index in classes], scores)


def score(logits: Tensor, same_type: Tensor) -> Tensor:
    """Chooses each word's likeliest class and scores that class's type.

    Args:
      logits: (word, class), float32.
      same_type: (class, class), float32, 1 where two classes are of one type, else 0.

    Returns:
      (2, word), float32: class ids, and scores; a score is NaN where a logit is not finite.
    """
    classes = logits.argmax(-1)
    types = logits.softmax(-1) @ same_type
    scores = types.gather(-1, classes[:, None])[:, 0]
    scores = scores.where(logits.isfinite().all(-1), torch.nan)
    return torch.stack([classes.to(scores.dtype), scores])


def _same_type(labels: Sequence[str]) -> Tensor:
    types = [label[2:] for label in labels]  # "" for O
    return torch.tensor([[float(one == other) for other in types] for one in types])


def isolate(
    work: Callable[[list[_Item]], Sequence[_Result]], items: Sequence[_Item]
) -> list[_Result | TagFailure]:
    """Returns the result of some work for each item, and a failure for an item that makes it raise.

    Items among which there is such a one are halved until it is alone. The result of an item must
    not depend on the items beside it.

    Raises:
      Exception: the device or the process is at fault, and not an item.
    """
    try:
        return list(work(list(items)))
    except Exception as error:
        if _is_no_sentences_fault(error):
            raise
        if len(items) == 1:
            return [TagFailure(f"{type(error).__name__}: {error}")]
    middle = len(items) // 2
    return isolate(work, items[:middle]) + isolate(work, items[middle:])


def _is_no_sentences_fault(error: Exception) -> bool:
    """Tells whether the device or the process is at fault, so that later calls would fail too.

    It is not at fault when a GPU lacks the memory for one sentence, as a long one needs more than
    others.
    """
    if isinstance(error, (MemoryError, getattr(torch, "AcceleratorError", ()))):
        return True
    return isinstance(error, RuntimeError) and any(
        sign in str(error).lower() for sign in _DEVICE_ERRORS
    )


def _put(
    results: list[WordTags | TagFailure], window: _Window, tags: WordTags | TagFailure
) -> None:
    """Puts the tags of a window into those of its sentence, which fails if the window does."""
    result = results[window.sentence]
    if isinstance(result, TagFailure):
        return
    if isinstance(tags, TagFailure):
        results[window.sentence] = tags
        return
    for word, label, word_score in zip(window.words, tags.labels, tags.scores, strict=True):
        result.labels[word] = label
        result.scores[word] = word_score


def max_pieces(network: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> int:
    """Returns the most pieces that the network reads at once, special ones included."""
    limits = [tokenizer.model_max_length, _MAX_WINDOW]
    in_config = getattr(network.config, "max_position_embeddings", None) or 0
    if in_config > 0:  # XLNet gives -1, since its positions are relative
        limits.append(in_config)
    for name, module in network.named_modules():
        # Only the last part of the name counts, because LayoutLM also has tables of places on the
        # page, such as `x_position_embeddings`.
        if name.split(".")[-1] == "position_embeddings" and isinstance(module, torch.nn.Embedding):
            # RoBERTa and its kin begin to count after the position of the padding.
            reserved = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(module.num_embeddings - reserved)
    return min(limits)
