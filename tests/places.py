"""Where the tests find the project, and the data that lies beside a checkout."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
# Others' text, which the project does not ship: tests that need it skip without it.
DATA = ROOT.parent / "shared" / "data"
# Ends what hangs; nothing that is merely slow takes so long.
HANG_SECONDS = 900
