"""Mends what a model takes for names: wrong borders, parts of one name, and what is no name.

A rule looks at one mention, or at two that follow each other, and at the words of their sentence.
The measured effect of each is in docs/explanation/entities.md.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.text.entities import SCORE_DECIMALS
from transforms.text.name_words import (
    ARTICLES,
    BODIES,
    BODY,
    CERTAIN,
    LINKS,
    OFFICES,
    OTHER,
    PARLIAMENTS,
    PARTIES,
    PERSON,
    PLACE,
    PLACES,
    POSSESSIVES,
    QUOTES,
    SITES,
    SUFFIXES,
    WORKS,
    is_title,
)
from transforms.text.no_names import MONEY, is_no_name, is_ticker

# Below these scores a mention may be a part of a name, may be a last name, may be a usual word.
_UNSURE = 0.8
_UNSURE_OF_LAST_NAME = 0.9
_UNSURE_IN_LOWER_CASE = 0.7

_PAIRS = {"(": ")", "[": "]", "<": ">", "{": "}"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
_PARTY_AND_STATE = re.compile(r"[RDI]-[A-Z].*")


class Mention(NamedTuple):
    """A mention in a sentence: its first and its last word, its label and its score."""

    first: int
    last: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Context:
    """The words of a sentence.

    Attributes:
      forms: (word,), as they stand in the text.
      scores: (word,), the model's; 1 where it sees no name.
    """

    forms: Sequence[str]
    scores: NDArray[np.floating[Any]]

    def of(self, mention: Mention) -> Sequence[str]:
        """Returns the words of a mention."""
        return self.forms[mention.first : mention.last + 1]

    def between(self, one: Mention, other: Mention) -> str:
        """Returns the words between two mentions, with spaces; "" if they touch."""
        return " ".join(self.forms[one.last + 1 : other.first])

    def cut(self, mention: Mention, first: int, last: int) -> Mention | None:
        """Returns the part of a mention from one word to another, None if nothing is left."""
        if (first, last) == (mention.first, mention.last):
            return mention
        if first > last:
            return None
        score = round(float(self.scores[first : last + 1].min()), SCORE_DECIMALS)
        return Mention(first, last, mention.label, score)


# What is left of a mention, None for nothing.
OneRule = Callable[[Mention, Context], Mention | None]
# What two mentions are together, None if they stay two.
TwoRule = Callable[[Mention, Mention, Context], Mention | None]


def mend_mentions(mentions: Iterable[Mention], context: Context) -> list[Mention]:
    """Applies all rules to the mentions of a sentence, in their order.

    Mentions are in order and do not overlap, before as after.
    """
    mended = join_mentions(mentions, context, JOINED_FIRST)
    for rule in MENDED:
        mended = [left for one in mended if (left := rule(one, context))]
    return [settle_label(one, context) for one in join_mentions(mended, context, JOINED_LAST)]


def join_mentions(
    mentions: Iterable[Mention], context: Context, rules: Sequence[TwoRule]
) -> list[Mention]:
    """Applies rules for two, the first that fits, to what stands beside each other."""
    joined: list[Mention] = []
    for mention in mentions:
        together = _together(joined[-1], mention, context, rules) if joined else None
        if together:
            joined[-1] = together
        else:
            joined.append(mention)
    return joined


def _together(
    one: Mention, other: Mention, context: Context, rules: Sequence[TwoRule]
) -> Mention | None:
    """Returns what two mentions are together, None if no rule joins them."""
    if other.first - one.last > 2:  # then at least two words stand between them
        return None
    found = (rule(one, other, context) for rule in rules)
    return next(filter(None, found), None)


def _both(one: Mention, other: Mention, label: str) -> Mention:
    return Mention(one.first, other.last, label, min(one.score, other.score))


def pair_brackets(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins `Temasek Holdings ( Pte) Ltd`, where the bracket that opens was in no name."""
    forms, between = context.of(other), context.between(one, other)
    opens = between == "(" and ")" in forms and "(" not in forms
    goes_on = between == "" and context.forms[one.last] == ")" and "(" in context.of(one)
    if opens or (goes_on and one.label == other.label):
        return _both(one, other, one.label)
    return None


def link_parts(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins `Court of Appeals for the District of Columbia`, where a mention ends in "for"."""
    last, between = context.forms[one.last], context.between(one, other)
    ends = last in LINKS and (between == "" or (between == "the" and last != "and"))
    begins = between == "" and context.forms[other.first] in LINKS
    if (ends or begins) and context.forms[one.first] not in LINKS:
        return _both(one, other, other.label if one.label == PERSON else one.label)
    return None


def add_suffix(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins a person and `Jr.`, whatever its label."""
    suffix = other.first == other.last and context.forms[other.first] in SUFFIXES
    if suffix and one.label == PERSON and context.between(one, other) in ("", ","):
        return _both(one, other, PERSON)
    return None


def leave_office_out(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Drops `Justice|PER` before `Clarence Thomas|PER`."""
    alone = one.first == one.last and context.between(one, other) == ""
    if alone and one.label == other.label == PERSON and context.forms[one.first] in OFFICES:
        return other
    return None


def add_article(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins `The` and `New York Times`, unless it begins the sentence, where it tells nothing."""
    article = one.first == one.last > 0 and context.forms[one.first] == "The"
    return _both(one, other, other.label) if article and not context.between(one, other) else None


def cut_edges(mention: Mention, context: Context) -> Mention | None:
    """Cuts quotation marks off, and brackets that do not pair or enclose all."""
    first, last = mention.first, mention.last
    while first <= last and _is_edge(context.forms[first : last + 1], _PAIRS):
        first += 1
    while first <= last and _is_edge(context.forms[first : last + 1][::-1], _OPENING):
        last -= 1
    return context.cut(mention, first, last)


def _is_edge(forms: Sequence[str], partners: dict[str, str]) -> bool:
    """Tells whether the first of some words is no part of a name."""
    edge = forms[0]
    partner = partners.get(edge)
    if partner is None:
        return edge in QUOTES or edge in _PAIRS or edge in _OPENING
    return partner not in forms or (partner == forms[-1] and forms.count(edge) == 1)


def cut_title(mention: Mention, context: Context) -> Mention | None:
    """Cuts titles off a person; a title alone is no name."""
    first = mention.first
    while first <= mention.last and is_title(context.forms[first], mention.label):
        first += 1
    is_name = first <= mention.last and mention.label != PERSON
    return (
        mention
        if is_name or _is_sen(mention, context)
        else context.cut(mention, first, mention.last)
    )


def _is_sen(mention: Mention, context: Context) -> bool:
    """Tells whether a mention is the last name of Amartya Sen: no name follows it."""
    following = context.forms[mention.last + 1 : mention.last + 2]
    return list(context.of(mention)) == ["Sen"] and not "".join(following)[:1].isupper()


def cut_article(mention: Mention, context: Context) -> Mention | None:
    """Cuts off "the", and the "The" of a body at the beginning of a sentence."""
    forms = context.of(mention)
    if len(forms) > 1:
        small = forms[0] in ARTICLES and forms[1][0].isupper()
        body = mention.label == BODY and mention.first == 0 and not BODIES.isdisjoint(forms)
        if small or (body and forms[0] == "The"):
            return context.cut(mention, mention.first + 1, mention.last)
    return mention


def cut_stray_words(mention: Mention, context: Context) -> Mention | None:
    """Cuts off "of" and the like, `Dlrs`, and the 's of a person."""
    first, last, forms = mention.first, mention.last, context.forms
    if first < last and forms[first] in LINKS and forms[first] != "de":
        # `of India` has a name; `of Trade` is the end of one, of which nothing is known.
        return context.cut(mention, first + 1, last) if mention.label == PLACE else None
    while last - first > 1 and (forms[last] in LINKS or forms[last] == "the"):
        last -= 1
    possessive = mention.label == PERSON and forms[last] in POSSESSIVES
    if first < last and (forms[last] in MONEY or possessive):
        last -= 1
    return context.cut(mention, first, last)


def drop_no_name(mention: Mention, context: Context) -> Mention | None:
    """Drops what is no name by itself, and usual words."""
    if mention.first < mention.last:
        return mention
    form = context.forms[mention.first]
    seat = mention.label in (PERSON, BODY) and _PARTY_AND_STATE.fullmatch(form)
    return None if is_no_name(form) or seat or _is_usual(form, mention, context) else mention


def _is_usual(form: str, mention: Mention, context: Context) -> bool:
    """Tells whether an unsure mention is in lower case, in a sentence that has capitals."""
    small = mention.score < _UNSURE_IN_LOWER_CASE and form.islower() and form.isalpha()
    return small and form != "eurozone" and any(word[0].isupper() for word in context.forms)


def drop_ticker(mention: Mention, context: Context) -> Mention | None:
    """Drops `GM` in `General Motors Corp <GM>`."""
    before = context.forms[mention.first - 1] if mention.first else ""
    after = context.forms[mention.last + 1 : mention.last + 2]
    ticker = before == "<" and list(after) == [">"]
    return None if ticker and all(map(is_ticker, context.of(mention))) else mention


def join_parts(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins capitalised words that touch, have different labels, and are both unsure."""
    unsure = one.label != other.label and max(one.score, other.score) < _UNSURE
    if unsure and _may_be_one(one, other, context):
        return _both(one, other, _label_of_whole(one, other, context))
    return None


def join_last_name(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins `David|PER Petraeus|MISC`: a first name, and an unsure word."""
    single = one.first == one.last and other.first == other.last
    unsure = one.label == PERSON != other.label and other.score < _UNSURE_OF_LAST_NAME
    if single and unsure and _may_be_one(one, other, context):
        body = context.forms[other.first] in BODIES
        return None if body else _both(one, other, PERSON)
    return None


def _may_be_one(one: Mention, other: Mention, context: Context) -> bool:
    """Tells whether two mentions touch, and no word says that they are two."""
    last, first = context.forms[one.last], context.forms[other.first]
    capitalised = first[0].isupper() and first != "I"
    return capitalised and not context.between(one, other) and PARTIES.isdisjoint((last, first))


def _label_of_whole(one: Mention, other: Mention, context: Context) -> str:
    first, last = context.forms[one.first], context.forms[other.last]
    if last in WORKS:
        return OTHER
    if first in PLACES or last in SITES:
        return PLACE
    words = other.last - one.first + 1
    if other.label == PERSON and words == 2 and not last.isupper():
        return PERSON
    if BODY in (one.label, other.label):
        return BODY
    return one.label if one.score >= other.score else other.label


def join_body(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins `House` and `Appropriations Committee`."""
    touch = one.label == other.label == BODY and context.between(one, other) == ""
    parliament = one.first == one.last and context.forms[one.first] in PARLIAMENTS
    body = context.forms[other.last] in BODIES
    if touch and parliament and body and context.of(one) != context.of(other):
        return _both(one, other, BODY)
    return None


def join_certain(one: Mention, other: Mention, context: Context) -> Mention | None:
    """Joins `Islamic|MISC State|LOC`."""
    if context.between(one, other) == "":
        label = CERTAIN.get(" ".join(context.forms[one.first : other.last + 1]))
        return _both(one, other, label) if label else None
    return None


def settle_label(mention: Mention, context: Context) -> Mention:
    """Gives names that have only one label this label."""
    label = CERTAIN.get(" ".join(context.of(mention)))
    return mention._replace(label=label) if label else mention


JOINED_FIRST: tuple[TwoRule, ...] = (
    pair_brackets,
    link_parts,
    add_suffix,
    leave_office_out,
    add_article,
)
MENDED: tuple[OneRule, ...] = (
    cut_edges,
    cut_title,
    cut_article,
    cut_stray_words,
    drop_no_name,
    drop_ticker,
)
JOINED_LAST: tuple[TwoRule, ...] = (join_certain, join_parts, join_last_name, join_body)
