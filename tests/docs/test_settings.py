"""The pages' files of settings are ones that the command takes, and it shows what they show."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.options import parse_options
from tests.places import HANG_SECONDS, ROOT

GUIDES = ROOT / "docs" / "how-to"
SETTINGS = (GUIDES / "settings.md").read_text()


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    [file] = blocks(SETTINGS, "toml")
    (tmp_path / "news.toml").write_text(file)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(script, folder):
    """Returns what commands print, whose home is the folder."""
    path = f"{Path(sys.prefix, 'bin')}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_print_config_prints_what_the_page_shows(folder):
    [command] = (block for block in blocks(SETTINGS, "sh") if "--print_config" in block)
    [shown] = blocks(SETTINGS, "console")
    printed = run(command, folder)
    for line in shown.splitlines():
        assert line == "..." or f"\n{line}\n" in printed


def test_variables_of_the_page_are_ones_that_there_are(folder):
    [variables] = (block for block in blocks(SETTINGS, "sh") if "export" in block)
    variables = variables.replace("/etc/news/news.toml", "news.toml")
    printed = run(f"{variables}\nnews-entities --print_config", folder)
    assert re.search(r'text_field = \["title", "text"\] +# NEWS_ENTITIES_TEXT_FIELD', printed)
    assert re.search(r'runner = "FlinkRunner" +# NEWS_ENTITIES_BEAM_RUNNER', printed)
    [quoted] = re.findall(r"`(NEWS_ENTITIES_INPUT=.*?)`", SETTINGS)
    printed = run(f"{quoted} news-entities --print_config", folder)
    assert 'input = ["/data/my news", "/data/old"]' in printed


def test_scripts_go_where_the_page_says(folder):
    [commands] = (block for block in blocks(SETTINGS, "sh") if "completion zsh" in block)
    places = re.findall(r">~/(\S+)", commands)
    for place in places:
        (folder / place).parent.mkdir(parents=True)
    run(commands, folder)
    assert [place for place in places if not (folder / place).stat().st_size] == []


def test_the_nightly_settings_are_taken(folder):
    [file] = blocks((GUIDES / "nightly.md").read_text(), "toml")
    (folder / "nightly.toml").write_text(file)
    options = parse_options(["--config", "nightly.toml"])
    assert options.input == ("/data/news/",)
    assert options.metrics_file == "/var/lib/node_exporter/news_entities.prom"


def test_the_dags_settings_are_taken():
    config = ROOT / "examples" / "airflow" / "news.toml"
    options = parse_options(["--input=/data/news/2024-01-09/", "--config", str(config)])
    assert options.settings.text_field == ("title", "text")
    assert options.output == "/data/tables"
