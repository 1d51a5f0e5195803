"""Tells which names of people in a document are one person's.

A name of several words is full, unless a longer one begins or ends with it ("de Blasio"). Full
names that differ only in their middle names are one person's, and a part that fits one full name
stands for it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

_GENERATIONS = {"Jr.", "Sr."}
_SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}

# These are known by what is left out of other names, as first name, initials, last name and suffix.
_NAMESAKES = {
    ("george", "w", "bush", ""),
    ("george", "hw", "bush", ""),
    ("donald", "", "trump", "Jr."),
    ("donald", "j", "trump", "Jr."),
    ("john", "", "paul", "II"),
}

# News names the same people again and again.
_CACHED_NAMES = 1 << 13

# A name's words as they are compared: in lower case, without periods and commas.
_Words = tuple[str, ...]


class FullName(NamedTuple):
    """The parts of a name of several words.

    Attributes:
      suffix: "Jr.", say, or nothing.
      words: (word,), its words but the suffix as they are compared.
    """

    first: str
    middle: tuple[str, ...]
    last: str
    suffix: str
    words: _Words

    def __str__(self) -> str:
        return " ".join(filter(None, [self.first, *self.middle, self.last, self.suffix]))

    @property
    def initials(self) -> str:
        """Returns those of its middle names, in lower case.

        >>> parse_name("Ada Maria H.W. Lima").initials
        'mhw'
        """
        middle = self.words[1:-1]
        kept = zip(middle, self._are_initials(), strict=True)
        return "".join(word if is_initial else word[:1] for word, is_initial in kept)

    @property
    def is_namesake(self) -> bool:
        """Tells whether its initials or its suffix are what a person is known by."""
        first, *_, last = self.words
        return (first, self.initials, last, self.suffix) in _NAMESAKES

    def without_initials(self) -> "FullName":
        """Leaves out middle names that are only initials."""
        pairs = zip(self.middle, self._are_initials(), strict=True)
        return self._replace(middle=tuple(word for word, is_initial in pairs if not is_initial))

    def _are_initials(self) -> list[bool]:
        # In a name in capitals, "DE" is none.
        longest = 1 if self.last.isupper() else 2
        return [word.isupper() and len(_plain(word)) <= longest for word in self.middle]


@lru_cache(_CACHED_NAMES)
def parse_name(name: str) -> FullName | None:
    """Returns the parts of a name, None if it has no first or no last name.

    >>> str(parse_name("Martin Luther King, Jr"))
    'Martin Luther King Jr.'
    """
    words = name.split(" ")
    suffix = _SUFFIXES.get(_plain(words[-1]), "")
    if suffix:
        words.pop()
    plain = tuple(map(_plain, words))
    if len(plain) < 2 or len(plain[-1]) < 2:
        return None
    return FullName(words[0], tuple(words[1:-1]), words[-1].rstrip(","), suffix, plain)


def same_people(names: Collection[str]) -> dict[str, str]:
    """Returns for each name of people in a document the name to count its person by.

    Nothing but the set of the names matters.
    """
    full = _full_names(names)
    people = _people(full)
    by_tail, by_head = _by_parts(full, people)
    for name in names:
        if name not in people:
            words = tuple(map(_plain, name.split(" ")))
            whom = by_tail.get(words) or by_head.get(words) or {name}
            people[name] = min(whom) if len(whom) == 1 else name
    return people


def _full_names(names: Iterable[str]) -> dict[str, FullName]:
    parts = {name: full for name in names if " " in name and (full := parse_name(name))}
    longer = {full.words for full in parts.values()}
    counts = [(words, count) for words in longer for count in range(2, len(words))]
    inside = {words[:count] for words, count in counts}
    inside |= {words[-count:] for words, count in counts}
    return {name: full for name, full in parts.items() if full.words not in inside}


def _people(full: dict[str, FullName]) -> dict[str, str]:
    """Returns the person of each full name."""
    people = {}
    for alike in _grouped(full, lambda one: (one.words[0], one.words[-1])):
        if len(alike) == 1:
            [(name, one)] = alike.items()
            people[name] = _person_alone(one)
            continue
        # A "Jr." beside the name without it is a son. A "III" is mostly the same man.
        generations = _grouped(alike, lambda one: one.suffix in _GENERATIONS and one.suffix)
        for names in generations:
            people |= _people_of(names, keeps_suffix=len(generations) > 1)
    return people


@lru_cache(_CACHED_NAMES)
def _person_alone(name: FullName) -> str:
    """Returns the person of a full name to which no other of its document is like."""
    if not name.middle and not name.suffix:
        return f"{name.first} {name.last}"
    return _people_of({"": name}, keeps_suffix=False)[""]


def _grouped(
    full: dict[str, FullName], key: Callable[[FullName], object]
) -> list[dict[str, FullName]]:
    groups: dict[object, dict[str, FullName]] = defaultdict(dict)
    for name, one in full.items():
        groups[key(one)][name] = one
    return list(groups.values())


def _people_of(alike: dict[str, FullName], keeps_suffix: bool) -> dict[str, str]:
    """Returns the person of each of some names that differ in their middle names at most."""
    if _differ({one.initials for one in alike.values()}):
        return {name: str(one) for name, one in alike.items()}
    namesakes = [one for one in alike.values() if one.is_namesake]
    shortest = min(namesakes or [one.without_initials() for one in alike.values()], key=_by_length)
    if not (keeps_suffix or namesakes):
        shortest = shortest._replace(suffix="")
    return dict.fromkeys(alike, str(shortest))


def _differ(initials: set[str]) -> bool:
    """Tells whether the initials of middle names are those of several people.

    >>> _differ({"", "h", "hw"}), _differ({"", "hw", "w"})
    (False, True)
    """
    longest = max(initials, key=len)
    return not all(longest.startswith(some) for some in initials)


def _by_length(name: FullName) -> tuple[int, bool, str]:
    """Puts short names first, and those in capitals behind others."""
    return len(name.middle), name.last.isupper(), str(name)


def _by_parts(
    full: dict[str, FullName], people: dict[str, str]
) -> tuple[dict[_Words, set[str]], dict[_Words, set[str]]]:
    """Returns whose full names end with some words, and whose begin with them."""
    by_tail: dict[_Words, set[str]] = defaultdict(set)
    by_head: dict[_Words, set[str]] = defaultdict(set)
    for name, one in full.items():
        words, person = one.words, people[name]
        suffix = (_plain(one.suffix),) if one.suffix else ()
        for cut in range(1, len(words)):
            by_head[words[:cut]].add(person)
            by_tail[words[cut:] + suffix].add(person)
            if suffix and not person.endswith(one.suffix):
                by_tail[words[cut:]].add(person)
    return by_tail, by_head


def _plain(word: str) -> str:
    return word.lower().replace(".", "").rstrip(",")
