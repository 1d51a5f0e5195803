"""Keeps copies of a finished job's plan and of the files that list the rest, for a repair.

All else in an output can be made again from its inputs. These files cannot: they alone tell which
inputs, in which state, and with which settings.
"""

import json
from dataclasses import dataclass
from typing import Any

from transforms.output.layout import (
    COPY_FOLDER,
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    PLAN_PATH,
    copy_path,
)
from transforms.output.output import ALTERED, Output, sha256

# The manifest comes last, so that a copy which has one is whole.
COPIED = (INPUTS_PATH, PARTS_PATH, PLAN_PATH, MANIFEST_PATH)


@dataclass(frozen=True, slots=True)
class Copy:
    """The copies that were made when a job had ended.

    Attributes:
      id: the first 16 digits of the sha256 of the manifest.
      manifest: as it was then.
    """

    id: str
    manifest: dict[str, Any]

    def get(self, output: Output, path: str) -> bytes | None:
        """Returns the copy of a file, None if it is gone or not what was copied."""
        data = output.get(copy_path(self.id, path))
        return data if data is not None and sha256(data).startswith(self.digest(path)) else None

    def digest(self, path: str) -> str:
        """Returns the sha256 of a file, or its beginning."""
        if path == MANIFEST_PATH:
            return self.id
        if path == PLAN_PATH:
            return str(self.manifest["plan"])
        return str(self.manifest["sha256"][path])


def id_of(manifest: bytes) -> str:
    """Returns the name of the copy that has this manifest."""
    return sha256(manifest)[:16]


def save_copy(output: Output) -> None:
    """Copies what lists a finished job; does nothing where that is copied already.

    Raises:
      OSError: a copy cannot be written, or an old one not be removed.
      ValueError: what is to be copied is damaged.
    """
    data = {path: output.require(path) for path in COPIED}
    copy = Copy(id_of(data[MANIFEST_PATH]), json.loads(data[MANIFEST_PATH]))
    for path in COPIED:
        if not sha256(data[path]).startswith(copy.digest(path)):
            raise ValueError(f"{output.uri(path)} {ALTERED}")
        if copy.get(output, path) is None:
            output.put(copy_path(copy.id, path), data[path])
    for other in {*_ids(output)} - {copy.id}:
        output.remove(f"{COPY_FOLDER}/{other}")


def find_copies(output: Output) -> list[Copy]:
    """Returns the copies whose manifest is as it was copied; there is one, or none.

    Where a run was killed after it had made a new copy, the old one is there too.
    """
    return [copy for each in _ids(output) if (copy := _load(output, each))]


def damaged_copies(output: Output) -> list[str]:
    """Returns the paths of the copies that are gone, or not what was copied."""
    found: list[str] = []
    for each in _ids(output):
        copy = _load(output, each)
        if copy is None:
            found.append(copy_path(each, MANIFEST_PATH))
        else:
            gone = (path for path in COPIED if copy.get(output, path) is None)
            found += [copy_path(each, path) for path in gone]
    return found


def _ids(output: Output) -> list[str]:
    return [*dict.fromkeys(name.partition("/")[0] for name in output.names(COPY_FOLDER))]


def _load(output: Output, copy_id: str) -> Copy | None:
    data = output.get(copy_path(copy_id, MANIFEST_PATH))
    return Copy(copy_id, json.loads(data)) if data and id_of(data) == copy_id else None
