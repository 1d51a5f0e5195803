"""The four files that list all the others: whether each is what was written.

The plan has its own sha256, the manifest names the plan and has the sha256 of parts.parquet and of
inputs.parquet, and a copy of all four is named by the manifest's own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from pipeline.plan.plan_file import StoredPlan, load_plan
from transforms.files.storage import exists
from transforms.output.copies import Copy, find_copies, id_of
from transforms.output.layout import (
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    PLAN_PATH,
    RECEIPTS_FOLDER,
)
from transforms.output.output import ALTERED, GONE, Output, sha256
from transforms.output.published import OvertakenError, Turn

_NEEDED = ("plan", "next_group", "counts")

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What was found of the four files.

    Attributes:
      stored: the plan, if it can be read.
      manifest: if it can be read.
      data: the bytes of inputs.parquet and parts.parquet, by path, if they are there.
      copies: of what was published before.
      is_overtaken: whether another run published since the plan was stored, so that nothing of the
        plan may be published any more.
      damage: what is wrong with each that is damaged, by its path.
    """

    stored: StoredPlan | None = None
    manifest: dict[str, Any] | None = None
    data: dict[str, bytes] = field(default_factory=dict)
    copies: Sequence[Copy] = ()
    is_overtaken: bool = False
    damage: dict[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether a plan has been carried out to its end: the stored one, or what overtook it."""
        if self.stored is None or self.manifest is None:
            return False
        return self.is_overtaken or self.manifest["plan"] == self.stored.id

    @property
    def is_published(self) -> bool:
        """Whether a job had come to its end, whatever became of its files."""
        return bool(self.manifest or self.copies or MANIFEST_PATH in self.damage)

    @property
    def copy(self) -> Copy | None:
        """Returns the copy of what the manifest, or else the plan, says was published last."""
        known = {self.manifest["plan"] if self.manifest else None}
        known |= {self.stored.id} if self.stored else set()
        fitting = [copy for copy in self.copies if copy.manifest["plan"] in known]
        return next(iter(fitting or self.copies), None)


def read_lists(output: Output) -> Lists:
    """Reads the four files; writes nothing."""
    stored, wrong_plan = _try(partial(load_plan, output))
    data, wrong_manifest = output.get(MANIFEST_PATH), None
    manifest = None
    if data is not None:
        manifest, wrong_manifest = _try(partial(_parse, data))
    copies = find_copies(output)
    overtaken = manifest is not None and stored is not None and _is_overtaken(output, stored)
    lists = Lists(stored=stored, manifest=manifest, copies=copies, is_overtaken=overtaken)
    wrong_manifest = wrong_manifest or _wrong_manifest(lists, data, output)
    published = lists.is_published or wrong_manifest
    if stored is None and published:
        wrong_plan = wrong_plan or GONE
    damage = {PLAN_PATH: wrong_plan, MANIFEST_PATH: wrong_manifest}
    found = {path: data for path in (INPUTS_PATH, PARTS_PATH) if (data := output.get(path))}
    if lists.is_complete and not any(damage.values()):
        damage |= {path: _wrong_list(found.get(path), path, lists) for path in _listed()}
    return Lists(
        stored=stored,
        manifest=manifest,
        data=found,
        copies=copies,
        is_overtaken=overtaken,
        damage={path: why for path, why in damage.items() if why},
    )


def fits(data: bytes | None, path: str, manifest: Mapping[str, Any]) -> bool:
    """Tells whether inputs.parquet or parts.parquet is the one that a manifest was written with."""
    told = manifest.get("sha256", {}).get(path)  # the first releases had none
    return data is not None and told in (None, sha256(data))


def _listed() -> tuple[str, str]:
    return INPUTS_PATH, PARTS_PATH


def _try(read: Callable[[], _Read]) -> tuple[_Read | None, str | None]:
    try:
        return read(), None
    except (KeyError, TypeError, ValueError, OSError) as error:
        # Bytes that are no Parquet raise an OSError without a number.
        if isinstance(error, OSError) and (type(error) is not OSError or error.errno):
            raise
        return None, f"cannot be read: {type(error).__name__}: {error}"


def _parse(data: bytes) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(data)
    for name in _NEEDED:
        manifest[name]
    return manifest


def _wrong_manifest(lists: Lists, data: bytes | None, output: Output) -> str | None:
    if data is None:
        return GONE if lists.copies or (lists.stored and _has_ended(output)) else None
    plans = {lists.manifest["plan"] if lists.manifest else None}
    plans |= {lists.stored.id} if lists.stored else set()
    others = (copy for copy in lists.copies if copy.manifest["plan"] in plans)
    return ALTERED if any(copy.id != id_of(data) for copy in others) else None


def _has_ended(output: Output) -> bool:
    # A first job that goes on has receipts from when it writes its first list to its end.
    return exists(output.uri(PARTS_PATH)) and not output.names(RECEIPTS_FOLDER)


def _is_overtaken(output: Output, stored: StoredPlan) -> bool:
    try:
        Turn(output, stored.id, stored.base).check()
    except OvertakenError:
        return True
    return False


def _wrong_list(data: bytes | None, path: str, lists: Lists) -> str | None:
    if data is None:
        return GONE
    return None if lists.manifest and fits(data, path, lists.manifest) else ALTERED
