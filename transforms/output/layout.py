"""Names every file of an output, and reads those names. No other module spells them.

entities/part-00007.parquet                  a part: the rows of plan group 7
entities/source=Gazette/part-00007-0003-r00012.parquet
                                             a part in a partition's folder; it is the third
                                             further one of a long stream, and was written anew
                                             in round 12
inputs.parquet  parts.parquet  manifest.json
report.html                                  the page of figures, if one was asked for
_run/lease.json                              who is working on the output
_run/plan.parquet
_run/base/BASE/...                           copies of what was published before
_run/copy/COPY/...                           copies of the plan and of the files that list the rest
_run/strays/...                              files that a repair moved out of readers' way
_run/parts/PLAN/00000/BLOCK-TABLE-SHA.parquet    staged files
_run/receipts/PLAN/00000/BLOCK.json
_run/attempts/PLAN/00000/BLOCK-0.json            a mark: the first attempt at a block begins
_run/attempts/PLAN/00000/BLOCK-DOCUMENT-0.json   the same of a document that is tried alone
_run/attempts/PLAN/poison.json                   a document was found that ends its process
_run/tmp/                                    files that are being written
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from transforms.records import TABLES

MANIFEST_PATH = "manifest.json"
PARTS_PATH = "parts.parquet"
INPUTS_PATH = "inputs.parquet"
REPORT_PATH = "report.html"
RUN_FOLDER = "_run"
LEASE_PATH = "_run/lease.json"
PLAN_PATH = "_run/plan.parquet"
RECEIPTS_FOLDER = "_run/receipts"
ATTEMPTS_FOLDER = "_run/attempts"
STAGED_FOLDER = "_run/parts"
BASE_FOLDER = "_run/base"
TEMPORARY_FOLDER = "_run/tmp"
COPY_FOLDER = "_run/copy"
STRAYS_FOLDER = "_run/strays"
# This file lies beside the copies of what was published: the URIs of the inputs whose rows go.
DROPPED_PATH = "dropped.parquet"

# One group of parts holds the rows of so much input. With the sentences' text, these are about
# 128 MB.
GROUP_BYTES = 256 << 20

_PART_NAME = re.compile(r"part-(\d{5,})(?:-(\d{4,}))?(?:-r(\d{5,}))?\.parquet")
_PARTITION = re.compile(r"[^/=]+=[^/]*")


@dataclass(frozen=True, slots=True)
class PartName:
    """The name of a part.

    Attributes:
      group: the plan group whose rows it holds. No other group of the output ever has its number.
      part: 0, or the number of a further part of the group, which a long stream makes.
      round: the first group of the addition that wrote the rows anew, None if none did.
    """

    group: int
    part: int = 0
    round: int | None = None

    def __str__(self) -> str:
        further = f"-{self.part:04d}" if self.part else ""
        again = "" if self.round is None else f"-r{self.round:05d}"
        return f"part-{self.group:05d}{further}{again}.parquet"

    @classmethod
    def parse(cls, path: str) -> Self | None:
        """Reads the name at the end of a path; returns None if it is not the name of a part.

        >>> PartName.parse("entities/part-00007-r00012.parquet")
        PartName(group=7, part=0, round=12)
        """
        found = _PART_NAME.fullmatch(path.rpartition("/")[2])
        if found is None:
            return None
        group, part, again = found.groups()
        return cls(int(group), int(part or 0), int(again) if again else None)

    def first_writing(self) -> Self:
        """Returns the name that these rows had at first, which all their revisions share."""
        return replace(self, round=None)

    def path(self, table: str, partition: str = "") -> str:
        """Returns the path of the part in a table's folder, or in a folder of that one."""
        return "/".join([table, *([partition] if partition else []), str(self)])


def is_part(path: str) -> bool:
    """Tells whether a path is that of a part, in the folder of a table or of its partitions.

    >>> is_part("entities/source=Gazette/part-00000.parquet"), is_part("entities/mine.parquet")
    (True, False)
    """
    table, *partitions = folder_of(path).split("/")
    return (
        table in TABLES
        and all(map(_PARTITION.fullmatch, partitions))
        and PartName.parse(path) is not None
    )


def folder_of(path: str) -> str:
    """Returns the folder of a path, "" if it has none."""
    return path.rpartition("/")[0]


def folders_above(path: str) -> Iterator[str]:
    """Yields the folders above a path, from the top, and then the path.

    >>> [*folders_above("a/b/c.txt")]
    ['a', 'a/b', 'a/b/c.txt']
    """
    return itertools.accumulate(path.split("/"), "{}/{}".format)


def block_id(first_row: int, item: int, ordinal: int) -> str:
    """Names a block by its place in the plan; the names sort in the plan's order."""
    return f"{first_row:08d}-{item:05d}-{ordinal:07d}"


def receipts_folder(plan_id: str) -> str:
    """Returns the folder that holds the receipts of a plan."""
    return f"{RECEIPTS_FOLDER}/{plan_id}"


def receipt_path(plan_id: str, block: str) -> str:
    """Returns the path of a block's receipt."""
    return f"{receipts_folder(plan_id)}/{_shelf(block)}/{block}.json"


def attempt_path(plan_id: str, block: str, document: str, number: int) -> str:
    """Returns the path of the mark of an attempt at a block, or at a document of it."""
    name = "-".join([block, *([document] if document else []), str(number)])
    return f"{ATTEMPTS_FOLDER}/{plan_id}/{_shelf(block)}/{name}.json"


def poison_path(plan_id: str) -> str:
    """Returns the path of the file that is there once a document was found to be poison."""
    return f"{ATTEMPTS_FOLDER}/{plan_id}/poison.json"


def staged_path(plan_id: str, block: str, table: str, sha256: str) -> str:
    """Returns the path of a block's staged rows.

    The path contains their sha256, so that a second try writes beside the first and never over it.
    """
    return f"{STAGED_FOLDER}/{plan_id}/{_shelf(block)}/{block}-{table}-{sha256[:16]}.parquet"


def base_path(base_id: str, path: str) -> str:
    """Returns the path of the copy of a published file, from which an addition works."""
    return f"{BASE_FOLDER}/{base_id}/{path}"


def copy_path(copy_id: str, path: str) -> str:
    """Returns the path of the copy of a file, from which a damaged one is mended."""
    return f"{COPY_FOLDER}/{copy_id}/{path.rpartition('/')[2]}"


def _shelf(block: str) -> str:
    # Each thousand rows of the plan share a folder, so that many rows do not make one huge folder.
    return block[:5]
