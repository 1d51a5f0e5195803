"""The scripts do in real shells what a person expects of the tabulator."""

import shutil
import subprocess

import pytest

from pipeline.cli import main
from pipeline.completion import make_tree
from tests.places import HANG_SECONDS

# What is typed, and the completion that it has, or one of several.
TYPED = [
    ("news-entities ver", "verify"),
    ("news-entities --sen", "--sentences"),
    ("news-entities --sentences off", "offsets"),
    ("news-entities --input a --outp", "--output"),
    ("news-entities --overwrite --pru", "--prune"),
    ("news-entities --config daily", "daily.toml"),
    ("news-entities run --precis", "--precision"),
    ("news-entities tag --lin", "--lines"),
    ("news-entities verify dail", "daily.toml"),
    ("news-entities completion fi", "fish"),
    ("news-entities --device cpu verify --so", "--sources"),
]

BASH = """
source {script}
COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_shtab_news_entities
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
FISH = "source {script}; complete -C '{typed}'"
# zsh completes at a terminal only: it is given one of its own, without colours. The word is there
# as soon as it is completed, and a test that waits in vain is ended.
ZSH = """
zmodload zsh/zpty
zpty shell env TERM=dumb zsh -f -i
zpty -w shell 'PS1=; COLUMNS=300; fpath=({folder} $fpath); autoload -U compinit; compinit -u -D'
zpty -w shell 'echo rea''dy'
zpty -r shell said '*ready*'
zpty -w -n shell '{typed}'$'\\t'
zpty -r shell said '*{completed} *'
print -r -- {completed}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "daily.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def complete(shell, folder, capsys, typed, program, completed=""):
    """Returns the lines that a shell's program prints, which knows the script of the shell."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert main(["completion", shell]) == 0
    script = folder / "_news-entities"
    script.write_text(capsys.readouterr().out)
    code = program.format(script=script, folder=folder, typed=typed, completed=completed)
    done = subprocess.run(
        [shell, *(["-f"] if shell == "zsh" else []), "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.stderr == ""
    return [line.partition("\t")[0].strip() for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_bash_completes(typed, completed, folder, capsys):
    assert completed in complete("bash", folder, capsys, typed, BASH)


@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_fish_completes(typed, completed, folder, capsys):
    assert completed in complete("fish", folder, capsys, typed, FISH)


@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_zsh_completes(typed, completed, folder, capsys):
    assert completed in complete("zsh", folder, capsys, typed, ZSH, completed)


def test_bash_proposes_what_there_is(folder, capsys):
    assert complete("bash", folder, capsys, "news-entities --sentences ''", BASH) == [
        "text",
        "offsets",
        "none",
    ]
    assert complete("bash", folder, capsys, "news-entities --wai", BASH) == ["--wait"]
    assert complete("bash", folder, capsys, "news-entities --input a dai", BASH) == ["daily.toml"]


def test_a_shell_that_has_no_script_is_refused(capsys):
    assert main(["completion", "csh"]) == 2
    assert "choose from 'bash', 'zsh', 'fish'" in capsys.readouterr().err


def test_every_command_is_in_the_tree():
    text = make_tree().format_help()
    assert all(name in text for name in ("run", "evaluate", "completion"))
