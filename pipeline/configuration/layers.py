"""What the environment and a file say of flags: each value as it stands there, with its place."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from pipeline.arguments import did_you_mean, nearest, parse_list, underscored_name
from pipeline.commands import COMMANDS, RUN
from pipeline.configuration.known import BEAM, CONFIG_VARIABLE, PREFIX, SHARED, Known
from pipeline.errors import UsageError

_BEAM_PREFIX = f"{PREFIX}{BEAM}_".upper()
# Kubernetes gives such variables to every container, for each service beside it, whose names may
# begin as ours do: https://kubernetes.io/docs/concepts/services-networking/service/
_KUBERNETES = re.compile(r"_SERVICE_HOST$|_(SERVICE_)?PORT(_|$)")

# Flags of Beam are called so, too (--job_port); a service's variable holds an address.
_BEAM_PORT = re.compile(rf"{_BEAM_PREFIX}(?!\w*SERVICE_PORT)\w+_PORT")

_KINDS: dict[type, str] = {dict: "section", list: "list in a list"}


@dataclass(frozen=True)
class InVariable:
    """A value in the environment, written as after its flag, or as a JSON list."""

    place: str
    text: str

    def values(self, several: bool, truth: bool) -> list[str]:
        """Returns the values as they are written after the flag.

        Args:
          several: whether the flag takes several.
          truth: whether it takes true and false.

        Raises:
          UsageError: they are none that the flag can have; the message says where they stand.
        """
        if not several:
            return [self.text]
        listed = parse_list(self.text)
        if listed != [self.text]:
            return listed
        try:
            return shlex.split(self.text)
        except ValueError as error:
            raise UsageError(f"{self.place}: {error}: {self.text}") from error


@dataclass(frozen=True)
class InFile:
    """A value in a file."""

    place: str
    value: Any

    def values(self, several: bool, truth: bool) -> list[str]:
        """As those in a variable."""
        if not isinstance(self.value, list):
            return [self._word(self.value, truth)]
        if not several:
            raise UsageError(f"{self.place}: takes one value, not a list")
        if not self.value:
            raise UsageError(f"{self.place}: the list is empty; leave it out for the default")
        return [self._word(value, truth) for value in self.value]

    def _word(self, value: Any, truth: bool) -> str:
        if isinstance(value, bool):
            word = str(value).lower()
            if not truth:
                raise UsageError(f'{self.place}: takes text; write "{word}" for the word')
            return word
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, str | int | float):
            return str(value)
        if value is None:
            raise UsageError(f"{self.place}: has no value; leave it out for the default")
        raise UsageError(f"{self.place}: a {_KINDS[type(value)]} is no value of a flag")


Given = InVariable | InFile


@dataclass(frozen=True)
class Layer:
    """What one source says.

    Attributes:
      values: by command (or BEAM) and flag.
      problems: names that are none of any flag; each says where it stands.
    """

    values: dict[tuple[str, str], Given] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def find(self, command: str, flag: str) -> Given | None:
        """Returns what is said of a command's flag, if anything."""
        given = self.values.get((command, flag))
        return self.values.get((RUN, flag)) if given is None and flag in SHARED else given


def environment_layer(environment: Mapping[str, str], known: Known) -> Layer:
    """Takes the variables that are set and not empty."""
    layer = Layer()
    for name, text in environment.items():
        if not name.startswith(PREFIX) or name == CONFIG_VARIABLE:
            continue
        key = known.variables.get(name)
        if key is None and _is_of_kubernetes(name, text):
            continue
        if key is None and name.startswith(_BEAM_PREFIX):
            key = (BEAM, name.removeprefix(_BEAM_PREFIX).lower())
        if key is None:
            layer.problems.append(f"{name}: {_unknown_variable(name, known)}")
        elif text.strip():
            layer.values[key] = InVariable(name, text)
    return layer


def _is_of_kubernetes(name: str, text: str) -> bool:
    is_beams = _BEAM_PORT.fullmatch(name) and text.strip().isdigit()
    return bool(_KUBERNETES.search(name)) and not is_beams


def _unknown_variable(name: str, known: Known) -> str:
    # What all of them begin with would make them all alike.
    names = {variable.removeprefix(PREFIX): variable for variable in known.variables}
    near = nearest(name.removeprefix(PREFIX), names)
    return "no flag has this variable" + (f"; did you mean {names[near]}?" if near else "")


def file_layer(found: Mapping[str, Any], file: str, known: Known) -> Layer:
    """Takes the settings of a file."""
    layer = Layer()
    for section, settings in _sections(found):
        problem = _wrong_section(section, known)
        if problem:
            layer.problems.append(f"{file}: [{section}]: {problem}")
            continue
        for key, value in settings.items():
            place = f"{file}: {section}.{key}" if section else f"{file}: {key}"
            _add(layer, underscored_name(section), str(key), InFile(place, value), known)
    return layer


def _add(layer: Layer, scope: str, key: str, given: InFile, known: Known) -> None:
    """Adds a setting to a layer, or what is wrong with its name."""
    flag = underscored_name(key)
    name = RUN if scope in ("", *known.sections) else scope, flag
    problem = _wrong_flag(scope, flag, known)
    if problem is None and name in layer.values:
        problem = f"is given in {layer.values[name].place} as well"
    if problem is None:
        layer.values[name] = given
    else:
        layer.problems.append(f"{given.place}: {problem}")


def _sections(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields what stands in no section, by the name "", and then each section."""
    yield "", {key: value for key, value in found.items() if not isinstance(value, dict)}
    for key, value in found.items():
        if isinstance(value, dict):
            yield str(key), value


def _wrong_section(section: str, known: Known) -> str | None:
    """Says what is wrong with the name of a section, if anything is."""
    name = underscored_name(section)
    sections = (*known.sections, RUN, *COMMANDS, BEAM)
    if name in ("", *sections):
        return None
    if name in known.flags[RUN]:
        return f"{name} is a flag, and takes values"
    there_are = f"; there are {', '.join(sections)}"
    return "there is no such section" + (did_you_mean(name, sections) or there_are)


def _wrong_flag(scope: str, flag: str, known: Known) -> str | None:
    """Says what is wrong with the name of a flag in a section, if anything is."""
    if scope == BEAM:
        return None
    flags = known.flags[scope if scope in (RUN, *COMMANDS) else RUN]
    if flag not in flags:
        return "no flag has this name" + _hint(flag, flags, scope)
    home = next((title for title, flags in known.sections.items() if flag in flags), None)
    if scope in known.sections and home != scope:
        return f"{flag} stands in [{home}]"
    return None


def _hint(flag: str, flags: Iterable[str], scope: str) -> str:
    near = did_you_mean(flag, flags)
    if scope not in ("", RUN):
        return near
    return (f"{near} " if near else "; ") + f"Beam's own flags stand in [{BEAM}]"
