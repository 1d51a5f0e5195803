"""Prints the names in a text: the quick way to see what the pipeline does."""

import argparse
import json
import sys
from collections.abc import Iterator

from pipeline.arguments import add_model_arguments
from pipeline.errors import UsageError
from pipeline.evaluate import find_tagger
from transforms.documents import DocumentFields, read_document
from transforms.formats import RecordError
from transforms.group import group_block
from transforms.records import Block, Entity, Extent
from transforms.split import split_block
from transforms.tag import Tagger, tag_block

# ANSI colours, by label in the order of meeting them.
_COLOURS = (32, 34, 35, 36, 33)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="the text (default: standard input)")
    parser.add_argument(
        "--json", action="store_true", help="an entity a line as JSON, as when piped elsewhere"
    )
    add_model_arguments(parser)


def run(args: argparse.Namespace) -> int:
    text = " ".join(args.text) or sys.stdin.read()
    tagger = find_tagger(
        args.model, args.model_revision, args.label_names, args.device, args.precision
    )
    entities = tag_text(text, tagger)
    if args.json or not sys.stdout.isatty():
        for line in as_json(entities):
            print(line)
    else:
        print(coloured(text, entities))
    return 0


def tag_text(text: str, tagger: Tagger) -> list[Entity]:
    """Finds the entities of one text, just as the pipeline does.

    Raises:
      UsageError: there is no text, or it is none.
    """
    extent = Extent("standard input", "txt", "", len(text), "", 0, -1)
    try:
        document = read_document({"text": text}, extent, 0, DocumentFields()).document
    except RecordError as error:
        raise UsageError(f"the text: {error.message}") from error
    block = Block("text", 0, 0, [document], b"", [], [], 0)
    return group_block(tag_block(split_block(block), tagger), "").entities


def as_json(entities: list[Entity]) -> Iterator[str]:
    for entity in entities:
        shown = ("text", "label", "score", "start_char", "end_char")
        yield json.dumps({name: getattr(entity, name) for name in shown}, ensure_ascii=False)


def coloured(text: str, entities: list[Entity]) -> str:
    """Returns the text with its entities coloured and their labels after them."""
    labels = list(dict.fromkeys(entity.label for entity in entities))
    pieces, end = [], 0
    for entity in entities:
        colour = _COLOURS[labels.index(entity.label) % len(_COLOURS)]
        pieces += [text[end : entity.start_char], f"\x1b[1;{colour}m{entity.text}"]
        pieces += [f"\x1b[0;{colour}m {entity.label}\x1b[0m"]
        end = entity.end_char
    return "".join([*pieces, text[end:]])
