"""What `evaluate --json` prints can be plotted."""

import json
import sys

import pytest

from pipeline.evaluation.report import as_record
from tests.pipeline.evaluation.reports import small_report

pytest.importorskip("matplotlib", reason="only the recipe of the embedded model needs it")

from training import plot_scores


def test_the_plot_is_an_image(tmp_path, monkeypatch):
    (tmp_path / "evaluation.json").write_text(json.dumps(as_record(small_report())))
    paths = [str(tmp_path / name) for name in ("evaluation.json", "scores.svg")]
    monkeypatch.setattr(sys, "argv", ["plot_scores", *paths])
    assert plot_scores.main() == 0
    assert "<svg" in (tmp_path / "scores.svg").read_text()
