"""The hooks of pre-commit are what ./check runs."""

import re

import yaml

from tests.places import ROOT


def test_a_commit_is_checked_as_check_does():
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = [hook["entry"] for hook in local["hooks"]]
    check = (ROOT / "check").read_text()
    assert entries == [f".venv/bin/{line}" for line in re.findall("(?m)^(?:ruff|mypy).*$", check)]
