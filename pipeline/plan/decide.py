"""What a run is to do, decided from what its output holds, the inputs and the settings.

                    nothing there ──────────────────────────────► FirstJob
                    a plan, not carried out to its end ─────────► Resume
    an output       complete, and there is something new ───────► Addition
                    complete, and nothing is new ───────────────► NothingToDo
                    damaged ────────────────────────────────────► Damaged
                    another job's, or what no job wrote ────────► Refused
                    any of these two, and it may be overwritten ► FirstJob, which clears it

After a Resume the run looks again, since the plan that it carried out does not know the inputs
that have come since; so a Resume may be followed by an Addition.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline.plan.changes import changed_inputs, find_changes, gone, planned
from pipeline.plan.damage import numbers_of
from pipeline.plan.inputs import InputFile
from pipeline.plan.other_job import Differences, find_differences
from pipeline.plan.output_state import OutputState
from pipeline.plan.plan_file import StoredPlan
from pipeline.settings import Settings
from transforms.output.published import Base, make_base

_SHOWN_REASONS = 10


@dataclass(frozen=True, slots=True)
class FirstJob:
    """A plan is made of all inputs; what another job wrote goes first if it `clears`."""

    files: Sequence[InputFile]
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Resume:
    """The stored plan is carried out to its end."""

    stored: StoredPlan


@dataclass(frozen=True, slots=True)
class Addition:
    """A plan is made of the inputs that are new or have changed.

    Attributes:
      files: the inputs to tag.
      dropped: URIs of inputs whose published rows go.
      base: what is published now.
      kept: the kept columns that the tables have.
      news: in words, what there is to add.
    """

    files: Sequence[InputFile]
    dropped: Sequence[str]
    base: Base
    kept: pa.Schema
    news: str


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """The output is complete, with these inputs and settings."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The output holds what a run must not touch.

    Attributes:
      reasons: in words, what is in the way; empty where only flags differ.
      may_overwrite: whether --overwrite would remove it.
      flags: how this command's flags differ from those of the job that is there.
    """

    reasons: Sequence[str]
    may_overwrite: bool
    flags: Differences = field(default_factory=Differences)

    def message(self, root: str, contents: str) -> str:
        """Says what is in the way in the output at `root`, and what to change.

        Args:
          contents: in words, what --overwrite would delete.
        """
        if not self.may_overwrite:
            return f"--output {root} holds {self._shown}, which no job wrote: choose another place"
        first = f"--output {root} holds another job."
        return "\n".join([first, *self._told(), self._way_out(contents)])

    @property
    def _shown(self) -> str:
        more = len(self.reasons) - _SHOWN_REASONS
        return "; ".join(self.reasons[:_SHOWN_REASONS]) + (f"; and {more} more" if more > 0 else "")

    def _told(self) -> Iterator[str]:
        """Yields what differs, a line for the flags of each command."""
        had, has = " ".join(self.flags.had), " ".join(self.flags.has)
        if had:
            yield f"It was made with {had}" + ("" if has else ", which this command lacks.")
        if has:
            yield f"This command has {has}" + ("" if had else ", which it was made without.")
        if self.flags.others:
            yield f"What made it differs: {'; '.join(self.flags.others)}."
        if self.reasons:
            yield f"{self._shown}."

    def _way_out(self, contents: str) -> str:
        fits = "give the flags that it was made with, to add to it; or "
        first = fits if self.flags and not self.flags.others else ""
        told = f"{first}choose another --output; or --overwrite, which deletes {contents}."
        return told[0].upper() + told[1:]


@dataclass(frozen=True, slots=True)
class Damaged:
    """Files of the output are not what a job wrote: by path, what is wrong with each."""

    damage: Mapping[str, str]


Work = FirstJob | Resume | Addition
Decision = Work | NothingToDo | Refused | Damaged


def decide(
    state: OutputState,
    files: Sequence[InputFile],
    settings: Settings,
    *,
    overwrite: bool = False,
    prune: bool = False,
) -> Decision:
    """Decides what a run does. A pure function: it neither reads nor writes anything.

    Args:
      files: the inputs as they are now.
      overwrite: another job's files may be removed.
      prune: the rows of inputs that are no longer there go.
    """
    if state.foreign:
        return Refused([state.foreign], may_overwrite=False)
    if state.damage:
        return FirstJob(files, clears=True) if overwrite else Damaged(state.damage)
    flags = _differing_flags(state, settings)
    reasons = [state.broken] if state.broken else [] if flags else _reasons(state, files)
    if flags or reasons:
        if overwrite:
            return FirstJob(files, clears=True)
        return Refused(reasons, may_overwrite=True, flags=flags)
    if state.stored is None:
        return FirstJob(files)
    if not state.is_complete:
        return Resume(state.stored)
    # The inputs of a job with --limit are the first few, which no others follow.
    if settings.limit is not None:
        return NothingToDo()
    return _addition(state, files, prune)


def _differing_flags(state: OutputState, settings: Settings) -> Differences:
    if state.stored is None:
        return Differences()
    return find_differences(state.stored.settings, settings.as_json())


def _reasons(state: OutputState, files: Sequence[InputFile]) -> Sequence[str]:
    """Says why what a job left can neither be gone on with nor added to, with these settings."""
    if state.stored is None:
        return []
    if state.limited is not None:
        return changed_inputs(planned(state.stored.rows()), state.limited)
    if state.manifest is None:
        # Nothing is published yet: this may be a command that forgot some inputs.
        given = {file.stored.uri for file in files}
        return [*gone((e.uri for row in state.stored.rows() for e in row.extents), given)]
    return []


def _addition(
    state: OutputState, files: Sequence[InputFile], prune: bool
) -> Addition | NothingToDo:
    assert state.stored
    assert state.manifest
    assert state.published is not None
    found = find_changes(files, state.published)
    if not prune:
        found.vanished.clear()
    dropped = [*(file.stored.uri for file in found.changed), *found.vanished]
    if not found.new and not dropped:
        return NothingToDo()
    to_do = {file.stored.uri for file in (*found.new, *found.changed)}
    return Addition(
        files=[file for file in files if file.stored.uri in to_do],
        dropped=dropped,
        base=make_base(state.manifest, dropped, numbers_of(state.strays)),
        kept=state.stored.kept,
        news=str(found),
    )
