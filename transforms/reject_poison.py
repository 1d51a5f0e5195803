"""RejectPoison: finds the documents that end their process, and makes rejects of them.

A block is marked before the other stages get it. If it has the marks of two attempts and no
receipt, it has ended its process twice, or somebody else has. Then each of its documents is tried
alone in a process of its own (transforms/trial.py). Those that end that one too become rejects,
and the others go on as a block.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

import apache_beam as beam
import pyarrow as pa
from apache_beam.metrics import Metrics

from transforms.errors import HopelessError
from transforms.files.found import excerpt
from transforms.model.tags import WordTagger
from transforms.output.attempts import Attempts
from transforms.output.output import Output
from transforms.records import RECORD, TAGGING, Block, Document, InputCount, Reject
from transforms.trial import NoTrialError, Recipe, Trial
from transforms.watch import Watch

# So many attempts without a success are no accident: of a block, or of a document alone.
_ATTEMPTS = 2
# If so many documents and more than half of those tried are poison, something else is at fault.
_TELLING_DOCUMENTS = 3

_LOGGER = logging.getLogger(__name__)


@dataclass(eq=False, kw_only=True)
class RejectPoison(beam.PTransform):
    """Passes blocks on, without the documents that end their process.

    It also ends a process in which a block hangs, see `Watch`. That is for the stages that are
    fused with this one, as they are on all runners that have been tried.
    """

    output: Output
    plan_id: str
    load_tagger: Callable[[], WordTagger]
    languages: tuple[str, ...]
    line_breaks: str
    stall_minutes: float  # without progress, after which the process ends

    def expand(self, blocks: beam.PCollection[Block]) -> beam.PCollection[Block]:
        attempts = Attempts(self.output, self.plan_id)
        seconds = 60 * self.stall_minutes
        recipe = Recipe(self.load_tagger, self.languages, self.line_breaks, seconds)
        return blocks | "Try" >> beam.ParDo(_RejectPoison(attempts, recipe))


class _RejectPoison(beam.DoFn):
    def __init__(self, attempts: Attempts, recipe: Recipe) -> None:
        self._attempts = attempts
        self._recipe = recipe
        self._documents = Metrics.counter("news", "documents")
        self._rejects = Metrics.counter("news", "rejects")

    def setup(self) -> None:
        self._watch = Watch(self._recipe.stall_seconds)

    def process(self, block: Block) -> Iterator[Block]:
        if is_doubtful(block, self._attempts):
            block = self._without_poison(block)
        with self._watch.over(_name(block)):
            yield block

    def teardown(self) -> None:
        self._watch.close()

    def _without_poison(self, block: Block) -> Block:
        _LOGGER.warning("%s ended its process: each document is tried alone", _name(block))
        try:
            with closing(Trial(self._recipe)) as trial:
                poison = find_poison(block, self._attempts, trial.run)
        except NoTrialError as error:
            _LOGGER.warning("no process to try it in (%s): it goes on as it is", error)
            return block
        self._documents.dec(len(poison))
        self._rejects.inc(len(poison))
        return reject_documents(block, poison)


def is_doubtful(block: Block, attempts: Attempts) -> bool:
    """Marks that an attempt at a block begins; tells whether earlier ones are a reason for doubt.

    One is, where poison was found before: a plan with much of it would need many starts.
    """
    earlier = attempts.begin(block.id)
    return earlier >= _ATTEMPTS or (earlier > 0 and attempts.has_poison())


def find_poison(
    block: Block, attempts: Attempts, try_document: Callable[[Document], str]
) -> dict[int, str]:
    """Tries each document of a block, with a mark while it is tried.

    Args:
      try_document: returns how a document ended its process, "" if it did not.

    Returns:
      A message for each document, by index, that had its attempts and ended all of them.

    Raises:
      HopelessError: most documents do that, so that none of them is at fault.
    """
    poison: dict[int, str] = {}
    for index, document in enumerate(block.documents):
        message = _try_often(block.id, document, attempts, try_document)
        if message:
            attempts.tell_poison()
            poison[index] = message
            _LOGGER.warning("document %r (%s): %s", document.id, document.uri, message)
        if len(poison) >= _TELLING_DOCUMENTS and 2 * len(poison) > index + 1:
            for one in poison:
                attempts.forget(block.id, block.documents[one].key)
            raise HopelessError(
                f"{len(poison)} of the first {index + 1} documents of {_name(block)} end the "
                f"process in which each is tried alone, the last one with: {message}"
            )
    return poison


def _try_often(
    block_id: str,
    document: Document,
    attempts: Attempts,
    try_document: Callable[[Document], str],
) -> str:
    """Returns why a document is poison, "" if it is none."""
    end = ""
    # Where a machine without memory kills all processes at once, the marks of earlier starts tell.
    while attempts.begin(block_id, document.key) < _ATTEMPTS:
        end = try_document(document)
        if not end:
            attempts.forget(block_id, document.key)
            return ""
    return f"it ended its process {_ATTEMPTS} times when it was tried alone{end and f': {end}'}"


def reject_documents(block: Block, reasons: Mapping[int, str]) -> Block:
    """Makes rejects of some documents of a block.

    Args:
      reasons: a message for each of them, by index.
    """
    if not reasons:
        return block
    stays = [index for index in range(len(block.documents)) if index not in reasons]
    gone = Counter(block.documents[index].uri for index in reasons)
    return replace(
        block,
        documents=[block.documents[index] for index in stays],
        kept=_take(block.kept, stays),
        rejects=[*block.rejects, *(_reject(block.documents[i], why) for i, why in reasons.items())],
        inputs=[_less(count, gone[count.uri]) for count in block.inputs],
    )


def _take(kept: bytes, rows: list[int]) -> bytes:
    """Returns some rows of an Arrow IPC stream as another."""
    table = pa.ipc.open_stream(kept).read_all().take(pa.array(rows, pa.int64()))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def _reject(document: Document, message: str) -> Reject:
    return Reject(
        RECORD,
        TAGGING,
        "poison",
        message,
        document.uri,
        position=document.position,
        document_key=document.key,
        document_id=document.id,
        excerpt=excerpt(document.fields[0].text),
    )


def _less(count: InputCount, documents: int) -> InputCount:
    return replace(
        count, documents=count.documents - documents, rejected=count.rejected + documents
    )


def _name(block: Block) -> str:
    """Names a block by its id and the documents in it."""
    ids = [repr(document.id) for document in block.documents]
    if not ids:
        return f"block {block.id}, which has no documents"
    return f"block {block.id} (documents {ids[0]} to {ids[-1]} of {block.documents[0].uri})"
