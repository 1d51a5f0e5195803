"""Whether so much was rejected that the job ends with an exit code of its own."""

import logging
from collections.abc import Mapping
from typing import Any

from pipeline.errors import ExitCode

_LOGGER = logging.getLogger(__name__)


def check_rejects(manifest: Mapping[str, Any], limit: float) -> ExitCode:
    """Returns the exit code for what the last round added."""
    code = ExitCode.DONE
    for what, ratio in reject_ratios(manifest).items():
        if ratio > limit:
            said = f"--max_reject_ratio {limit:g}"
            _LOGGER.error("%.1f%% of the %s were rejected, over %s", 100 * ratio, what, said)
            code = ExitCode.TOO_MANY_REJECTS
    return code


def reject_ratios(manifest: Mapping[str, Any]) -> dict[str, float]:
    """The shares of records and of sentences that were rejected, of what was added last.

    A file that failed counts as one record.
    """
    added = manifest["added"]
    sentences = added["rejects_by_reason"].get("model_failed", 0)
    records = sum(added["rejects_by_reason"].values()) - sentences
    return {
        "records": records / max(1, added["documents"] + records),
        "sentences": sentences / max(1, added["sentences"]),
    }
