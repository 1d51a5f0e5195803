"""Reads what an output has published, and keeps a copy of it for the job that adds to it."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.files.conditional import ABSENT, has_versions, read_version
from transforms.output.layout import (
    DROPPED_PATH,
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    PartName,
    base_path,
)
from transforms.output.output import Output, sha256
from transforms.output.tables import to_parquet
from transforms.records import PublishedGroup, TableFile

_URI = pa.schema([pa.field("uri", pa.string(), nullable=False)])


@dataclass(frozen=True, slots=True)
class Base:
    """What was published before a job that adds to it.

    Its files are copied, since the job writes new ones over them and may have to be tried again
    after that.

    Attributes:
      id: a digest of the manifest and of the inputs whose rows go.
      first_group: the first number of a group that no part has had.
      drops: whether rows go.
    """

    id: str
    first_group: int
    drops: bool


class OvertakenError(Exception):
    """Another run has changed the output since this one looked at it; nothing is lost."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a job found published when it was planned, which nobody else may have replaced.

    Attributes:
      plan_id: the job's own plan, since it may be done already when a runner tries again.
      base: what it adds to; None where nothing was published.
    """

    output: Output
    plan_id: str
    base: Base | None

    def check(self) -> str:
        """Makes sure that the manifest is still the one that the job was planned on, or its own.

        Returns:
          its version, for a store that compares versions.

        Raises:
          OvertakenError: it is another one.
        """
        data, version = _read(self.output)
        published = data and json.loads(data)["plan"]
        if published not in (self.plan_id, self._plan_of_base()):
            raise OvertakenError(f"another run has published into {self.output.root} meanwhile")
        return version

    def _plan_of_base(self) -> str | None:
        # A repair that has found no manifest adds to one without a plan.
        data = self.output.get(_place(MANIFEST_PATH, self.base)) if self.base else None
        return json.loads(data)["plan"] if data else None


def _read(output: Output) -> tuple[bytes | None, str]:
    uri = output.uri(MANIFEST_PATH)
    if not has_versions(uri):
        return output.get(MANIFEST_PATH), ABSENT
    return read_version(uri) or (None, ABSENT)


def make_base(
    manifest: Mapping[str, Any], dropped: Sequence[str], taken: Iterable[int] = ()
) -> Base:
    """Returns the base of a job that adds to what is published now.

    Args:
      manifest: the manifest as it is now.
      dropped: (input,), the URIs of the inputs whose rows go.
      taken: numbers of groups that other files have in their names, whoever wrote them.
    """
    told = json.dumps([manifest, dropped], sort_keys=True).encode()
    first_group = max([manifest["next_group"], *(number + 1 for number in taken)])
    return Base(sha256(told)[:16], first_group, bool(dropped))


def save_base(
    output: Output,
    base: Base,
    dropped: Sequence[str],
    published: Mapping[str, bytes] | None = None,
) -> None:
    """Copies what is published. This must happen before the job that adds to it begins.

    Args:
      published: what counts as published, by path, where that is not what the files say.

    Raises:
      FileNotFoundError: nothing is published.
      OvertakenError: what is published is not what the base was made of.
    """
    copies = {
        path: published[path] if published else output.require(path)
        for path in (INPUTS_PATH, PARTS_PATH, MANIFEST_PATH)
    }
    if not published and make_base(json.loads(copies[MANIFEST_PATH]), dropped).id != base.id:
        raise OvertakenError(f"another run has published into {output.root} meanwhile")
    for path, data in copies.items():
        output.put(_place(path, base), data)
    output.put(_place(DROPPED_PATH, base), to_parquet(pa.table([pa.array(dropped)], _URI)))


def find_manifest(output: Output) -> dict[str, Any] | None:
    """Returns the manifest of what was published last, None if nothing was."""
    data = output.get(MANIFEST_PATH)
    return None if data is None else json.loads(data)


def load_manifest(output: Output, base: Base | None = None) -> dict[str, Any]:
    """Returns the manifest of what was published last, or of a base.

    Raises:
      FileNotFoundError: nothing was published.
    """
    return json.loads(output.require(_place(MANIFEST_PATH, base)))


def load_parts(output: Output, base: Base | None = None) -> list[TableFile]:
    """Returns the parts that were published last, or those of a base."""
    return parse_parts(output.require(_place(PARTS_PATH, base)))


def parse_parts(data: bytes) -> list[TableFile]:
    """Reads the bytes of parts.parquet; a part that is listed twice counts once."""
    rows = pq.read_table(io.BytesIO(data)).to_pylist()
    return [*dict.fromkeys(TableFile(**row) for row in rows)]


def load_groups(output: Output, base: Base) -> Iterator[PublishedGroup]:
    """Yields the parts of a base by their groups, over all tables, folders and revisions.

    Raises:
      ValueError: parts.parquet has a name that is not the name of a part.
    """
    yield from by_group(load_parts(output, base))


def by_group(parts: Iterable[TableFile]) -> Iterator[PublishedGroup]:
    """Yields parts by their groups, see `load_groups`."""
    groups: dict[PartName, list[TableFile]] = {}
    for part in parts:
        name = PartName.parse(part.path)
        if name is None:
            raise ValueError(f"{part.path} in {PARTS_PATH} is not the name of a part")
        groups.setdefault(name.first_writing(), []).append(part)
    for name, parts in groups.items():
        yield PublishedGroup(name.group, name.part, parts)


def load_inputs(output: Output, base: Base | None = None) -> pa.Table:
    """Returns the rows of inputs.parquet, sorted by URI; those that go are not in a base."""
    inputs = _table(output, _place(INPUTS_PATH, base))
    if base is None:
        return inputs
    return inputs.filter(pc.invert(pc.is_in(inputs["uri"], load_dropped(output, base))))


def load_dropped(output: Output, base: Base) -> pa.Array:
    """Returns the URIs of the inputs whose rows go."""
    return _table(output, _place(DROPPED_PATH, base))["uri"].combine_chunks()


def _place(path: str, base: Base | None) -> str:
    return base_path(base.id, path) if base else path


def _table(output: Output, path: str) -> pa.Table:
    return pq.read_table(io.BytesIO(output.require(path)))
