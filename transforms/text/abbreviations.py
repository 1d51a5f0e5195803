"""Knows the abbreviations of English news text, and what the period after one can mean.

The lists are closed: anything else is taken for a word, whose period ends a sentence.
"""

import enum
import re
from collections.abc import Callable


class Kind(enum.Enum):
    """The kind of abbreviation that a word before a period is."""

    TITLE = enum.auto()
    """`Mr`, `vs`, `e.g`: a name follows, and no sentence ends."""
    NUMBERED = enum.auto()
    """`No`, `Fig`: a number follows; without one it is a word."""
    INITIAL = enum.auto()
    """`J`, `St`: a name follows, nearly always."""
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
    adm amb asst atty brig capt capts cmdr cmdt col cols cpl cpt det dr drs fr gen gens gov govs hon
    insp lieut lt ltc maj messrs mlle mme mmes mr mrs ms msgr mssrs mx pfc pres prof profs pvt radm
    rep reps rev revs sec secy sen sens sgt sgts spc supt
    """
)
# These count only when they are capitalised, since many of them are other words in lower case or in
# capitals.
_OTHER_TITLES = closed_list(
    "Abp Adv Ald Arq Bp Cde Cllr Const Cst Dra Eng Fra Ing Lic Mgr Ret Rt Sra Srta Smt Ven"
)
_NAMES_FOLLOW = closed_list("St ST Ste Ft Mt Pt Chas Edw Geo Jas Jos Mohd Thos Wm")
_MONTHS = closed_list("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
_NAMES = closed_list(
    """
    Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Kans Ky La Mass Md Mich Minn Miss Mo Mont
    Neb Nev Okla Ont Ore Pa Penn Que Sask Tenn Tex Va Vt Wash Wis Wisc W.Va Wyo
    Assn Assoc Ave Blvd Ctr Dist Div Hwy Inst Intl Mfg Mtn Natl Rd Rte Sq Univ
    Mon Tue Tues Wed Thu Thur Thurs Fri
    """
)
# These count before a number, in any case or as they are written.
_NUMBERED = closed_list("ch chap fig figs no nos p pp rs sec tel vol vols")
_OTHER_NUMBERED = _MONTHS | closed_list(
    """
    Apt Art Arts Bldg Ep Ext Para Paras Prop Pt Rp Sect Tk
    Cor Deut Eph Exod Ezek Gal Heb Isa Jer Lev Neh Num Thess
    """
)
# These count in any case.
_COMPANIES = closed_list("bhd bros co corp cos inc ltd plc pte pty sdn")
_WORDS = closed_list("approx ca cf dept est etc govt jnr jr snr sr yrs")
_LOWER_CASE_WORDS = closed_list("al ft st yr")
_OTHER_WORDS = closed_list("MS SEC CA EST")  # they are a disease, a commission, a state and a time


def _forms(words: frozenset[str], *cases: Callable[[str], str]) -> frozenset[str]:
    return frozenset(case(word) for word in words for case in cases) - _OTHER_WORDS


_KINDS = (
    dict.fromkeys(_NAMES | _MONTHS | _LOWER_CASE_WORDS, Kind.OTHER)
    | dict.fromkeys(_forms(_WORDS, str.lower, str.title, str.upper), Kind.OTHER)
    | dict.fromkeys(_forms(_COMPANIES, str.lower, str.title, str.upper), Kind.COMPANY)
    | dict.fromkeys(_NAMES_FOLLOW, Kind.INITIAL)
    | dict.fromkeys(_OTHER_TITLES | _forms(_TITLES, str.title, str.upper), Kind.TITLE)
    | dict.fromkeys(("vs", "Vs", "VS", "e.g", "i.e"), Kind.TITLE)
)

_JOINT = re.compile(r"[-‐‑–—/]")
_INITIAL = re.compile(r"[^\W\d_]")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]")


def kind_of(word: str, following: str) -> Kind | None:
    """Returns the kind of abbreviation that a word before a period is, None if it is none.

    Args:
      word: the word without its period. Only what follows its last hyphen, dash or slash counts
        (`R-Calif`, `then-Sen`, `AP/St`).
      following: the text after the period, from its first visible character.

    >>> kind_of("No", "4 seed"), kind_of("No", "He")
    (<Kind.NUMBERED: 2>, None)
    """
    if not word.isalpha():
        word = _JOINT.split(word)[-1]
    if following[:1].isdigit() and (word.lower() in _NUMBERED or word in _OTHER_NUMBERED):
        return Kind.NUMBERED
    if kind := _KINDS.get(word):
        return kind
    if len(word) == 1 and _INITIAL.match(word):
        return Kind.INITIAL
    return Kind.ACRONYM if "." in word and _ACRONYM.fullmatch(word) else None
