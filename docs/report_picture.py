"""Makes docs/assets/report.webp, the picture of the report on the examples.

./run_local.sh && .venv/bin/news-entities report out && .venv/bin/python docs/report_picture.py out

It needs a browser: Debian's package is chromium.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

PICTURE = Path(__file__).parent / "assets" / "report.webp"
SIZE: ViewportSize = {"width": 1120, "height": 760}
MARGIN = 20


def main(output: str) -> None:
    """Takes the picture of the report in an output."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(Path(output, "report.html").resolve().as_uri())
        page.wait_for_function("document.querySelector('#tied svg')")
        page.evaluate("document.querySelector('nav').style.position = 'static'")
        taken = [shot(page, "#names", 560), shot(page, "#ties", 640)]
        browser.close()
    whole = Image.new("RGB", (SIZE["width"], sum(each.height for each in taken)), "white")
    whole.paste(taken[0], (MARGIN, 0))
    whole.paste(taken[1], (MARGIN, taken[0].height))
    whole.save(PICTURE, quality=80)
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


def shot(page: Page, place: str, height: int) -> Image.Image:
    """Takes the beginning of a section."""
    found = Image.open(io.BytesIO(page.locator(place).screenshot())).convert("RGB")
    return found.crop((0, 0, found.width, height))


if __name__ == "__main__":
    main(*sys.argv[1:])
