"""What an output published last, whatever became of the files that say so."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DamagedError, UsageError
from pipeline.plan.damage import sizes_of_tables
from pipeline.plan.lists import Lists, fits
from pipeline.plan.plan_file import StoredPlan, parse_plan
from pipeline.settings import Settings
from transforms.output.layout import (
    BASE_FOLDER,
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    PLAN_PATH,
    PartName,
    is_part,
)
from transforms.output.output import Output, sha256
from transforms.output.published import parse_parts
from transforms.output.tables import to_parquet, to_table
from transforms.records import DOCUMENTS_SCHEMA, PARTS_SCHEMA, TABLES, TableFile


# Without slots, so that what is read once can be kept.
@dataclass(frozen=True, kw_only=True)
class Published:
    """What was published last.

    Attributes:
      manifest: its manifest; of one that is lost, only what an addition has to know.
      data: the bytes of each list that was found, by path. Where they are not what lies there now,
        they come from a copy, or were made anew of what else there is.
      settings: of the job.
      kept: the kept columns that the tables have.
      stored: the plan of the last job, if it could be found.
    """

    manifest: dict[str, Any]
    data: dict[str, bytes]
    settings: Settings
    kept: pa.Schema
    stored: StoredPlan | None

    @cached_property
    def inputs(self) -> pa.Table:
        return pq.read_table(io.BytesIO(self.data[INPUTS_PATH]))

    @cached_property
    def parts(self) -> list[TableFile]:
        return parse_parts(self.data[PARTS_PATH])


def find_published(output: Output, lists: Lists) -> Published:
    """Finds what an output published last: as it lies there, in copies, or from what else is there.

    Raises:
      UsageError: no job has come to its end there.
      DamagedError: what is lost is told by nothing else.
    """
    if not lists.is_published:
        raise UsageError(
            f"{output.root} holds no job that has come to its end: the command that began it goes "
            "on with it"
        )
    manifest, data = _find_manifest(output, lists)
    data |= {
        path: _require(output, path, _find_list(output, path, lists, manifest))
        for path in (INPUTS_PATH, PARTS_PATH)
    }
    stored, plan = _find_plan(output, lists)
    data |= plan
    if stored:
        settings, kept = stored.settings, stored.kept
    else:
        settings = _settings_of(_require(output, PLAN_PATH, lists.manifest))
        kept = _kept_of(output, settings, parse_parts(data[PARTS_PATH]))
    return Published(
        manifest=manifest,
        data=data,
        settings=Settings.of_json(settings),
        kept=kept,
        stored=stored,
    )


def _require(output: Output, path: str, found: Any) -> Any:
    if found is None:
        raise DamagedError(
            f"{output.uri(path)} is damaged, and there is no copy of it: what it listed cannot be "
            "known. The command that made the output makes it anew with --overwrite"
        )
    return found


def _find_manifest(output: Output, lists: Lists) -> tuple[dict[str, Any], dict[str, bytes]]:
    if MANIFEST_PATH not in lists.damage:
        assert lists.manifest
        return lists.manifest, {MANIFEST_PATH: output.require(MANIFEST_PATH)}
    if lists.copy is None:
        return {"plan": None, "next_group": _next_group(output)}, {}
    data = lists.copy.get(output, MANIFEST_PATH)
    assert data
    return lists.copy.manifest, {MANIFEST_PATH: data}


def _next_group(output: Output) -> int:
    """Returns a number that no part in the tables' folders has in its name."""
    names = (PartName.parse(path) for path in sizes_of_tables(output) if is_part(path))
    return 1 + max((max(name.group, name.round or 0) for name in names if name), default=-1)


def _find_list(
    output: Output, path: str, lists: Lists, manifest: Mapping[str, Any]
) -> bytes | None:
    for data in _candidates(output, path, lists):
        if data is not None and fits(data, path, manifest):
            return data
    return None


def _candidates(output: Output, path: str, lists: Lists) -> Iterator[bytes | None]:
    yield lists.data.get(path)
    for copy in lists.copies:
        yield copy.get(output, path)
    for name in output.names(BASE_FOLDER):
        if name.rpartition("/")[2] == path:
            yield output.get(f"{BASE_FOLDER}/{name}")
    if path == PARTS_PATH:  # the files themselves tell it, as long as they are what they were
        yield _list_again(output)


def _list_again(output: Output) -> bytes:
    paths = [path for path in sizes_of_tables(output) if is_part(path)]
    parts = [part for path in paths if (part := _describe(output, path))]
    parts.sort(key=lambda part: (TABLES.index(part.table), part.path))
    return to_parquet(to_table(parts, PARTS_SCHEMA))


def _describe(output: Output, path: str) -> TableFile | None:
    data = output.require(path)
    try:
        rows = pq.read_metadata(io.BytesIO(data)).num_rows
    except (pa.ArrowException, OSError):
        return None
    return TableFile(path.partition("/")[0], path, rows, len(data), sha256(data))


def _find_plan(output: Output, lists: Lists) -> tuple[StoredPlan | None, dict[str, bytes]]:
    if PLAN_PATH not in lists.damage:
        return lists.stored, {}
    data = lists.copy.get(output, PLAN_PATH) if lists.copy else None
    return (parse_plan(data), {PLAN_PATH: data}) if data else (None, {})


def _settings_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the settings of a job that a manifest tells of; see `Job.header`."""
    model = dict(manifest["model"])
    named = {
        "model": model["id"],
        "model_revision": model["revision"],
        "model_fingerprint": model["fingerprint"],
        "labels": model["labels"],
        "precision": model["precision"],
    }
    return {**manifest["settings"], **manifest["versions"], **named}


def _kept_of(output: Output, settings: Mapping[str, Any], parts: Iterable[TableFile]) -> pa.Schema:
    """Returns the kept columns that the parts have; no part holds those that name folders."""
    columns = [column for _, column in Settings.of_json(settings).kept]
    found: dict[str, pa.Field] = {}
    for data in (output.get(part.path) for part in parts if part.table == "documents"):
        try:
            schema = pq.read_schema(io.BytesIO(data or b""))
        except (pa.ArrowException, OSError):
            continue
        found = {each.name: each for each in [*schema][len(DOCUMENTS_SCHEMA) :]}
        break
    return pa.schema([found.get(name, pa.field(name, pa.string())) for name in columns])
