"""Keeps the figures of a part in a file, so that what was measured outlives what fails."""

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class NotMeasured(Exception):
    """There is a reason not to measure something, which is no failure."""


class Figures:
    """The rows of a part by their names, which are saved after each.

    A row has figures, or `not_measured` with the reason, or `error`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows: dict[str, Row] = {}

    def put(self, name: str, **row: Any) -> None:
        self.rows[name] = self.rows.get(name, {}) | row
        # The file is replaced whole, because the process may be stopped at any time.
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(self.rows))
        new.replace(self._path)

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Runs one measurement; what goes wrong becomes its row, and the others go on.

        It catches every exception: on a GPU one cannot tell which ones a trial raises.
        """
        try:
            yield
        except NotMeasured as reason:
            self.put(name, not_measured=str(reason))
        except Exception as error:
            lines = "".join(traceback.format_exception(error)[-4:])
            message = f"{type(error).__name__}: {error}".strip()
            self.put(name, error=message[:500], traceback=lines[-3000:])


def read_figures(path: Path) -> dict[str, Row]:
    """Returns the rows of a part, none where it was stopped before its first."""
    rows: dict[str, Row] = json.loads(path.read_text()) if path.exists() else {}
    return rows
