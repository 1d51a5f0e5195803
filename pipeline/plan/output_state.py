"""What an output holds when a run begins: looked at once, and then only decided on."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.plan.changes import Identities, planned
from pipeline.plan.clear import find_foreign
from pipeline.plan.damage import damaged_parts, find_unlisted, sizes_of_tables, split_unlisted
from pipeline.plan.inputs import InputFile
from pipeline.plan.lists import Lists, fits, read_lists
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import StoredPlan
from pipeline.settings import Settings, changed_settings
from transforms.output.layout import INPUTS_PATH, PARTS_PATH, RUN_FOLDER, base_path
from transforms.output.output import Output
from transforms.output.published import Base, load_manifest, parse_parts
from transforms.records import TABLES, TableFile


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputState:
    """What an output holds.

    Attributes:
      foreign: what no job wrote and is in a job's way.
      broken: why a job that has published nothing cannot be gone on with.
      damage: what is wrong with files that were published, by path.
      strays: files in readers' way that no job is known to have written.
      stored: the plan of the last round.
      manifest: of what was published last.
      published: the rows of inputs.parquet, of an output that is complete.
      limited: for a job with --limit, the inputs that a plan made now would have.
    """

    foreign: str | None = None
    broken: str | None = None
    damage: Mapping[str, str] = field(default_factory=dict)
    strays: Sequence[str] = ()
    stored: StoredPlan | None = None
    manifest: dict[str, Any] | None = None
    published: pa.Table | None = None
    limited: Identities | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a plan has been carried out to its end: the stored one, or what overtook it."""
        return self.published is not None


def look(output: Output, files: Sequence[InputFile], settings: Settings) -> OutputState:
    """Looks at an output; writes nothing.

    Args:
      files: the listing, which a job with --limit is planned from.
    """
    links = (f"{name} as a link" for name in (RUN_FOLDER, *TABLES) if output.is_link(name))
    foreign = next(links, None) or find_foreign(output)
    if foreign:
        return OutputState(foreign=foreign)
    lists = read_lists(output)
    if not lists.is_published:
        why = "; ".join(f"its {path} {why}" for path, why in lists.damage.items())
        return OutputState(stored=lists.stored, broken=why or None)
    if lists.damage:
        return OutputState(damage=lists.damage)
    damage, strays = _look_at_parts(output, lists)
    if damage:
        return OutputState(damage=damage, strays=strays)
    assert lists.stored
    return OutputState(
        strays=strays,
        stored=lists.stored,
        manifest=lists.manifest,
        published=pq.read_table(io.BytesIO(lists.data[INPUTS_PATH])) if lists.is_complete else None,
        limited=_limited(files, settings, lists.stored),
    )


def _look_at_parts(output: Output, lists: Lists) -> tuple[dict[str, str], list[str]]:
    """Says what is wrong with the parts that a run would add to, and which files are strays."""
    assert lists.stored
    sizes = sizes_of_tables(output)
    base = lists.stored.base
    parts = parse_parts(lists.data[PARTS_PATH]) if PARTS_PATH in lists.data else []
    _, strays = split_unlisted(output, find_unlisted(parts, sizes), lists.stored)
    if lists.is_complete:
        return damaged_parts(parts, sizes), strays
    if base is None:
        return {}, strays
    damage = _look_at_base(output, base)
    return damage or damaged_parts(_base_parts(output, base), sizes), strays


def _look_at_base(output: Output, base: Base) -> dict[str, str]:
    """Says what is wrong with the copies from which an addition works."""
    manifest = load_manifest(output, base)
    paths = {path: base_path(base.id, path) for path in (INPUTS_PATH, PARTS_PATH)}
    return {
        copy: "is not what was copied"
        for path, copy in paths.items()
        if not fits(output.get(copy), path, manifest)
    }


def _base_parts(output: Output, base: Base) -> list[TableFile]:
    return parse_parts(output.require(base_path(base.id, PARTS_PATH)))


def _limited(
    files: Sequence[InputFile], settings: Settings, stored: StoredPlan
) -> Identities | None:
    # Only reading the inputs tells which of them hold the first records.
    if settings.limit is None or changed_settings(stored.settings, settings.as_json()):
        return None
    return planned(make_plan(files, settings).rows)
