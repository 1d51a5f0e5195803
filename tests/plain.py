"""Makes lists and dictionaries of records, so that those with columns can be compared."""

import dataclasses
from typing import Any

import numpy as np
import pyarrow as pa


def plain(value: Any) -> Any:
    """Returns a value with dictionaries for records, and lists for arrays and tables."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.to_pylist() if isinstance(value, pa.Table) else value
