"""Reads texts whose entities are marked, from JSON lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.errors import UsageError
from pipeline.evaluation.mentions import Mention
from transforms.files.documents import read_document
from transforms.files.fields import DocumentFields
from transforms.files.file_names import format_of
from transforms.files.formats import parse
from transforms.files.found import Found, RecordError
from transforms.files.places import normalise
from transforms.files.storage import open_input
from transforms.records import Extent
from transforms.text.names import plain_name


@dataclass(frozen=True, slots=True)
class GoldText:
    """A text whose entities are marked.

    Attributes:
      mentions: what is to be found in it, in the order of the text, without overlaps.
      kind: the kind of text, of which there are figures apart; None if its line has none.
      place: the file and the line, for messages.
    """

    text: str
    mentions: list[Mention]
    kind: str | None
    place: str


def read_gold(path: str) -> list[GoldText]:
    """Reads a file of JSON lines, compressed or not, wherever the pipeline reads.

    A line is `{"text": ..., "entities": [{"start": ..., "end": ..., "label": ...}]}`, perhaps
    with a "kind"; offsets count code points, half-open. Other keys are ignored.

    Raises:
      UsageError: the file cannot be read, a line is not of that form, an entity is not within
        its text or shares characters with another, or there is no text.
    """
    texts = [
        parse_gold(line, f"{path}, line {number}")
        for number, line in enumerate(_read_lines(path), start=1)
        if line.strip()
    ]
    if not texts:
        raise UsageError(f"{path} holds no text: expected a JSON object a line")
    return texts


def parse_gold(line: bytes, place: str) -> GoldText:
    """Reads one line; `place` names it in errors.

    Raises:
      UsageError: as `read_gold`.
    """
    extent = Extent(place, "jsonl", "", len(line), "", 0, -1)
    try:
        values = parse(extent, Found(0, line))
        document = read_document(values, extent, 0, DocumentFields()).document
    except RecordError as error:
        raise UsageError(f"{place}: {error.reason.replace('_', ' ')}: {error.message}") from error
    [text_field] = document.fields
    mentions = _read_mentions(values.get("entities"), text_field.text, place)
    return GoldText(text_field.text, mentions, _read_kind(values, place), place)


def _read_lines(path: str) -> list[bytes]:
    _, compression = format_of(path) or ("", "")
    try:
        with open_input(normalise(path), compression) as stream:
            return list(stream)
    except Exception as error:  # stores and decompressors raise errors of their own
        raise UsageError(f"cannot read {path}: {error}") from error


def _read_mentions(entities: Any, text: str, place: str) -> list[Mention]:
    if not isinstance(entities, list):
        raise UsageError(f'{place}: expected a list as "entities", got {entities!r}')
    mentions = [_read_mention(entity, text, place) for entity in entities]
    mentions.sort(key=lambda mention: mention.start)
    for one, other in pairwise(mentions):
        if other.start < one.end:
            raise UsageError(
                f"{place}: the entities {one.name!r} ({one.start} to {one.end}) and "
                f"{other.name!r} ({other.start} to {other.end}) overlap"
            )
    return mentions


def _read_mention(entity: Any, text: str, place: str) -> Mention:
    match entity:
        # Python counts JSON's true and false among the integers.
        case {"start": bool()} | {"end": bool()}:
            pass
        case {"start": int(start), "end": int(end), "label": str(label)} if label:
            if 0 <= start < end <= len(text):
                return Mention(label, start, end, plain_name(text[start:end]))
            raise UsageError(
                f"{place}: expected 0 <= start < end <= {len(text)}, the length of the text, "
                f"got {entity!r}"
            )
    raise UsageError(
        f'{place}: expected an entity with integers "start" and "end" and a string "label", '
        f"got {entity!r}"
    )


def _read_kind(values: Mapping[str, Any], place: str) -> str | None:
    kind = values.get("kind")
    if kind is None or (isinstance(kind, str) and kind):
        return kind
    raise UsageError(f'{place}: expected a string as "kind", got {kind!r}')
