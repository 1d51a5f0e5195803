"""Draws docs/assets/terminal.svg: what a terminal shows while `./run_local.sh` tags the examples.

python docs/terminal_picture.py

The command is really run, in a terminal of its own, and the library rich draws what it has written:
the lines that stay, and between them the progress as it was half-way. Only the folder's name is
another one. The picture names no font to be fetched, since pages show it where nothing may be.
"""

import io
import os
import pty
import re
import shlex
import struct
import sys
import tempfile
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "assets" / "terminal.svg"
COLUMNS, ROWS = 80, 24
FOLDER = "~/news-entities"
_SHOWN_PERCENT = 60
_ERASE = "\r\x1b[2K"

# Rich's own, without the font that it fetches.
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" role="img" \
xmlns="http://www.w3.org/2000/svg">
<title>A terminal in which ./run_local.sh tags the examples</title>
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    font-size: {char_height}px;
    line-height: {line_height}px;
}}
.{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 18px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def flags_of_script(script: str) -> list[str]:
    """Returns the flags that run_local.sh gives the command when it has none itself.

    >>> flags_of_script("    set -- --input a \\\\\\n        --output b\\nfi")
    ['--input', 'a', '--output', 'b']
    """
    [given] = re.findall(r"^ *set -- ((?:.*\\\n)*.*)$", script, re.MULTILINE)
    return shlex.split(given.replace("\\\n", " "))


def run(flags: list[str], folder: Path) -> str:
    """Runs the command in a terminal; returns all that it writes there.

    Raises:
      RuntimeError: the command failed.
    """
    process, terminal = pty.fork()
    if process == 0:
        ioctl(1, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
        os.chdir(folder)
        os.execv(sys.executable, [sys.executable, "-P", "-m", "pipeline", *flags])
    written = b""
    while data := _read(terminal):
        written += data
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if code:
        raise RuntimeError(f"the command ended with {code}:\n{written.decode()}")
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # so a terminal ends
        return b""


def lines_of(written: str) -> list[str]:
    """Returns the lines that stay, and after the first of them the progress at about half-way.

    Rich goes back to the beginning of the last row and erases it, `\\r ESC[2K`, before it draws
    anything; when it ends, it goes to the next row and back, `\\n \\r ESC[1A ESC[2K`.
    """
    written = written.replace("\r\n", "\n")
    drawn = re.sub(r"(\r\x1b\[2K)?[^\r\n]*\n\r?\x1b\[1A\x1b\[2K", _ERASE, written)
    pieces = drawn.split(_ERASE)
    stay = [line for piece in pieces for line in piece.split("\n")[:-1]]
    progress = [piece for piece in pieces if "\n" not in piece and _percent(piece) is not None]
    if progress:
        stay[1:1] = [min(progress, key=lambda line: abs((_percent(line) or 0) - _SHOWN_PERCENT))]
    return stay


def _percent(line: str) -> int | None:
    found = re.search(r"(\d+)%", line)
    return int(found[1]) if found else None


def draw(lines: list[str]) -> str:
    """Returns a picture of a terminal with these lines, which may have colours."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    console.print(Text.assemble(("$ ", "bold green"), ("./run_local.sh", "bold")))
    for line in lines:
        for row in _rows(Text.from_ansi(line)):
            console.print(row, no_wrap=True, highlight=False)
    return console.export_svg(
        title="news-entities", theme=MONOKAI, code_format=FORMAT, unique_id="terminal"
    )


def _rows(line: Text) -> Iterator[Text]:
    """Yields a line as a terminal folds it."""
    yield from line.divide(range(COLUMNS, len(line), COLUMNS))


def main() -> None:
    """Runs the command on a copy of the examples, and writes the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "examples").symlink_to(ROOT / "examples")
        flags = flags_of_script((ROOT / "run_local.sh").read_text())
        written = run(flags, folder).replace(str(folder), FOLDER)
    PICTURE.write_text(draw(lines_of(written)), encoding="utf-8")


if __name__ == "__main__":
    main()
