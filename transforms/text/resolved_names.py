"""Gives each name of a document the name to count it by: one for all that mean the same.

The rules, with their measured precision, are in docs/explanation/one-document.md.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

from transforms.text.name_forms import PERSON, bare_form
from transforms.text.people import same_people

_Mention = tuple[str, str]  # its name and its label

# Shorter names in capitals are acronyms, whatever a headline makes of them ("Us").
_MIN_CAPITALS = 4


def resolve_names(names: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Returns the name to count each mention of a document by.

    Nothing but the set of the document's names and labels matters.

    Args:
      names: (mention,), as `plain_name` gives them.
      labels: (mention,).

    >>> resolve_names(["Bill de Blasio", "Mayor de Blasio", "U.S."], ["PER", "PER", "LOC"])
    ['Bill de Blasio', 'Bill de Blasio', 'US']
    """
    mentions = list(zip(names, labels, strict=True))
    resolved = _resolve(set(mentions))
    return [resolved[mention] for mention in mentions]


def _resolve(mentions: Collection[_Mention]) -> dict[_Mention, str]:
    forms = {mention: bare_form(*mention) for mention in mentions}
    if cased := _mixed_case(forms):
        forms = {mention: cased.get(form, form) for mention, form in forms.items()}
    people = same_people({form for (_, label), form in forms.items() if label == PERSON})
    return {
        mention: people[form] if mention[1] == PERSON else form for mention, form in forms.items()
    }


def _mixed_case(forms: dict[_Mention, str]) -> dict[str, str]:
    """Returns the form in mixed case of each name in capitals that the document has in both."""
    capitals = {
        form
        for (_, label), form in forms.items()
        if form.isupper() and (len(form) >= _MIN_CAPITALS or label == PERSON)
    }
    if not capitals:
        return {}
    mixed = defaultdict(set)
    for form in forms.values():
        if not form.isupper() and not form.islower():
            mixed[form.upper()].add(form)
    return {form: min(mixed[form]) for form in capitals if form in mixed}
