"""Knows the words that begin sentences, which tell whether an abbreviation ends one."""

import re

from transforms.text.abbreviations import closed_list

WORD = re.compile(r"[#@]?\w[\w'’-]*")

# These words begin sentences and are rarely part of a name. `And`, `Or` and `To` are not among
# them, because old wire copy has `the U.S. And Japan`.
_STARTERS = closed_list(
    """
    a according actually additionally after afterward afterwards all already also although among
    an another any anyone apparently as at because before besides both but by certainly clearly
    consequently currently despite during each earlier either especially even every everyone
    eventually few finally for fortunately from furthermore given he her here his historically how
    however i if importantly in indeed instead ironically it its last later like likewise many
    maybe meanwhile more moreover most my nearly neither never nevertheless no nobody nonetheless
    nor not nothing now obviously of often on once one only other others otherwise our over overall
    perhaps previously rather recently regardless several she similarly since so some someone
    sometimes soon still such that the their then there these they this those though three through
    thus today together two typically ultimately under unfortunately unless unlike until usually we
    what whatever when whenever where whereas whether while who why with without yesterday yet you
    your
    """
)


def begins_sentences(following: str) -> bool:
    """Tells whether a text begins with a capitalised word that often begins sentences.

    A word in capitals does not count, since headlines have names there, nor does an initial.

    >>> begins_sentences("The vote"), begins_sentences("THE VOTE"), begins_sentences("A. Lee")
    (True, False, False)
    """
    found = WORD.match(following)
    word = found[0].replace("’", "'").partition("'")[0] if found else ""
    if len(word) == 1 and following[1:2] == ".":
        return False
    return word[:1].isupper() and not word[1:2].isupper() and word.lower() in _STARTERS
