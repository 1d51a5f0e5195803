"""Knows where a sentence ends though no space follows its period (`minorities.According`)."""

import re

from transforms.text.abbreviations import Kind, closed_list, kind_of
from transforms.text.first_words import WORD, begins_sentences

_NAMES_FOLLOW = (Kind.TITLE, Kind.INITIAL)
_LONG = re.compile(r"[A-Z][a-z'’-]{3}")
_LINKS = ("And", "Or", "To")
_SHORT = re.compile(r"\d{1,3}|.{1,2}")

# Sites and files end like this (`Booking.Com`).
_SUFFIXES = closed_list("biz co com edu eu gov htm html info io js net org pdf php tv uk us")
_ADDRESS = re.compile(r"[/@\\_]|www\.", re.IGNORECASE)


def lacks_space(word: str, following: str, quoted: bool) -> bool:
    """Tells whether a sentence ends between a word and what follows its period without a space.

    Args:
      word: the text from the last space to the period.
      following: the text after the period and after the quotes and brackets there.
      quoted: whether there are any quotes or brackets.
    """
    found = WORD.match(following)
    next_word = found[0] if found else ""
    glued = word + "." + following.partition(" ")[0]
    if not _is_capitalised(next_word, following) or next_word.lower() in _SUFFIXES:
        return False
    if len(word) < 2 or _ADDRESS.search(glued) or _is_site(glued):
        return False
    if kind := kind_of(word, following):
        return kind not in _NAMES_FOLLOW and _begins(next_word, following)
    if word[0].islower() and word[-1].islower():
        return True
    if not word.rstrip(")]")[-1:].isalnum():
        return False
    if quoted or _begins(next_word, following):
        return True
    # A word that is not in lower case may make one name with the next (`One.Tel`, `UN.A`).
    long = next_word in _LINKS or _LONG.match(next_word) is not None
    return long and not _SHORT.fullmatch(word)


def _begins(word: str, following: str) -> bool:
    return len(word) > 1 and begins_sentences(following)


def _is_site(glued: str) -> bool:
    """Tells whether a text is the name of a site or file (`Halo.Bungie.Org`)."""
    return glued.rstrip(",;:.!?)").rpartition(".")[2].lower() in _SUFFIXES


def _is_capitalised(word: str, following: str) -> bool:
    if len(word) == 1:
        return word in ("A", "I") and following[1:2] != "."
    return word[:1].isupper() and (word[1].islower() or word[1] in "'’" or word.isupper())
