"""Tells what a model does wrong, by setting each mention beside the one that was found for it.

A gold and a found mention with the same ends are partners. Of the rest, those that overlap become
partners one to one: those of one label first, then those that share most. So every mention counts
once: a found mention that covers two names is the partner of one of them, and the other is missed.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.evaluation.mentions import GoldAndFound, Mention

WRONG_LABEL = "wrong label"
WRONG_BOUNDARY = "wrong boundary"
WRONG_BOTH = "wrong boundary and label"
MISSED = "missed"
SPURIOUS = "spurious"
MISTAKE_KINDS = (WRONG_LABEL, WRONG_BOUNDARY, WRONG_BOTH, MISSED, SPURIOUS)

# The column and the row of a confusion table for mentions that overlap, but end elsewhere.
OTHER_ENDS = "other ends"


class LabelledName(NamedTuple):
    """A mention without its place."""

    name: str
    label: str


class Example(NamedTuple):
    """A mistake without its place, so that equal ones can be counted.

    Where nothing was to be found, or nothing was found, that side is None.
    """

    gold: LabelledName | None
    found: LabelledName | None


class Match(NamedTuple):
    """A mention that was to be found and the one found for it, or None where there is none."""

    gold: Mention | None
    found: Mention | None

    @property
    def kind(self) -> str | None:
        """The kind of mistake, one of MISTAKE_KINDS; None if it is right."""
        if self.gold is None:
            return SPURIOUS
        if self.found is None:
            return MISSED
        same_label = self.gold.label == self.found.label
        if _same_ends(self.gold, self.found):
            return None if same_label else WRONG_LABEL
        return WRONG_BOUNDARY if same_label else WRONG_BOTH

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yields its cells of a confusion table (row, column): two where the ends differ."""
        row = self.gold.label if self.gold else SPURIOUS
        column = self.found.label if self.found else MISSED
        if self.kind in (WRONG_BOUNDARY, WRONG_BOTH):
            yield row, OTHER_ENDS
            yield OTHER_ENDS, column
        else:
            yield row, column

    def example(self) -> Example:
        return Example(_without_place(self.gold), _without_place(self.found))


_SHOWN_EXAMPLES = 3  # of each kind of mistake


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What a model does wrong, counted.

    Attributes:
      confusion: how many mentions have a gold label (or OTHER_ENDS or SPURIOUS) and a found
        label (or OTHER_ENDS or MISSED). The row of a label holds each of its gold mentions
        once, the column of a label each of its found ones.
      examples: the mistakes of each of MISTAKE_KINDS, and how often each occurs.
    """

    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, Counter[Example]] = field(
        default_factory=lambda: {kind: Counter() for kind in MISTAKE_KINDS}
    )

    def most_frequent(self, kind: str) -> list[tuple[Example, int]]:
        """Returns the mistakes of a kind that a report shows, and how often each occurs."""
        return self.examples[kind].most_common(_SHOWN_EXAMPLES)


def count_mistakes(pairs: Iterable[GoldAndFound]) -> Mistakes:
    """Matches the mentions of each text, and counts what is right and what is not."""
    mistakes = Mistakes()
    for gold, found in pairs:
        for match in match_mentions(gold, found):
            mistakes.confusion.update(match.cells())
            if match.kind:
                mistakes.examples[match.kind][match.example()] += 1
    return mistakes


def match_mentions(gold: Sequence[Mention], found: Sequence[Mention]) -> list[Match]:
    """Gives each mention of a text its partner; every mention is in one match.

    Args:
      gold, found: each in the order of the text, without overlaps.

    Returns:
      The matches, in the order of the text.
    """
    partners: dict[Mention, Mention] = {}
    taken: set[Mention] = set()
    for one, other in sorted(_overlapping(gold, found), key=_closest_first):
        if one not in partners and other not in taken:
            partners[one] = other
            taken.add(other)
    matches = [Match(one, partners.get(one)) for one in gold]
    matches += [Match(None, other) for other in found if other not in taken]
    return sorted(matches, key=_place)


def _overlapping(
    gold: Sequence[Mention], found: Sequence[Mention]
) -> Iterator[tuple[Mention, Mention]]:
    starts = [mention.start for mention in found]
    ends = [mention.end for mention in found]
    for one in gold:
        first, last = bisect_right(ends, one.start), bisect_left(starts, one.end)
        yield from ((one, other) for other in found[first:last])


def _closest_first(pair: tuple[Mention, Mention]) -> tuple[bool, bool, int]:
    one, other = pair
    shared = min(one.end, other.end) - max(one.start, other.start)
    return not _same_ends(one, other), one.label != other.label, -shared


def _same_ends(one: Mention, other: Mention) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _place(match: Match) -> int:
    mention = match.gold or match.found
    assert mention is not None
    return mention.start


def _without_place(mention: Mention | None) -> LabelledName | None:
    return LabelledName(mention.name, mention.label) if mention else None
