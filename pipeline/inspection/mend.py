"""From what is wrong with an output to the round that mends it.

An input whose rows are lost is like one that has changed: its rows go, and it is tagged again. So
a repair is an addition to what is left.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import DamagedError, UsageError
from pipeline.inspection.inspect_output import Inspection
from pipeline.plan.inputs import InputFile
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import plan_bytes
from pipeline.plan.rounds import Round
from pipeline.settings import Settings
from pipeline.wording import amount
from transforms.files.places import StoredFile
from transforms.files.remote import RefusedError, StoreError
from transforms.files.storage import stat
from transforms.output.layout import (
    COPY_FOLDER,
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    PLAN_PATH,
    STRAYS_FOLDER,
)
from transforms.output.output import Output, sha256
from transforms.output.published import make_base
from transforms.output.tables import to_parquet, to_table
from transforms.read_plan import plan_id_of
from transforms.records import PARTS_SCHEMA, TABLES
from transforms.write_manifest import describe_counts

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Sources:
    """The inputs whose rows are to be tagged again.

    Attributes:
      files: as they are now; those that are lost, as they were.
      lost: the URIs of those that cannot be read any more.
    """

    files: list[InputFile]
    lost: list[str]


def find_sources(found: Inspection) -> Sources:
    """Looks for the inputs that have to be tagged again.

    Raises:
      UsageError: a remote store does not tell, and may later.
    """
    files: list[InputFile] = []
    lost: list[str] = []
    for old in _old_files(found):
        now = _look_at(old.stored.uri)
        files.append(InputFile(now or old.stored, old.format, old.compression))
        lost += [] if now else [old.stored.uri]
    return Sources(files, lost)


def refuse_loss(sources: Sources) -> None:
    """Refuses to take out the rows that are left of inputs which cannot be read any more.

    Raises:
      DamagedError: there are such inputs.
    """
    if sources.lost:
        more = ", ..." if len(sources.lost) > _SHOWN else ""
        raise DamagedError(
            f"{amount(len(sources.lost), 'input')} with lost rows cannot be read any more "
            f"({', '.join(sources.lost[:_SHOWN])}{more}): bring them back, or --drop_lost takes "
            "out what is left of their rows"
        )


def needs_round(found: Inspection) -> bool:
    """Tells whether anything has to be written anew but what there are copies of."""
    published = found.published
    return bool(
        found.inputs
        or found.unlisted
        or len(found.sound) < len(published.parts)
        or published.stored is None
        or MANIFEST_PATH not in published.data
        # The manifest or parts.parquet is what was written, and yet it says what is not so.
        or {each.path for each in found.findings}
        & {MANIFEST_PATH, PARTS_PATH, INPUTS_PATH} - found.lists.damage.keys()
    )


def plan_repair(found: Inspection, sources: Sources, settings: Settings) -> Round:
    """Plans the round that tags inputs again; what is damaged counts as not published.

    Raises:
      UsageError: the inputs cannot be planned, see `make_plan`.
    """
    parts = sorted(found.sound, key=lambda part: (TABLES.index(part.table), part.path))
    data = {
        INPUTS_PATH: found.published.data[INPUTS_PATH],
        PARTS_PATH: to_parquet(to_table(parts, PARTS_SCHEMA)),
    }
    manifest = {
        **found.published.manifest,
        "counts": describe_counts(found.counts, parts, data[INPUTS_PATH]),
        "sha256": {path: sha256(listed) for path, listed in data.items()},
    }
    dropped = sorted({file.stored.uri for file in sources.files} | found.unlisted)
    base = make_base(manifest, dropped)
    plan = make_plan(sources.files, settings, base, found.published.kept)
    plan_id = plan_id_of(plan_bytes(plan))
    begun = found.lists.stored and found.lists.stored.id == plan_id
    return Round(
        plan=plan,
        stored=plan_id if begun else None,
        dropped=dropped,
        news=f"repair, {amount(len(dropped), 'input')}",
        published=data | {MANIFEST_PATH: json.dumps(manifest, ensure_ascii=False).encode()},
    )


def restore_lists(output: Output, found: Inspection) -> list[str]:
    """Writes the lists as they were; returns the paths of those that were otherwise."""
    data = found.published.data
    # The manifest comes last, as when a job ends.
    paths = [path for path in (PLAN_PATH, INPUTS_PATH, PARTS_PATH, MANIFEST_PATH) if path in data]
    restored = [path for path in paths if output.get(path) != data[path]]
    for path in restored:
        output.put(path, data[path])
    return restored


def move_strays(output: Output, strays: Iterable[str]) -> None:
    """Moves strays to where no reader looks; nobody but a person deletes them."""
    for path in strays:
        output.put(f"{STRAYS_FOLDER}/{path}", output.require(path))
        output.remove(path)


def clear_copies(output: Output) -> None:
    """Removes all copies, of which some are damaged; they are made anew."""
    output.remove(COPY_FOLDER)


def _old_files(found: Inspection) -> list[InputFile]:
    """Returns the inputs to tag again, as they were; of a job with --limit, all of them."""
    published = found.published
    rows = {row["uri"]: row for row in published.inputs.to_pylist() if row["uri"] in found.inputs}
    if rows and published.settings.limit is not None:
        # Which inputs hold the first records is told by all of them only, in the plan's order.
        rows = {row["uri"]: row for row in published.inputs.to_pylist()}
        if published.stored:
            order = dict.fromkeys(e.uri for row in published.stored.rows() for e in row.extents)
            rows = {uri: rows[uri] for uri in order if uri in rows}
    return [_old_file(row) for row in rows.values()]


def _old_file(row: dict) -> InputFile:
    name, dot, compression = row["format"].partition(".")
    size = -1 if row["size"] is None else row["size"]
    return InputFile(StoredFile(row["uri"], size, row["version"] or ""), name, dot + compression)


def _look_at(uri: str) -> StoredFile | None:
    try:
        return stat(uri)
    except StoreError as error:
        raise UsageError(f"input {uri} cannot be read now: {error}") from error
    except (RefusedError, OSError):
        return None
