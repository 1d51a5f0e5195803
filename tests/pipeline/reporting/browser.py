"""A browser for the tests of the page; they are skipped where there is none."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def browsing() -> Iterator[Any]:
    """Starts a browser of this machine: Debian's package is chromium."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"there is no browser: none of {', '.join(NAMES)} is installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        # Its sandbox needs what root and most containers do not have.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A page that is open, and what went wrong on it.

    Attributes:
      errors: what the console and scripts said, and what was requested.
    """

    def __init__(self, browser: Any, file: Path, **settings: Any) -> None:
        self.errors: list[str] = []
        self.page = browser.new_context(**settings).new_page()
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.on("request", self._note)
        self._file = file.as_uri()
        self.page.goto(self._file)
        # Charts are drawn when the browser has laid the page out.
        self.page.wait_for_function(
            "[...document.querySelectorAll('.chart')]"
            ".every((each) => !each.clientWidth || each.querySelector('svg'))"
        )

    def _note(self, request: Any) -> None:
        if request.url not in (self._file, "data:,"):
            self.errors.append(f"requests {request.url[:80]}")

    def text(self, selector: str) -> str:
        text: str = self.page.inner_text(selector)
        return text
