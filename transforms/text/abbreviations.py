"""Knows the abbreviations of English news text, and what the period after one can mean.

The lists are closed: anything else is taken for a word, whose period ends a sentence.
"""

import enum
import re
from collections.abc import Callable


class Kind(enum.Enum):
    """The kind of abbreviation that a word before a period is."""

    TITLE = enum.auto()
    """`Mr`, `Reps`: a name follows."""
    NUMBERED = enum.auto()
    """`No`, `Fig`: a number follows; without one it is a word."""
    INITIAL = enum.auto()
    """`J`: a name follows, nearly always."""
    ACRONYM = enum.auto()
    """`U.S`, `Ph.D`, `p.m`: its period may end a sentence as well."""
    COMPANY = enum.auto()
    """`Inc`, `Corp`: its period may end a sentence as well."""
    OTHER = enum.auto()
    """`Calif`, `Sept`, `etc`: its period may end a sentence as well."""


def closed_list(words: str) -> frozenset[str]:
    """Returns the words of a text as a set.

    >>> sorted(closed_list("jan feb"))
    ['feb', 'jan']
    """
    return frozenset(words.split())


# These count when they are capitalised or in capitals.
_TITLES = closed_list(
    """
    adm amb asst atty brig capt cmdr col cpl cpt det dr drs fr gen gens gov govs hon insp lt ltc
    maj messrs mlle mme mmes mr mrs ms msgr mx pfc pres prof profs pvt rep reps rev revs sec sen
    sens sgt spc supt
    """
)
_NUMBERED = closed_list("ch chap fig figs no nos p pp sec vol vols")
# These count only when they are capitalised, since many of them are other words in lower case or in
# capitals.
_NAMES = closed_list(
    """
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Kans Ky La Mass Md Mich Minn Miss Mo Mont
    Neb Nev Okla Ont Ore Pa Penn Que Sask Tenn Tex Va Vt Wash Wis Wisc W.Va Wyo
    Assn Assoc Ave Blvd Ctr Dist Div Hwy Inst Intl Mfg Mt Mtn Natl Rd Rte Sq Ste Univ
    Mon Tue Tues Wed Thu Thur Thurs Fri Chas Geo Jos Thos Wm
    """
)
# These count in any case.
_COMPANIES = closed_list("bhd bros co corp cos inc ltd pte pty")
_WORDS = closed_list("approx ca cf dept est etc ft govt jnr jr snr sr st vs yr yrs")
_OTHER_WORDS = closed_list("MS SEC CA EST")  # they are a disease, a commission, a state and a time


def _forms(words: frozenset[str], *cases: Callable[[str], str]) -> frozenset[str]:
    return frozenset(case(word) for word in words for case in cases) - _OTHER_WORDS


_KINDS = (
    dict.fromkeys(_NAMES | _forms(_WORDS, str.lower, str.title, str.upper), Kind.OTHER)
    | dict.fromkeys(_forms(_COMPANIES, str.lower, str.title, str.upper), Kind.COMPANY)
    | dict.fromkeys(_forms(_TITLES, str.title, str.upper), Kind.TITLE)
)

_INITIAL = re.compile(r"[^\W\d_]")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]")


def kind_of(word: str, following: str) -> Kind | None:
    """Returns the kind of abbreviation that a word before a period is, None if it is none.

    Args:
      word: the word without its period. Only what follows its last hyphen counts (`R-Calif`,
        `then-Sen`).
      following: the text after the period, from its first visible character.

    >>> kind_of("No", "4 seed"), kind_of("No", "He")
    (<Kind.NUMBERED: 2>, None)
    """
    word = word.rpartition("-")[2]
    if following[:1].isdigit() and word.lower() in _NUMBERED:
        return Kind.NUMBERED
    if kind := _KINDS.get(word):
        return kind
    if len(word) == 1 and _INITIAL.match(word):
        return Kind.INITIAL
    return Kind.ACRONYM if "." in word and _ACRONYM.fullmatch(word) else None
