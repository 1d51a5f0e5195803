"""Bakes token types into a cased vocabulary, which makes a tagger a plain ALBERT.

    python -m training.bake --model work/student --text news/*.jsonl.gz --field title text \
        --conll train.txt --output work/baked

A piece in capitals joins the vocabulary with the embedding of its lower-case form plus that
of its shape. Words keep their pieces wherever all the forms that they need are there.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import torch
from transformers import (
    AlbertConfig,
    AlbertForTokenClassification,
    AutoTokenizer,
    BertTokenizer,
    PreTrainedTokenizerBase,
)

from pipeline.evaluation.conll import read_conll
from training.label_news import read_sentences
from training.shapes import CONTINUATION, Shape, shape_of

# What a form counts for that stands in a word, and one that the word would have in a headline.
SEEN, UNSEEN = 100, 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--text", required=True, type=Path, nargs="+", help="jsonl, or jsonl.gz")
    parser.add_argument("--field", nargs="+", default=["text"])
    parser.add_argument("--conll", type=Path, nargs="*", default=[], help="columns")
    parser.add_argument("--size", type=int, default=50_000, help="of the vocabulary")
    parser.add_argument("--output", required=True, type=Path)
    args = parser.parse_args()
    uncased = AutoTokenizer.from_pretrained(args.model)
    words = Counter(
        chain(
            chain.from_iterable(read_sentences(args.text, args.field)),
            (
                word
                for path in args.conll
                for sentence in read_conll(path)
                for word in sentence.words
            ),
        )
    )
    forms = cased_forms(words, uncased)
    old = [
        piece
        for piece in uncased.convert_ids_to_tokens(list(range(len(uncased))))
        if not piece.startswith("[unused")
    ]
    # Equal counts are in the order of the alphabet, whatever order the forms were found in.
    new = sorted(forms, key=lambda form: (-forms[form], form))[: args.size - len(old)]
    print(f"{len(old)} pieces and {len(new)} of {len(forms)} cased forms")
    cased = BertTokenizer(
        vocab={piece: number for number, piece in enumerate([*old, *new])},
        do_lower_case=False,
        strip_accents=True,
        model_max_length=512,
    )
    network = AlbertForTokenClassification.from_pretrained(args.model)
    baked = bake(network, uncased, old, new)
    # The config goes on saying float32: fp16 is for storage, too slow to compute in on a CPU.
    weights = {name: value.to(torch.float16) for name, value in baked.state_dict().items()}
    baked.save_pretrained(args.output, state_dict=weights)
    cased.save_pretrained(args.output)
    return 0


def cased_forms(words: Counter[str], uncased: PreTrainedTokenizerBase) -> Counter[str]:
    """Counts the forms with capitals that pieces have in the words, or would have in headlines."""
    forms: Counter[str] = Counter()
    for piece in uncased.get_vocab():
        if len(piece.removeprefix(CONTINUATION)) == 1 and piece[-1].upper() != piece[-1]:
            # Single letters come first, for with them every word has pieces.
            forms[piece[:-1] + piece[-1].upper()] = SEEN * words.total()
    distinct = list(words)
    for start in range(0, len(distinct), 10_000):
        part = distinct[start : start + 10_000]
        for word, surfaces in zip(part, surfaces_of(part, uncased), strict=True):
            upper = [surface.upper() for surface in surfaces]
            title = [surface[:1].upper() + surface[1:] for surface in surfaces[:1]]
            for surface in surfaces:
                forms[surface] += SEEN * words[word]
            for surface in chain(upper, title):
                forms[surface] += UNSEEN * words[word]
    known = uncased.get_vocab()
    return Counter(
        {
            form: count
            for form, count in forms.items()
            if shape_of(form) != Shape.LOWER and form.lower() in known
        }
    )


def surfaces_of(words: Sequence[str], uncased: PreTrainedTokenizerBase) -> Iterator[list[str]]:
    """Yields the pieces of each word as they are written in it, but for accents."""
    strip = BertTokenizer(vocab={"[UNK]": 0}, do_lower_case=False, strip_accents=True)
    normalizer = strip.backend_tokenizer.normalizer
    encoding = uncased(
        list(words), is_split_into_words=True, add_special_tokens=False,
        return_offsets_mapping=True, verbose=False,
    )  # fmt: skip
    surfaces: list[list[str]] = [[] for _ in words]
    for token, (start, end), word in zip(
        encoding.tokens(), encoding["offset_mapping"], encoding.word_ids(), strict=True
    ):
        prefix = CONTINUATION if token.startswith(CONTINUATION) else ""
        surfaces[word].append(prefix + normalizer.normalize_str(words[word][start:end]))
    yield from surfaces


@torch.no_grad()
def bake(
    network: AlbertForTokenClassification,
    uncased: PreTrainedTokenizerBase,
    old: Iterable[str],
    new: Iterable[str],
) -> AlbertForTokenClassification:
    """Copies `network` for the vocabulary of `old` and then `new` pieces, without shapes as types.

    The copy gives the same logits, told no shapes.
    """
    words = network.albert.embeddings.word_embeddings.weight
    shapes = network.albert.embeddings.token_type_embeddings.weight
    numbers = uncased.get_vocab()
    rows = [words[numbers[piece]] for piece in old]
    for form in new:
        shape = Shape.LOWER if form.startswith(CONTINUATION) else shape_of(form)
        rows.append(words[numbers[form.lower()]] + shapes[shape] - shapes[Shape.LOWER])
    config = AlbertConfig.from_dict(network.config.to_dict())
    config.vocab_size, config.type_vocab_size = len(rows), 2
    baked = AlbertForTokenClassification(config)
    weights = network.state_dict()
    weights["albert.embeddings.word_embeddings.weight"] = torch.stack(rows)
    weights["albert.embeddings.token_type_embeddings.weight"] = shapes[[Shape.LOWER] * 2]
    baked.load_state_dict(weights)
    return baked


if __name__ == "__main__":
    sys.exit(main())
