"""Prints the names in a text: the quick way to see what the pipeline does."""

import argparse
import itertools
import json
import os
import sys
from collections.abc import Iterator

from pipeline.errors import UsageError
from pipeline.models import ModelChoice, add_model_arguments, find_tagger
from transforms.files.documents import read_document
from transforms.files.fields import DocumentFields
from transforms.files.found import RecordError
from transforms.group_entities import group_block
from transforms.model.tags import WordTagger
from transforms.records import Block, Entity, Extent
from transforms.split_sentences import split_block
from transforms.tag_words import tag_block

# ANSI colours: of the usual labels, and of others by their order in the text.
_COLOURS = {"PER": 32, "ORG": 34, "LOC": 35, "MISC": 36}
_OTHER_COLOURS = (33, 31, 92, 94, 95, 96)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="the text (default: standard input)")
    parser.add_argument(
        "--json", action="store_true", help="an entity a line as JSON, as when piped elsewhere"
    )
    add_model_arguments(parser)


def run(args: argparse.Namespace) -> int:
    text = " ".join(args.text) or _read_input()
    tagger = find_tagger(ModelChoice.of(args))
    entities = tag_text(text, tagger)
    if args.json or not sys.stdout.isatty():
        for line in as_json(entities):
            print(line)
    else:
        print(marked(text, entities, in_colour=_has_colours()))
    return 0


def _read_input() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8, at byte {error.start}") from error


def _has_colours() -> bool:
    # https://no-color.org: set to anything but nothing.
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def tag_text(text: str, tagger: WordTagger) -> list[Entity]:
    """Finds the entities of one text, just as the pipeline does.

    Raises:
      UsageError: there is no text, or it is none.
    """
    extent = Extent("standard input", "txt", "", len(text), "", 0, -1)
    try:
        document = read_document({"text": text}, extent, 0, DocumentFields()).document
    except RecordError as error:
        raise UsageError(f"the text: {error.message}") from error
    block = Block("text", 0, 0, [document], b"", [], [])
    return group_block(tag_block(split_block(block), tagger), "").entities


def as_json(entities: list[Entity]) -> Iterator[str]:
    for entity in entities:
        shown = ("text", "label", "score", "start_char", "end_char")
        yield json.dumps({name: getattr(entity, name) for name in shown}, ensure_ascii=False)


def marked(text: str, entities: list[Entity], in_colour: bool = True) -> str:
    """Returns the text with the labels of its entities after them; in brackets without colour."""
    labels = dict.fromkeys(entity.label for entity in entities)
    others = (label for label in labels if label not in _COLOURS)
    colours = {**_COLOURS, **dict(zip(others, itertools.cycle(_OTHER_COLOURS), strict=False))}
    pieces, end = [], 0
    for entity in entities:
        colour = colours[entity.label]
        pieces.append(text[end : entity.start_char])
        if in_colour:
            pieces.append(f"\x1b[1;{colour}m{entity.text}\x1b[0;{colour}m {entity.label}\x1b[0m")
        else:
            pieces.append(f"[{entity.text} {entity.label}]")
        end = entity.end_char
    return "".join([*pieces, text[end:]])
