"""Tags standard input, a document a line, and writes a JSON line for each."""

import json
import logging
import select
import time
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from typing import TextIO

from pipeline.status_line import StatusLine
from pipeline.tag import as_json
from pipeline.wording import amount
from transforms.model.tags import WordTagger
from transforms.tag_texts import TaggedText, tag_texts

# This fills the batches of the model, and takes two cores about four seconds, so that something is
# soon to be seen.
_BATCH_BYTES = 1 << 17

_LOGGER = logging.getLogger(__name__)


def tag_lines(source: BufferedReader, sink: TextIO, load_tagger: Callable[[], WordTagger]) -> None:
    """Writes for each line `{"entities": [...]}`, in order; blank lines have no entities.

    A line that cannot be tagged has an "error" as well, which says why, and the rest goes on.
    """
    tagger = load_tagger()
    status = StatusLine()
    start = time.monotonic()
    lines = failed = size = 0
    for batch in read_batches(source):
        for record in tag_batch(batch, tagger):
            failed += "error" in record
            print(json.dumps(record, ensure_ascii=False), file=sink)
        sink.flush()
        lines += len(batch)
        size += sum(map(len, batch))
        if status.is_due:
            speed = round(size / (time.monotonic() - start))
            status.show(f"{amount(lines, 'line')}, {amount(speed, 'byte')}/s")
    status.clear()
    if failed:
        _LOGGER.warning('%s could not be tagged: see their "error"', amount(failed, "line"))


def read_batches(source: BufferedReader) -> Iterator[list[bytes]]:
    """Yields lines without their ends, as many as are there at once: a slow writer is not awaited.

    Args:
      source: buffered, as standard input is.
    """
    rest = b""
    while data := _read_ready(source):
        *lines, rest = (rest + data).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


def tag_batch(lines: Sequence[bytes], tagger: WordTagger) -> Iterator[dict[str, object]]:
    """Yields a record for each line."""
    texts = [_decode(line) for line in lines]
    tagged = iter(tag_texts([text for text in texts if isinstance(text, str)], tagger))
    for text in texts:
        if isinstance(text, str):
            yield _record(next(tagged))
        else:
            yield {"entities": [], "error": f"not UTF-8, at byte {text.start}"}


def _record(tagged: TaggedText) -> dict[str, object]:
    record: dict[str, object] = {"entities": list(as_json(tagged.entities))}
    if tagged.failures:
        first = tagged.failures[0]
        where = f"in the sentence from {first.start} to {first.end}"
        record["error"] = f"the model failed {where}: {first.message}"
    return record


def _decode(line: bytes) -> str | UnicodeDecodeError:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        return error


def _read_ready(source: BufferedReader) -> bytes:
    """Reads what is there, up to a batch; waits only while nothing is."""
    data = source.read1(_BATCH_BYTES)
    while 0 < len(data) < _BATCH_BYTES and select.select([source], [], [], 0)[0]:
        more = source.read1(_BATCH_BYTES - len(data))
        if not more:
            break
        data += more
    return data
