"""Names of a document that mean the same have one name to count them by."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.text.resolved_names import resolve_names


def test_people_are_called_by_their_full_names():
    names = ["Donald J. Trump", "President Trump", "Trump\u2019s", "TRUMP", "Donald"]
    assert resolve_names(names, ["PER"] * 5) == ["Donald Trump"] * 5


def test_only_people_are_parts_of_people():
    names = ["Ada Lima", "Lima", "Lima"]
    assert resolve_names(names, ["PER", "LOC", "PER"]) == ["Ada Lima", "Lima", "Ada Lima"]


def test_names_in_capitals_take_the_mixed_case_of_their_document():
    names = ["WHITE HOUSE", "White House", "LIMA", "NATO", "PERU"]
    labels = ["ORG", "LOC", "LOC", "ORG", "LOC"]
    assert resolve_names(names, labels) == ["White House", "White House", "LIMA", "NATO", "PERU"]


def test_short_names_in_capitals_are_acronyms_but_for_people():
    assert resolve_names(["US", "Us"], ["LOC", "ORG"]) == ["US", "Us"]
    assert resolve_names(["XI", "Xi"], ["PER", "PER"]) == ["Xi", "Xi"]


def test_names_differ_only_by_what_is_no_part_of_them():
    names = ["U.S.", "US", "The U.N.", "UN"]
    assert resolve_names(names, ["LOC", "LOC", "ORG", "ORG"]) == ["US", "US", "UN", "UN"]


MENTIONS = st.lists(
    st.tuples(
        st.lists(
            st.sampled_from(
                ["Ada", "Bo", "Lima", "LIMA", "de", "W.", "U.S.", "Sen.", "The", "Jr.", "O’Hara’s"]
            ),
            min_size=1,
            max_size=4,
        ).map(" ".join),
        st.sampled_from(["PER", "LOC", "ORG", "MISC"]),
    ),
    max_size=10,
)


def resolved(mentions):
    return resolve_names([name for name, _ in mentions], [label for _, label in mentions])


@given(MENTIONS, st.randoms())
def test_nothing_but_the_set_of_a_documents_names_matters(mentions, random):
    shuffled = random.sample(mentions + mentions[:3], len(mentions + mentions[:3]))
    by_mention = dict(zip(mentions, resolved(mentions), strict=True))
    assert resolved(shuffled) == [by_mention[mention] for mention in shuffled]


@given(MENTIONS)
def test_no_name_is_empty(mentions):
    assert all(resolved(mentions))
