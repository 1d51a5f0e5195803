"""Stand-ins for what is slow, and makers of small real inputs."""

import os
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.settings import Settings
from transforms.columns import Words
from transforms.model.tags import TagFailure, Tags, WordTags


class CapitalTagger:
    """Tags every run of capitalised words as a person; fails on sentences with "kaboom"."""

    def tag(self, words: Words) -> Tags:
        return Tags.of([self._tag(sentence) for sentence in words.lists()], words)

    def _tag(self, words: Sequence[str]) -> WordTags | TagFailure:
        if "kaboom" in words:
            return TagFailure("ValueError: kaboom")
        labels: list[str] = []
        for word in words:
            inside = bool(labels) and labels[-1] != "O"
            labels.append(("I-PER" if inside else "B-PER") if word[:1].isupper() else "O")
        return WordTags(labels, [0.9] * len(labels))


class ListTagger:
    """Tags each word as a list says, with its label and its score; others are "O"."""

    def __init__(self, tags: Mapping[str, tuple[str, float]]) -> None:
        self._tags = tags

    def tag(self, words: Words) -> Tags:
        return Tags.of([self._tag(sentence) for sentence in words.lists()], words)

    def _tag(self, words: Sequence[str]) -> WordTags:
        tags = [self._tags.get(word, ("O", 1.0)) for word in words]
        return WordTags([label for label, _ in tags], [score for _, score in tags])


def load_capital_tagger() -> CapitalTagger:
    return CapitalTagger()


class NotingTagger(CapitalTagger):
    """Adds a byte to a file of its process's for each block."""

    def __init__(self, notes: str) -> None:
        self._file = Path(notes, str(os.getpid()))

    def tag(self, words: Words) -> Tags:
        with self._file.open("a") as file:
            file.write(".")
        return super().tag(words)


def load_noting_tagger(notes: str) -> NotingTagger:
    return NotingTagger(notes)


class KillingTagger(CapitalTagger):
    """Kills its process at a word "killer", and waits for ever at a word "sleeper"."""

    def _tag(self, words: Sequence[str]) -> WordTags | TagFailure:
        if "killer" in words:
            os.kill(os.getpid(), signal.SIGKILL)
        if "sleeper" in words:
            threading.Event().wait()
        return super()._tag(words)


def load_killing_tagger() -> KillingTagger:
    return KillingTagger()


def settings(**changes: object) -> Settings:
    fixed = {"model": "capitals", "model_fingerprint": "0", "labels": ("O", "B-PER", "I-PER")}
    return Settings(**{**fixed, **changes})  # type: ignore[arg-type]


def write_texts(folder: Path, **texts: str) -> Path:
    """Writes each text as a .txt of its name; returns the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    return folder
