"""What a run is to do, from what its output holds already: begin, go on, add, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import UsageError
from pipeline.plan import changes
from pipeline.plan.changes import find_changes
from pipeline.plan.clear import clear_job, clear_replaced, clear_staging, find_foreign
from pipeline.plan.inputs import InputFile
from pipeline.plan.plan import Plan, make_plan
from pipeline.plan.plan_file import StoredPlan, load_plan, save_plan
from pipeline.settings import Settings, changed_settings
from transforms.files.storage import exists
from transforms.output.layout import INPUTS_PATH, MANIFEST_PATH, PARTS_PATH
from transforms.output.output import Output
from transforms.output.published import find_manifest, load_inputs, make_base, save_base

_SHOWN_DIFFERENCES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A plan, and what has to be done before workers take it."""

    plan: Plan
    stored: str | None = None  # the plan's id, of one that an earlier run began with
    clears: bool = False  # whether another job is in its way
    dropped: Sequence[str] = ()  # URIs of inputs whose published rows go
    news: str = ""  # in words: what there is to add

    def begin(self, output: Output) -> str:
        """Makes the output ready for the workers; returns the plan's id.

        Raises:
          UsageError: the output cannot be written.
          OSError: what the job before this one left cannot be removed.
        """
        if self.stored:
            return self.stored
        if self.plan.base:
            # Its launcher may have ended before it did: so it is with Dataflow's templates.
            clear_replaced(output)
            clear_staging(output)
        try:
            if self.clears:
                clear_job(output)
            if self.plan.base:
                save_base(output, self.plan.base, self.dropped)
            return save_plan(output, self.plan)
        except Exception as error:  # the libraries of buckets have errors of many classes
            why = f"{type(error).__name__}: {error}"
            raise UsageError(f"--output {output.root} cannot be written: {why}") from error


def next_round(
    output: Output,
    files: Sequence[InputFile],
    settings: Settings,
    *,
    overwrite: bool = False,
    prune: bool = False,
) -> Round | None:
    """Returns what is to be done; None where the output is complete. Writes nothing.

    What an earlier run began is finished first. An output that is complete is added to: inputs
    that are new, and those that have changed in place of what they were.

    Args:
      overwrite: what is in the way may be removed.
      prune: the rows of inputs that are no longer there go.

    Raises:
      UsageError: the output holds another job, which only `overwrite` removes, or what no job
        wrote, which nothing removes.
    """
    manifest = None
    try:
        stored = load_plan(output)
        manifest = find_manifest(output) if stored else None
        done = manifest["plan"] if manifest else None
        found = _in_the_way(output, stored, manifest, files, settings)
    except (KeyError, TypeError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
        stored, found = None, [f"its plan or its manifest cannot be read: {why}"]
    if found:
        if not overwrite:
            raise UsageError(_refusal(output, found))
        return Round(plan=make_plan(files, settings), clears=True)
    if stored is None:
        return Round(plan=make_plan(files, settings))
    if manifest is None or done != stored.id:
        return Round(plan=stored.plan(settings), stored=stored.id)
    if settings.limit is not None:  # its inputs are the first few, which no others follow
        return None
    return _additions(output, stored, manifest, files, settings, prune)


def _in_the_way(
    output: Output,
    stored: StoredPlan | None,
    manifest: dict[str, Any] | None,
    files: Sequence[InputFile],
    settings: Settings,
) -> list[str]:
    """Says why what the output holds can neither be gone on with nor added to."""
    if stored is None:
        foreign = find_foreign(output)
        if foreign:
            raise UsageError(
                f"--output {output.root} holds {foreign}, which no job wrote: choose another place"
            )
        return ["its plan is gone"] if exists(output.uri(MANIFEST_PATH)) else []
    found = changed_settings(stored.settings, settings.as_json())
    if found:
        return found
    if settings.limit is not None:
        rows = make_plan(files, settings).rows
        return changes.changed_inputs(changes.planned(stored.rows()), changes.planned(rows))
    if manifest is None:
        # Nothing is published yet: rather another command than one that forgot some inputs.
        given = {file.stored.uri for file in files}
        return [*changes.gone((e.uri for row in stored.rows() for e in row.extents), given)]
    if manifest["plan"] == stored.id:
        told = (INPUTS_PATH, PARTS_PATH)
        return [f"its {path} is gone" for path in told if not exists(output.uri(path))]
    return []


def _additions(
    output: Output,
    stored: StoredPlan,
    manifest: dict[str, Any],
    files: Sequence[InputFile],
    settings: Settings,
    prune: bool,
) -> Round | None:
    found = find_changes(files, load_inputs(output))
    if not prune:
        found.vanished.clear()
    dropped = [*(file.stored.uri for file in found.changed), *found.vanished]
    if not found.new and not dropped:
        return None
    base = make_base(manifest, dropped)
    to_do = {file.stored.uri for file in (*found.new, *found.changed)}
    plan = make_plan([f for f in files if f.stored.uri in to_do], settings, base, stored.kept)
    return Round(plan=plan, dropped=dropped, news=str(found))


def _refusal(output: Output, found: Sequence[str]) -> str:
    shown = "; ".join(found[:_SHOWN_DIFFERENCES])
    more = len(found) - _SHOWN_DIFFERENCES
    if more > 0:
        shown += f"; and {more} more"
    return (
        f"--output {output.root} holds another job ({shown}): choose another place, or --overwrite"
    )
