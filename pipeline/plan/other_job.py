"""How the command of a stored job differs from this one, in flags that can be pasted."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.settings import DEFAULTS
from transforms.model.checkpoint import EMBEDDED

# What else makes a model follows from these, so that only they are told where they differ.
_MODEL = ("model", "model_revision")
_OF_THE_MODEL = {"model_fingerprint": "the files of the model", "labels": "the labels of the model"}
# These settings have no flag.
_RELEASE = ("results_version", "block_bytes")
_LIBRARIES = "libraries"
# A command has these from its machine or its model, so that their defaults are told as well.
_RESOLVED = ("precision", "languages")


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between a stored job and this one.

    Attributes:
      had: the flags that the job was made with, and this command lacks or has otherwise.
      has: the flags that this command has, and the job lacked or had otherwise.
      others: in words, what no flag changes.
    """

    had: Sequence[str] = ()
    has: Sequence[str] = ()
    others: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.had or self.has or self.others)


def find_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Differences:
    """Compares the settings of a stored job, as JSON, with those of this command.

    A setting that the stored job did not know yet had its default.

    >>> find_differences({"limit": None, "keep": ["a b"]}, {"limit": 10, "keep": []})
    Differences(had=("--keep 'a b'",), has=('--limit 10',), others=())
    """
    old = {name: DEFAULTS[name] for name in new if name in DEFAULTS} | dict(old)
    names = [*old, *(name for name in new if name not in old)]
    differ = [name for name in names if old.get(name) != new.get(name)]
    flags = [name for name in differ if _is_flag(name, old, new)]
    others = [name for name in differ if name not in flags]
    if any(name in differ for name in _MODEL):
        others = [name for name in others if name not in _OF_THE_MODEL]
    return Differences(
        had=tuple(_flags(flags, old)),
        has=tuple(_flags(flags, new)),
        others=tuple(word for name in others for word in _told(name, old.get(name), new.get(name))),
    )


def _is_flag(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tells whether the setting has a flag in this release."""
    has_words = name in _OF_THE_MODEL or name in _RELEASE or name == _LIBRARIES
    return name in old and name in new and not has_words


def _flags(names: Sequence[str], values: Mapping[str, Any]) -> Iterator[str]:
    """Yields the flags of a command as they would be written."""
    for name in names:
        value = values[name]
        is_default = value == DEFAULTS.get(name) and name not in _RESOLVED
        if is_default or value in (None, "", [], False) or (name == "model" and value == EMBEDDED):
            continue
        words = [] if value is True else value if isinstance(value, list) else [value]
        yield " ".join([f"--{name}", *(shlex.quote(str(word)) for word in words)])


def _told(name: str, old: Any, new: Any) -> Iterator[str]:
    if name == _LIBRARIES:
        libraries = dict.fromkeys([*(old or {}), *(new or {})])
        pairs = ((one, (old or {}).get(one), (new or {}).get(one)) for one in libraries)
        yield from (
            f"{one} {was or 'none'}, here {now or 'none'}" for one, was, now in pairs if was != now
        )
    elif name in _OF_THE_MODEL:
        yield _OF_THE_MODEL[name]
    else:
        yield f"{name} {_shown(old)}, here {_shown(new)}"


def _shown(value: Any) -> str:
    return "not known" if value is None else str(value)
