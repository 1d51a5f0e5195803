"""A sentence may end where a space is missing, and a name or an address may not."""

import pytest

from transforms.text.missing_spaces import lacks_space


@pytest.mark.parametrize(
    ("word", "following"),
    [
        ("minorities", "According to"),
        ("Palin", "Lopez left"),
        ("2014", "Regarding him"),
        ("Kasich", "Then"),
        ("things)", "Lopez left"),
        ("Fla", "Who won"),
    ],
)
def test_a_sentence_ends_before_an_ordinary_word(word, following):
    assert lacks_space(word, following, quoted=False)


@pytest.mark.parametrize(
    ("word", "following"),
    [
        ("One", "Tel said"),
        ("UN", "A>"),
        ("Mr", "Carter left"),
        ("St", "Michael’s"),
        ("J", "Henry"),
        ("Ph", "D. student"),
        ("Booking", "Com"),
        ("Halo", "Bungie.Org"),
        ("Ann", "Lopez@wsj.com"),
        ("12", "Introduction"),
        ("left", "then"),
        ("U.S", "A won"),
    ],
)
def test_a_name_or_an_address_goes_on(word, following):
    assert not lacks_space(word, following, quoted=False)


def test_a_closing_quotation_tells_more():
    assert lacks_space("Lee", "Bonn won", quoted=True)
    assert not lacks_space("Lee", "Tel won", quoted=False)
