"""Settles the label of each name of a document by what the whole document says of it.

The rules, with their measured effect, are in docs/explanation/one-document.md.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from transforms.text.name_forms import PERSON

# A mention with this score keeps its label: so sure a model is right more often than a vote.
SURE = 0.95


def settle_labels(
    names: Sequence[str], labels: Sequence[str], scores: Sequence[float]
) -> list[str]:
    """Returns the label of each mention of a document, given the model's labels.

    A last name is a person's where the document has a full name with it, and a first name too if
    the model is unsure. Then all mentions of a name vote on the label of those that are unsure.

    Args:
      names: (mention,), as `plain_name` gives them.
      labels: (mention,), the model's.
      scores: (mention,), the model's, 0 to 1.
    """
    return _vote(names, _with_parts_of_people(names, labels, scores), scores)


def _with_parts_of_people(
    names: Sequence[str], labels: Sequence[str], scores: Sequence[float]
) -> list[str]:
    """Makes one-word names people where they are parts of people's names, and of no others."""
    firsts, lasts = _parts_of_people({*zip(names, labels, strict=True)})
    if not lasts:
        return list(labels)
    return [
        PERSON if name in lasts or (score < SURE and name in firsts) else label
        for name, label, score in zip(names, labels, scores, strict=True)
    ]


def _parts_of_people(mentions: Iterable[tuple[str, str]]) -> tuple[set[str], set[str]]:
    """Returns the first and the last words of full names of people, without those of others.

    Args:
      mentions: names with their labels.
    """
    firsts, lasts, others = set(), set(), set()
    for name, label in mentions:
        if " " in name:
            words = name.split(" ")
            if label == PERSON:
                firsts.add(words[0])
                lasts.add(words[-1])
            else:
                others.update(words)
    return firsts - others, lasts - others


def _vote(names: Sequence[str], labels: Sequence[str], scores: Sequence[float]) -> list[str]:
    """Gives unsure mentions the label with the highest sum of scores among those of their name."""
    contested = _contested({*zip(names, labels, strict=True)})
    if not contested:
        return list(labels)
    winners = _winners(names, labels, scores, contested)
    return [
        winners[name.lower()] if score < SURE and name in contested else label
        for name, label, score in zip(names, labels, scores, strict=True)
    ]


def _contested(mentions: Collection[tuple[str, str]]) -> set[str]:
    """Returns the names that have several labels, in whatever case they are written."""
    several = Counter(name for name, _ in {(name.lower(), label) for name, label in mentions})
    return {name for name, _ in mentions if several[name.lower()] > 1}


def _winners(
    names: Sequence[str], labels: Sequence[str], scores: Sequence[float], contested: set[str]
) -> dict[str, str]:
    """Returns the label that wins among the mentions of each name, by the name in lower case."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for name, label, score in zip(names, labels, scores, strict=True):
        if name in contested:
            # Whole numbers have the same sum in any order.
            sums[name.lower()][label] += round(score * 10_000)
    return {name: max(sorted(votes), key=votes.__getitem__) for name, votes in sums.items()}
