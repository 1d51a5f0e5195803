"""Labels and scores the words of sentences with a network."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, groupby

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from transforms.columns import Integers, Words, starts_of, stretches
from transforms.model.batches import cut_batches
from transforms.model.isolation import isolate
from transforms.model.masks import SEE_PADDING, mask_for
from transforms.model.padding import Batch, pad_batches, round_up, window_lengths
from transforms.model.pieces import Pieces, WordPieces
from transforms.model.tags import TagFailure, Tags
from transforms.model.windows import Windows, find_windows
from transforms.pulse import beat, begin_words, expect

# Tokenizers without a limit give a huge number, and models without a limit need some bound.
_MAX_WINDOW = 8192
# A GPU multiplies matrices fastest if their sizes are multiples of this, and a mask of another
# width is copied in every layer.
_GPU_MULTIPLE = 8


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
        # cuDNN's attention would make a plan for each shape of a batch, and nearly all differ.
        torch.backends.cuda.enable_cudnn_sdp(False)
        self._same_type = _same_type(labels).to(self._device)
        # Each batch has a thread. On two cores this is 8 to 12 % faster than two threads of torch
        # for each batch (ALBERT-base in fp32). A GPU does one batch after the other.
        self._pool = ThreadPoolExecutor(
            max_workers=threads if self._device.type == "cpu" else 1,
            initializer=torch.set_num_threads,
            initargs=(1,),
        )

    def tag(self, words: Words) -> Tags:
        """Tags the words of some sentences; where it fails on one, the others are still tagged.

        Raises:
          Exception: the device or the process is at fault, and later calls would fail too.
        """
        begin_words(len(words.form))
        # News repeats itself. In a MiB, 3 to 6 % of the sentences are there twice.
        distinct, place = _distinct(words)
        tags = self._tag_distinct(distinct)
        same_words = stretches(starts_of(distinct.counts)[place], words.counts)
        failures = {
            sentence: tags.failures[one]
            for sentence, one in enumerate(place.tolist() if tags.failures else [])
            if one in tags.failures
        }
        return Tags(self.labels, tags.label[same_words], tags.score[same_words], failures)

    def close(self) -> None:
        """Ends its threads; it can tag no more."""
        self._pool.shutdown()

    def _tag_distinct(self, words: Words) -> Tags:
        # A word without pieces takes its tag from no window.
        label = np.full(len(words.form), self.labels.index("O"))
        score = np.ones(len(words.form), np.float32)
        pieces, failures = self._encode(words)
        tagged: list[tuple[Integers, Tensor]] = []
        for batch, result in self._run(words, pieces):
            if isinstance(result, TagFailure):
                failures |= dict.fromkeys(_sentences(words, batch.words), result.message)
            else:
                tagged.append((batch.words, result))
        if tagged:
            # Nothing came back from the device before: this is the one transfer.
            classes, scores = torch.cat([result for _, result in tagged], dim=1).cpu().numpy()
            own = np.concatenate([own for own, _ in tagged])
            label[own], score[own] = classes, scores
            not_finite = _sentences(words, own[np.isnan(scores)])
            failures |= dict.fromkeys(not_finite, "the model's output is not finite")
        return Tags(self.labels, label, score, failures)

    def _encode(self, words: Words) -> tuple[WordPieces, dict[int, str]]:
        """Returns the pieces of words, and the message for each sentence that has none."""
        forms: list[Sequence[int]] = []
        failures: dict[int, str] = {}
        for items, result in isolate(self._pieces.encode, words.forms):
            if isinstance(result, TagFailure):
                [own] = np.nonzero(words.form == len(forms))
                failures |= dict.fromkeys(_sentences(words, own), result.message)
            forms += [()] * len(items) if isinstance(result, TagFailure) else result
        return WordPieces.of(forms, words.form, self._capacity), failures

    @property
    def _capacity(self) -> int:
        return self.max_pieces - len(self._pieces.prefix) - len(self._pieces.suffix)

    def _run(self, words: Words, pieces: WordPieces) -> Iterator[tuple[Batch, Tensor | TagFailure]]:
        """Yields what the network says of batches; a batch in which it fails comes in parts."""
        windows = find_windows(words.counts, pieces.counts, self._capacity)
        batches = self._batches(windows, pieces)
        expect(sum(len(batch.rows) for batch in batches))
        yield from chain.from_iterable(self._pool.map(partial(isolate, self._tag_batch), batches))

    def _batches(self, windows: Windows, pieces: WordPieces) -> list[Batch]:
        """Cuts windows into batches, each of one length if padding would change the labels."""
        sees_padding = self._network.config.model_type in SEE_PADDING
        # No width may go beyond the positions that the network has.
        rounds = self._device.type != "cpu" and self.max_pieces % _GPU_MULTIPLE == 0
        multiple = _GPU_MULTIPLE if rounds and not sees_padding else 1
        widths = round_up(window_lengths(windows, pieces, self._pieces), multiple).tolist()
        batches = cut_batches(widths, self.token_budget)
        if sees_padding:
            alike = (groupby(batch, widths.__getitem__) for batch in batches)
            batches = [list(batch) for groups in alike for _, batch in groups]
        order = np.array([*chain.from_iterable(batches)], np.int64)
        sizes = [len(batch) for batch in batches]
        ordered = windows.choose(order)
        return pad_batches(ordered, pieces, self._pieces, sizes, multiple, self._device)

    def _tag_batch(self, batch: Batch) -> Tensor:
        """Returns what `score` does, of a batch, or of halves if the memory does not suffice."""
        if batch.padded <= self.token_budget or len(batch) == 1:
            try:
                return self._forward(batch)
            except torch.OutOfMemoryError:
                if len(batch) == 1:
                    raise
            # This comes after the except clause, in which the traceback still holds the tensors.
            self._free_memory()
            self.token_budget = min(self.token_budget, batch.padded // 2)
        middle = len(batch) // 2
        halves = batch[:middle], batch[middle:]
        return torch.cat([self._tag_batch(half) for half in halves], dim=1)

    def _free_memory(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def _forward(self, batch: Batch) -> Tensor:
        mask = mask_for(self._network, batch.lengths, batch.pieces.shape[1])
        logits = self._network(input_ids=batch.pieces, attention_mask=mask).logits
        beat(len(batch.rows))
        return score(logits[batch.rows, batch.columns].float(), self._same_type)


def _distinct(words: Words) -> tuple[Words, Integers]:
    """Returns the words of the different sentences, and for each sentence which of them it is."""
    starts = starts_of(words.counts)
    form = words.form.astype(np.int32)
    seen: dict[bytes, int] = {}
    place = [
        seen.setdefault(form[start : start + count].tobytes(), len(seen))
        for start, count in zip(starts.tolist(), words.counts.tolist(), strict=True)
    ]
    firsts = np.unique(np.array(place, np.int64), return_index=True)[1]
    own = stretches(starts[firsts], words.counts[firsts])
    return Words(words.forms, words.form[own], words.counts[firsts]), np.array(place, np.int64)


def _sentences(words: Words, own: Integers) -> list[int]:
    """Returns the sentences that have some words, each once."""
    return np.unique(np.searchsorted(np.cumsum(words.counts), own, side="right")).tolist()


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
