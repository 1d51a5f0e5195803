"""Knows where a sentence goes on after `!` or `?`: in some names, and before who said it."""

import re

from transforms.text.abbreviations import closed_list
from transforms.text.first_words import WORD, begins_sentences

_NAMES = closed_list("E Guess Jeopardy Joomla Kahoot Wham Which Yahoo Yum")
# What follows the mark in names of companies: `Guess? Inc.`, `POW! Entertainment`.
_COMPANIES = closed_list("Brands Co Corp Entertainment Holdings Inc LLC Ltd Plc")
_LAST_WORD = re.compile(r"\w*\Z")

_ROLES = (
    "adviser|aide|analyst|anchor|attorney|co-host|contributor|correspondent|director|editor|host"
    "|lawyer|leader|president|professor|reporter|spokesman|spokesperson|spokeswoman"
)
_SPEECH = (
    "added|adds|answered|asked|asks|concluded|continued|cried|declared|demanded|exclaimed|explained"
    "|insisted|joked|posted|quipped|recalled|remarked|replied|replies|responded|responds|said|says"
    "|screamed|shouted|told|tweeted|warned|wondered|writes|wrote|yelled"
)
# A speaker has up to five words that begin with a capital, and others between them.
_NAME = r"[A-Z](?:[\w'’-]|\.(?=[ \w]))*+ +"
_BETWEEN = rf"(?:(?:{_ROLES}|de|van|von|bin|of|the|also|once|then) +)*"
# Another quotation or a clause after the verb makes it a sentence of its own: `Lee said: "No."`.
_CLAUSE = r":|(?: +\w+ly)?,? +[\"“‘]| +(?:that|he|she|it|they|there)\b"
_SPEAKER = re.compile(rf"(?:{_NAME}{_BETWEEN}){{1,5}}(?:{_SPEECH})\b(?!{_CLAUSE})")


def is_in_name(before: str, following: str) -> bool:
    """Tells whether a mark belongs to a name: `Yahoo! News`, `Yum! Brands`.

    Args:
      before: what stands before the mark.
      following: the text after it, from its first visible character.
    """
    name = _LAST_WORD.search(before)
    if name is None or not name[0][:1].isupper():
        return False
    found = WORD.match(following)
    if found and found[0] in _COMPANIES:
        return True
    return name[0] in _NAMES and following[:1].isupper() and not begins_sentences(following)


def is_spoken_by(following: str) -> bool:
    """Tells whether a text after a quotation begins with who said it: `Ms. Lee asked`.

    >>> is_spoken_by("Ann Lee tweeted."), is_spoken_by("He said no."), is_spoken_by("Lee said: No.")
    (True, False, False)
    """
    return _SPEAKER.match(following) is not None and not begins_sentences(following)
