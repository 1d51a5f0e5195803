"""Reads a page whose markup is like no article's in a process of its own, which has limits.

The libraries take time in the square of what some pages hold: thousands of tags within one
another, or of attributes in one tag. Of usual pages none does, and a process costs a second.
"""

import json
import os
import re
import resource
import subprocess
import sys

from transforms.files.main_text import find_main_text
from transforms.files.page_text import PageText

# Pages of news have up to 4,000 elements and 700,000 characters beside their scripts.
_MAX_CHARS = 1 << 21
_MAX_BRACKETS = 20_000
_LONG_TAG = re.compile(r"<[^<>]{4096,}")
_MAX_ATTRIBUTES = 300

CPU_SECONDS = 30
_MEMORY_BYTES = 4 << 30
_NO_MEMORY = 3  # the exit code of a process that found none
_PROGRAM = "from transforms.files.page_guard import serve; serve()"


class GuardError(Exception):
    """A page is beyond the limits."""


def find_guarded(page: PageText, url: str | None) -> dict[str, str | None] | None:
    """Returns what `find_main_text` does, within limits of time and memory.

    Raises:
      GuardError: the page is beyond them.
    """
    return _find_apart(page, url) if is_suspicious(page.html) else find_main_text(page, url)


def is_suspicious(html: str) -> bool:
    """Tells whether a page is so large or so odd that it may take minutes."""
    return (
        len(html) > _MAX_CHARS
        or html.count("<") > _MAX_BRACKETS
        or html.count(">") > _MAX_BRACKETS
        or any(len(tag[0].split()) > _MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(html))
    )


def _find_apart(page: PageText, url: str | None) -> dict[str, str | None] | None:
    paths = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps([page.html, page.linked, url]).encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONSAFEPATH": "1"},
    )
    # It was ended by a signal, or found no memory. Anything else is a mistake of ours.
    if done.returncode < 0 or done.returncode == _NO_MEMORY:
        raise GuardError(f"the page takes over {CPU_SECONDS} s or {_MEMORY_BYTES >> 30} GiB")
    if done.returncode:
        raise RuntimeError(f"reading a page failed: {done.stderr.decode(errors='replace')}")
    answer: dict[str, str | None] | None = json.loads(done.stdout)
    return answer


def serve() -> None:
    """Is the process: reads a page from the standard input, and writes its fields."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    html, linked, url = json.loads(sys.stdin.buffer.read())
    try:
        found = find_main_text(PageText(html, linked), url)
    except (MemoryError, RecursionError):
        sys.exit(_NO_MEMORY)
    json.dump(found, sys.stdout)
