"""What an output holds when a run begins: looked at once, and then only decided on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from pipeline.plan.changes import Identities, planned
from pipeline.plan.clear import find_foreign
from pipeline.plan.inputs import InputFile
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import StoredPlan, load_plan
from pipeline.settings import Settings, changed_settings
from transforms.files.storage import exists
from transforms.output.layout import INPUTS_PATH, MANIFEST_PATH, PARTS_PATH
from transforms.output.output import Output
from transforms.output.published import OvertakenError, Turn, find_manifest, load_inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputState:
    """What an output holds.

    Attributes:
      foreign: what no job wrote and is in a job's way.
      broken: why a job's own files cannot be gone on with.
      stored: the plan of the last round.
      manifest: of what was published last.
      is_overtaken: whether another run published since the plan was stored, so that nothing of the
        plan may be published any more.
      published: the rows of inputs.parquet, of an output that is complete.
      limited: for a job with --limit, the inputs that a plan made now would have.
    """

    foreign: str | None = None
    broken: str | None = None
    stored: StoredPlan | None = None
    manifest: dict[str, Any] | None = None
    is_overtaken: bool = False
    published: pa.Table | None = None
    limited: Identities | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a plan has been carried out to its end: the stored one, or what overtook it."""
        if self.stored is None or self.manifest is None:
            return False
        return self.is_overtaken or self.manifest["plan"] == self.stored.id


def look(output: Output, files: Sequence[InputFile], settings: Settings) -> OutputState:
    """Looks at an output; writes nothing.

    Args:
      files: the listing, which a job with --limit is planned from.
    """
    try:
        return _look(output, files, settings)
    except (KeyError, TypeError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
        return OutputState(broken=f"its plan or its manifest cannot be read: {why}")


def _look(output: Output, files: Sequence[InputFile], settings: Settings) -> OutputState:
    stored = load_plan(output)
    if stored is None:
        foreign = find_foreign(output)
        left = not foreign and exists(output.uri(MANIFEST_PATH))
        return OutputState(foreign=foreign, broken="its plan is gone" if left else None)
    state = OutputState(
        stored=stored,
        manifest=find_manifest(output),
        is_overtaken=_is_overtaken(output, stored),
        limited=_limited(files, settings, stored),
    )
    if state.manifest is None and stored.base:
        return replace(state, broken=f"its {MANIFEST_PATH} is gone")
    if not state.is_complete:
        return state
    gone = [path for path in (INPUTS_PATH, PARTS_PATH) if not exists(output.uri(path))]
    if gone:
        return replace(state, broken=f"its {' and '.join(gone)} is gone")
    return replace(state, published=load_inputs(output))


def _is_overtaken(output: Output, stored: StoredPlan) -> bool:
    try:
        Turn(output, stored.id, stored.base).check()
    except OvertakenError:
        return True
    return False


def _limited(
    files: Sequence[InputFile], settings: Settings, stored: StoredPlan
) -> Identities | None:
    # Only reading the inputs tells which of them hold the first records.
    if settings.limit is None or changed_settings(stored.settings, settings.as_json()):
        return None
    return planned(make_plan(files, settings).rows)
