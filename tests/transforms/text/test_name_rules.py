"""The rules mend the mentions of a sentence."""

import re

import numpy as np
import pytest

from transforms.text.name_rules import Context, Mention, mend_mentions

# Mentions are written as [their words|LABEL .score]; without a score, the model is sure.
MARK = re.compile(r"\[(?P<words>[^|]*)\|(?P<label>[A-Z]+)(?: (?P<score>\.\d+))?\]")


def read(marked: str) -> tuple[list[Mention], Context]:
    """Reads a sentence, its words apart by spaces, with its mentions marked."""
    forms: list[str] = []
    scores: list[float] = []
    mentions: list[Mention] = []
    place = 0
    for mark in [*MARK.finditer(marked), None]:
        outside = marked[place : mark.start() if mark else None].split()
        forms += outside
        scores += [1.0] * len(outside)
        if mark:
            words, score = mark["words"].split(), float(mark["score"] or 0.99)
            first = len(forms)
            mentions.append(Mention(first, first + len(words) - 1, mark["label"], score))
            forms += words
            scores += [score] * len(words)
            place = mark.end()
    return mentions, Context(forms, np.array(scores))


def mended(marked: str) -> list[str]:
    mentions, context = read(marked)
    return [f"{' '.join(context.of(one))}|{one.label}" for one in mend_mentions(mentions, context)]


CASES = [
    # pair_brackets
    ("by [Temasek|ORG] ( [Pte ) Ltd|ORG .5] , it said", ["Temasek ( Pte ) Ltd|ORG"]),
    ("[Mazda|ORG] ( [USA )|ORG .6] [Corp|ORG] said", ["Mazda ( USA ) Corp|ORG"]),
    ("[Ann|PER] ( [Oslo|LOC] ) said", ["Ann|PER", "Oslo|LOC"]),
    # link_parts
    (
        "the [Court of Appeals for|ORG .5] the [District|LOC .7] [of Columbia|ORG .5] ruled",
        ["Court of Appeals for the District of Columbia|ORG"],
    ),
    ("a [Court of Appeal and|ORG] the [Senate|ORG]", ["Court of Appeal|ORG", "Senate|ORG"]),
    # add_suffix
    ("[Donald Trump|PER] [Jr.|ORG] said", ["Donald Trump Jr.|PER"]),
    ("[Linwood Holton|PER] , [Jr.|PER .5] , said", ["Linwood Holton , Jr.|PER"]),
    # leave_office_out
    ("Associate [Justice|PER .5] [Clarence Thomas|PER] said", ["Clarence Thomas|PER"]),
    ("[Prince|PER] died", ["Prince|PER"]),
    # add_article
    ("in [The|ORG] [New York Times|ORG] today", ["The New York Times|ORG"]),
    ("[The|ORG .5] [Agriculture Department|ORG] said", ["Agriculture Department|ORG"]),
    # cut_edges
    ("on [“ Meet the Press|ORG .6] ” today", ["Meet the Press|ORG"]),
    ("the [FEC ”|ORG .5] ) said", ["FEC|ORG"]),
    ("on [“|MISC .5] today", []),
    ("said [Archibald “ Archie ” Low|PER]", ["Archibald “ Archie ” Low|PER"]),
    ("by [SHV ( Holding ) Co|ORG] today", ["SHV ( Holding ) Co|ORG"]),
    ("the [( Reuters )|ORG] said", ["Reuters|ORG"]),
    # cut_title
    ("[Sen.|PER .6] [Chris Dodd|PER] said", ["Chris Dodd|PER"]),
    ("said [Sens. Mitt Romney|PER]", ["Mitt Romney|PER"]),
    ("said [Adv Tšosane|PER]", ["Tšosane|PER"]),
    ("[Lt. Gen. Ann Lee|PER] said", ["Ann Lee|PER"]),
    ("[President Obama|PER] said", ["Obama|PER"]),
    ("led by [Reps.|MISC .6] [Mike Conaway|PER]", ["Mike Conaway|PER"]),
    ("then [Sen|PER] said", ["Sen|PER"]),
    ("then [Sen|PER] [Bob Dole|PER] said", ["Bob Dole|PER"]),
    ("[General Motors|ORG] , [Major League|MISC]", ["General Motors|ORG", "Major League|MISC"]),
    ("the [President|ORG] and [Premier|MISC] said", ["President|ORG", "Premier|MISC"]),
    ("[Prince|PER] and [King Crimson|ORG] play", ["Prince|PER", "King Crimson|ORG"]),
    # cut_article
    ("told [the Times|ORG] so", ["Times|ORG"]),
    ("[The Federal Deposit Insurance Corp|ORG] said", ["Federal Deposit Insurance Corp|ORG"]),
    ("[The Sunday Times|ORG] said", ["The Sunday Times|ORG"]),
    ("in [The Hague|LOC] today", ["The Hague|LOC"]),
    # cut_stray_words
    ("in [N.Z. Dlrs|MISC .6] today", ["N.Z.|MISC"]),
    ("the [Slave Act of|MISC] 1850", ["Slave Act|MISC"]),
    ("the [Office of|ORG] the deputy", ["Office of|ORG"]),
    ("the Government [of India|LOC .7] said", ["India|LOC"]),
    ("Terms [of Trade|MISC .5] is a letter", []),
    ("[Ann Lee ’s|PER] house", ["Ann Lee|PER"]),
    ("at [McDonald 's|ORG] today", ["McDonald 's|ORG"]),
    # drop_no_name
    ("of [COVID-19|MISC] in [Oslo|LOC]", ["Oslo|LOC"]),
    ("MORE ( [R-Ky.|PER .9] ) and [R-N.C.|LOC]", ["R-N.C.|LOC"]),
    ("acting out [vendettas|ORG .5] against Twitter", []),
    ("the [eurozone|MISC .5] and [venezuela|LOC] in Spring", ["eurozone|MISC", "venezuela|LOC"]),
    ("all in [lisbon|LOC .6] is well", ["lisbon|LOC"]),
    # drop_ticker
    ("of [Exxon Corp|ORG] < [XON|ORG] > and < [SMBS ST|ORG] >", ["Exxon Corp|ORG"]),
    ("owned by < [BASF AG|ORG] >", ["BASF AG|ORG"]),
    ("of < [Mazda Corp|ORG] > and [GM|ORG]", ["Mazda Corp|ORG", "GM|ORG"]),
    # join_parts
    ("the [Supreme|ORG .7] [Court|LOC .5] said", ["Supreme Court|ORG"]),
    ("at [Camp|LOC .6] [David|PER .5] today", ["Camp David|LOC"]),
    ("the [Gulf|MISC .5] [War|LOC .7] in", ["Gulf War|MISC"]),
    ("said [Sadio|ORG .5] [Mane|PER .6]", ["Sadio Mane|PER"]),
    ("the [Kentucky|LOC] [Republican|MISC] said", ["Kentucky|LOC", "Republican|MISC"]),
    ("what [House|ORG .6] [Democrats|MISC .7] do", ["House|ORG", "Democrats|MISC"]),
    ("a [French|MISC .7] [central Bank|ORG .6]", ["French|MISC", "central Bank|ORG"]),
    # join_last_name
    ("[David|PER] [Petraeus|MISC .7] said", ["David Petraeus|PER"]),
    ("at Queen [Mary|PER] [University|ORG .8] today", ["Mary|PER", "University|ORG"]),
    # join_body
    ("the [House|ORG] [Appropriations Committee|ORG]", ["House Appropriations Committee|ORG"]),
    ("to [Senate|ORG] [Senate|ORG] begins", ["Senate|ORG", "Senate|ORG"]),
    # join_certain and settle_label
    ("the [Islamic|MISC] [State|LOC] group", ["Islamic State|ORG"]),
    ("the [Islamic State|LOC] and a [US|MISC .5] firm", ["Islamic State|ORG", "US|LOC"]),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "left"), CASES, ids=[marked for marked, _ in CASES])
def test_a_rule_mends_what_is_wrong_and_leaves_what_is_not(marked, left):
    assert mended(marked) == left


def test_the_score_is_the_lowest_of_the_words_that_are_left():
    context = Context(["Sen.", "Ann", "Lee"], np.array([0.3, 0.91234, 0.95]))
    assert mend_mentions([Mention(0, 2, "PER", 0.3)], context) == [Mention(1, 2, "PER", 0.9123)]


def test_the_score_of_parts_is_the_lower_of_the_two():
    [whole] = mend_mentions(*read("at [Camp|LOC .6] [David|PER .5]"))
    assert whole.score == 0.5
