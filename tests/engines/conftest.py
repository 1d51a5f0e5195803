"""What the tests of other engines share: the folder of what they build or fetch once."""

import os
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "news-entities"
