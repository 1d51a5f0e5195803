"""Knows what is no name, whatever a model says: words, amounts, currencies, addresses, diseases."""

import re

from transforms.text.abbreviations import closed_list

# Currencies and units, as wires write them.
MONEY = closed_list("Dlr Dlrs dlr dlrs mln bln pct")
WORDS = closed_list(
    """
    the a an of for and in on at to by de The A Of For And In At e.g. i.e. 's ’s ' ’
    one two three four five six seven eight nine ten
    AIDS Aids COVID Coronavirus Covid Ebola HIV SARS Zika coronavirus covid
    a.m. p.m. ET EDT EST PDT PST CDT CST
    Jr Jr. Sr. MORE
    """
)
_FORMS = re.compile(
    r"""
      [A-Z]{0,3}\$                                              # A$
    | (?:[A-Z]{0,3}[$£€¥])?\d[\d.,]*(?:bn|mn|tn|m|k)?           # £5m, 11
    | (?:R|Rs\.?|N)\d+(?:[\d.,]*(?:bn|mn|tn|m|k)|[.,][\d.,]*)   # R4bn
    | M-[0-4][AB]?                                              # the supply of money
    | (?i:covid[-‐‑]?19|sars-cov-2)
    | [@\#].+ | \S+@\S+\.\S+ | (?i:https?://|www\.)\S+
    """,
    re.VERBOSE,
)
_TICKER = re.compile(r"[A-Z]{1,5}(?:[.-][A-Z]{1,3})?")
_COMPANIES = closed_list("AB AG NV PLC SA")  # what stands before them is a name


def is_no_name(word: str) -> bool:
    """Tells whether a word by itself is never a name.

    >>> [is_no_name(word) for word in ("A$", "R4bn", "Covid-19", "the", "G7", "The Hague")]
    [True, True, True, True, False, False]
    """
    if word in WORDS or word in MONEY:
        return True
    return not word.isalpha() and _FORMS.fullmatch(word) is not None


def is_ticker(word: str) -> bool:
    """Tells whether a word may be the code of a share, or a part of it.

    >>> [is_ticker(word) for word in ("GM", "HKEH.HK", "Mazda", "AG")]
    [True, True, False, False]
    """
    return _TICKER.fullmatch(word) is not None and word not in _COMPANIES
