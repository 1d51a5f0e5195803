"""Runs the tests that are marked `gpu`, where what they import is installed."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from benchmarks.gpu.figures import Figures, Row
from benchmarks.gpu.settings import ROOT, Setting
from benchmarks.gpu.timing import check_time

_MARK = re.compile(r"pytest\.mark\.gpu\b")
_MISSING = re.compile(r"No module named '([\w.]+)'")


def run_marked_tests(setting: Setting, figures: Figures, root: Path = ROOT) -> None:
    """Runs them, and says of each whether it passed, or why it was skipped."""
    files = [path for path in sorted(root.rglob("test_*.py")) if _MARK.search(path.read_text())]
    with figures.attempt("tests"):
        check_time(setting)
        results = setting.work / "tests.xml"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-m", "gpu", "-p", "no:cacheprovider"),
                # The tests are to run where plugins that the project's own options name may lack.
                *("-o", "addopts=", "--continue-on-collection-errors", f"--junitxml={results}"),
                *map(str, files),
            ],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=max(1.0, setting.seconds_left),
        )
        if not results.exists():
            raise RuntimeError(f"pytest ended with {done.returncode}: {done.stderr[-1500:]}")
        for name, row in read_results(results).items():
            figures.put(name, **row)
        if not figures.rows:
            raise RuntimeError(f"no test ran: {done.stdout[-1500:]}")


def read_results(path: Path) -> dict[str, Row]:
    """Returns a row for each test, and for each file that could not be imported."""
    return {
        "::".join(filter(None, (case.get("classname"), case.get("name")))): _row(case)
        for case in ElementTree.parse(path).iter("testcase")
    }


def _row(case: ElementTree.Element) -> Row:
    seconds = float(case.get("time") or 0)
    for outcome in case:
        message = f"{outcome.get('message') or ''}\n{outcome.text or ''}".strip()
        if outcome.tag == "skipped":
            return {"not_measured": f"skipped: {outcome.get('message')}"}
        if outcome.tag in ("failure", "error"):
            missing = _MISSING.search(message)
            if outcome.get("message") == "collection failure" and missing:
                return {"not_measured": f"skipped: {missing[1]} is not installed"}
            return {"error": message[-1500:]}
    return {"outcome": "passed", "seconds": seconds}
