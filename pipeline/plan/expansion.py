"""How many times as long the compressed inputs of a plan get, measured on a sample."""

import contextlib
import statistics
from collections.abc import Sequence
from typing import TypeVar

from pipeline.plan.plan import EXPANSION, Plan
from transforms.files.found import READ_ERRORS
from transforms.files.storage import expansion

_Item = TypeVar("_Item")

_FILES = 5
_BYTES_A_FILE = 1 << 20


def measure_expansion(plan: Plan) -> float:
    """Decompresses the beginnings of some streams; what cannot be read says nothing.

    The plan itself is made with a fixed number, so that it does not depend on what can be read.
    """
    streams = {
        extent.uri: extent
        for row in plan.rows
        if row.stripe == 0
        for extent in row.extents
        if extent.is_stream and extent.compression
    }
    found: list[float] = []
    for extent in spread([*streams.values()], _FILES):
        with contextlib.suppress(*READ_ERRORS):
            found.append(expansion(extent.uri, extent.compression, _BYTES_A_FILE))
    return statistics.mean(found) if found else EXPANSION


def spread(items: Sequence[_Item], count: int) -> list[_Item]:
    """Returns at most so many items, evenly from a list."""
    step = max(1.0, len(items) / count)
    return [items[int(step * (index + 0.5))] for index in range(min(count, len(items)))]
