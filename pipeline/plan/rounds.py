"""A round: a plan, and what makes the output ready for the workers that carry it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from pipeline.errors import UsageError
from pipeline.plan.clear import clear_job, clear_replaced, clear_staging
from pipeline.plan.decide import Addition, FirstJob, Resume, Work
from pipeline.plan.plan import Plan, make_plan
from pipeline.plan.plan_file import save_plan
from pipeline.settings import Settings
from transforms.output.layout import TEMPORARY_FOLDER
from transforms.output.output import Output
from transforms.output.published import save_base


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A plan, and what has to be done before workers take it.

    Attributes:
      stored: the plan's id, if an earlier run stored it and so made the output ready.
      clears: whether another job is in its way.
      dropped: URIs of inputs whose published rows go.
      news: in words, what there is to add; empty but for an addition.
      published: what counts as published, by path; for a repair, which leaves out what is lost.
    """

    plan: Plan
    stored: str | None = None
    clears: bool = False
    dropped: Sequence[str] = ()
    news: str = ""
    published: Mapping[str, bytes] | None = None

    def begin(self, output: Output) -> str:
        """Makes the output ready for the workers; returns the plan's id.

        Raises:
          UsageError: the output cannot be written.
          OSError: what the job before this one left cannot be removed.
        """
        if self.stored:
            output.remove(TEMPORARY_FOLDER)  # what was being written when the run was killed
            return self.stored
        if self.plan.base:
            # The launcher of the job before may have ended first, as Dataflow's templates do.
            clear_replaced(output)
            clear_staging(output)
        try:
            if self.clears:
                clear_job(output)
            if self.plan.base:
                save_base(output, self.plan.base, self.dropped, self.published)
            return save_plan(output, self.plan)
        except (OSError, ImportError) as error:
            why = f"{type(error).__name__}: {error}"
            raise UsageError(f"--output {output.root} cannot be written: {why}") from error


def plan_round(todo: Work, settings: Settings) -> Round:
    """Makes the plan that was decided on; it reads inputs, and writes nothing.

    Raises:
      UsageError: the inputs cannot be planned, see `make_plan`.
    """
    match todo:
        case Resume(stored):
            return Round(plan=stored.plan(settings), stored=stored.id)
        case FirstJob(files, clears):
            return Round(plan=make_plan(files, settings), clears=clears)
        case Addition(files, dropped, base, kept, news):
            plan = make_plan(files, settings, base, kept)
            return Round(plan=plan, dropped=dropped, news=news)
        case _:
            assert_never(todo)
