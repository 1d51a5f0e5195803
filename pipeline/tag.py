"""Prints the names in a text: the quick way to see what the pipeline does."""

import argparse
import itertools
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from io import BufferedReader
from typing import TYPE_CHECKING, cast

from pipeline.errors import ExitCode, UsageError
from pipeline.models import ModelChoice, add_model_arguments, find_tagger
from pipeline.terminal import printable

if TYPE_CHECKING:  # loaded when there is something to tag
    from transforms.tag_texts import TaggedText, TextEntity

# ANSI colours of the usual labels; others take theirs by their order in the text.
_COLOURS = {"PER": 32, "ORG": 34, "LOC": 35, "MISC": 36}
_OTHER_COLOURS = (33, 31, 92, 94, 95, 96)

_LOGGER = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `tag`."""
    parser.add_argument("text", nargs="*", help="the text (default: standard input)")
    parser.add_argument(
        "--lines",
        action="store_true",
        help="read a document a line from standard input, and write a JSON line for each",
    )
    parser.add_argument(
        "--json", action="store_true", help="an entity a line as JSON, as when piped elsewhere"
    )
    add_model_arguments(parser)


def run(args: argparse.Namespace) -> ExitCode:
    """Prints the entities of a text, or of each line.

    Raises:
      UsageError: there is no text, or the model or device is unfit.
    """
    choice = ModelChoice.of(args)
    if args.lines:
        if args.text:
            raise UsageError("--lines reads standard input, and takes no text beside it")
        from pipeline.tag_lines import tag_lines

        tag_lines(cast(BufferedReader, sys.stdin.buffer), sys.stdout, lambda: find_tagger(choice))
        return ExitCode.DONE
    text = " ".join(args.text) or _read_input()
    if not text.strip():
        raise UsageError("there is no text to tag")
    from transforms.tag_texts import check_text, tag_texts

    try:
        check_text(text)
    except ValueError as error:
        raise UsageError(f"the text {error}") from error
    [tagged] = tag_texts([text], find_tagger(choice))
    _show(text, tagged, args.json or not sys.stdout.isatty())
    return ExitCode.DONE


def _show(text: str, tagged: "TaggedText", as_lines: bool) -> None:
    for failure in tagged.failures:
        _LOGGER.warning(
            "the model failed on %r: %s", text[failure.start : failure.end], failure.message
        )
    if as_lines:
        for entity in as_json(tagged.entities):
            print(json.dumps(entity, ensure_ascii=False))
    else:
        print(marked(text, tagged.entities, in_colour=_has_colours()))


def _read_input() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8, at byte {error.start}") from error


def _has_colours() -> bool:
    # https://no-color.org asks for a value that is not empty.
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def as_json(entities: "Sequence[TextEntity]") -> Iterator[dict[str, object]]:
    """Yields entities as JSON has them, by the names of the tables' columns."""
    for entity in entities:
        yield {
            "text": entity.text,
            "label": entity.label,
            "score": entity.score,
            "start_char": entity.start,
            "end_char": entity.end,
        }


def marked(text: str, entities: "Sequence[TextEntity]", in_colour: bool = True) -> str:
    """Returns the text with the labels of its entities after them; in brackets without colour."""
    labels = dict.fromkeys(entity.label for entity in entities)
    others = (label for label in labels if label not in _COLOURS)
    colours = {**_COLOURS, **dict(zip(others, itertools.cycle(_OTHER_COLOURS), strict=False))}
    pieces, end = [], 0
    for entity in entities:
        colour = colours[entity.label]
        name, label = printable(entity.text), printable(entity.label)
        pieces.append(printable(text[end : entity.start]))
        if in_colour:
            pieces.append(f"\x1b[1;{colour}m{name}\x1b[0;{colour}m {label}\x1b[0m")
        else:
            pieces.append(f"[{name} {label}]")
        end = entity.end
    return "".join([*pieces, printable(text[end:])])
