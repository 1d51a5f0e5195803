"""The last line of a terminal, which says what this process is doing while it does it.

The library rich draws it on standard error. What else is printed meanwhile stands above it.
"""

import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it takes a tenth of a second to load, and many commands never need it
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live

_REFRESHES_A_SECOND = 4
_LEAST_BAR, _MOST_BAR = 10, 40
_GAP = "  "
# What somebody types, as ^C, is echoed there.
_FREE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a process is doing, and how far it is.

    Attributes:
      share: of the work, what is done, 0 to 1; None where nobody knows.
      amount, speed, left: in words, what is done, how fast it goes and how long it will take.
    """

    doing: str
    share: float | None = None
    amount: str = ""
    speed: str = ""
    left: str = ""


def choose_parts(status: Status, width: int) -> tuple[list[str], int]:
    """Chooses what of a status fits into a line: what it is doing first, and the speed last.

    Returns:
      What stands behind the bar, and the bar's width; 0 is none.
    """
    room = width - _FREE - len(status.doing)
    percent = "" if status.share is None else f"{int(100 * status.share):3}%"
    shown = {"percent": percent, "left": "", "amount": "", "speed": ""}
    room -= len(_GAP + percent) if percent else 0
    has_bar = bool(percent) and room >= len(_GAP) + _LEAST_BAR
    room -= len(_GAP) + _LEAST_BAR if has_bar else 0
    for name in ("left", "amount", "speed"):
        part = getattr(status, name)
        if part and room >= len(_GAP + part):
            shown[name] = part
            room -= len(_GAP + part)
    bar = min(_MOST_BAR, _LEAST_BAR + room) if has_bar else 0
    order = ("percent", "amount", "speed", "left")
    return [shown[name] for name in order if shown[name]], bar


class _Line:
    """Draws the status for whatever width the terminal has by then."""

    def __init__(self, status: Status) -> None:
        from rich.spinner import Spinner

        self.status = status
        self._spinner = Spinner("dots")

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        status, width = self.status, options.max_width
        spins = status.share is None and not options.ascii_only
        parts, bar = choose_parts(status, width - 2 if spins else width)
        doing = Text(status.doing, no_wrap=True, overflow="ellipsis")
        cells: list[object] = [self._spinner] if spins else []
        cells.append(doing)
        if bar:
            cells.append(ProgressBar(total=1.0, completed=status.share or 0.0, width=bar))
        cells += [Text(part, no_wrap=True) for part in parts]
        grid = Table.grid(padding=(0, len(_GAP), 0, 0), pad_edge=False)
        if spins:
            grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
        grid.add_row(*cells)  # type: ignore[arg-type]
        yield from console.render(grid, options.update(max_width=max(1, width - _FREE)))


class _Display:
    """The line of this process, if it has one now."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._live: Live | None = None
        self._line: _Line | None = None

    def show(self, status: Status) -> None:
        with self._lock:
            if self._live is None or self._line is None:
                self._line = _Line(status)
                self._live = _start(self._line)
            self._line.status = status

    def print_above(self, text: str) -> bool:
        from rich.text import Text

        with self._lock:
            if self._live is None:
                return False
            self._live.console.print(Text(text), soft_wrap=True, highlight=False)
            return True

    def clear(self) -> None:
        with self._lock:
            if self._live is not None:
                self._live.stop()
            self._live = self._line = None


def _start(line: _Line) -> "Live":
    from rich.console import Console
    from rich.live import Live

    class Steady(Console):
        """Leaves the cursor where it is seen: a process that is killed could not bring it back."""

        def show_cursor(self, show: bool = True) -> bool:
            return False

    live = Live(
        line,
        console=Steady(file=sys.stderr, force_terminal=True),
        refresh_per_second=_REFRESHES_A_SECOND,
        transient=True,
        # Standard output may be a file.
        redirect_stdout=False,
        redirect_stderr=False,
    )
    live.start(refresh=True)
    return live


_DISPLAY = _Display()


def show(status: Status) -> None:
    """Shows a status in the last line of the terminal, until another one or `clear`."""
    _DISPLAY.show(status)


def print_above(text: str) -> bool:
    """Prints a text above the line; does nothing and returns False where there is no line."""
    return _DISPLAY.print_above(text)


def clear() -> None:
    """Removes the line, if there is one."""
    _DISPLAY.clear()
