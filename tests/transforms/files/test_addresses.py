"""What is secret in an address is neither stored nor said."""

import pickle
import subprocess
import sys

import pytest

from tests.places import ROOT
from transforms.files.addresses import Addresses, full_address, hide_secrets, without_secrets

PLACE = "https://news.example/a.jsonl"
SIGNED = [
    "X-Amz-Algorithm=AWS4&X-Amz-Credential=hush&X-Amz-Date=1&X-Amz-Expires=9&X-Amz-Signature=hush",
    "x-goog-algorithm=G4&X-Goog-Credential=hush%2Fa&X-Goog-Signature=hush",
    "AWSAccessKeyId=hush&Signature=hush%2B&Expires=9",
    "GoogleAccessId=hush&Expires=9&Signature=hush",
    "sv=2022&st=1&se=2&sr=b&sp=r&spr=https&sip=1&sig=hush%3D",
    "Expires=9&Signature=hush&Key-Pair-Id=hush",
    "Policy=hush&Signature=hush&Key-Pair-Id=hush",
    "token=hush",
    "access_token=hush",
    "api_key=hush",
    "apikey=hush",
    "KEY=hush",
    "%74oken=hush",
]


@pytest.mark.parametrize("query", SIGNED)
def test_signatures_and_tokens_are_left_out_and_the_rest_stays(query):
    assert without_secrets(f"{PLACE}?{query}") == PLACE
    assert without_secrets(f"{PLACE}?day=1&{query}&part=a%20b") == f"{PLACE}?day=1&part=a%20b"
    assert hide_secrets(f"GET '{PLACE}?day=1&{query}' failed") == f"GET '{PLACE}?day=1' failed"


@pytest.mark.parametrize("user", ["ann@", "ann:hush@", "ann:hu@sh@", ":hush@"])
def test_users_and_passwords_are_left_out(user):
    assert without_secrets(f"http://{user}news:80/a@b.txt") == "http://news:80/a@b.txt"
    assert hide_secrets(f"no http://{user}news:80/a@b.txt!") == "no http://news:80/a@b.txt!"


@pytest.mark.parametrize(
    "uri",
    [
        "/news/a?token=1.txt",
        "s3://news/a?token=1.txt",
        PLACE,
        f"{PLACE}?st=CA&se=2&expires=1",  # no signature is there
        f"{PLACE}?versionId=3&monkey=1&tokens=2&generation=4",
        f"{PLACE}?a=1;b=2&&c",
        f"{PLACE}?policy=economy",
        "http://[::1]:80/a.txt?x=y@z",
        "http://[broken/a.txt",
    ],
)
def test_what_is_not_secret_stays_as_it_is(uri):
    assert without_secrets(uri) == uri


def test_keys_in_the_places_of_buckets_are_hidden_in_messages():
    assert hide_secrets("no s3://KEY:hu/sh@news/a.txt here") == "no s3://news/a.txt here"
    assert hide_secrets("no s3://news/a:b@c.txt here") == "no s3://news/a:b@c.txt here"


def test_the_full_address_is_known_where_it_was_sent_to_and_never_shown():
    full = "http://ann:hush@known.example/a.txt?sig=hush"
    addresses = Addresses.of([full, "http://known.example/b.txt", "/news/c.txt"])
    assert full_address("http://known.example/a.txt") == full
    assert full_address("/news/c.txt") == "/news/c.txt"
    assert repr(addresses) == "Addresses(1 of inputs)"
    code = (
        "import pickle, sys; from transforms.files.addresses import full_address\n"
        "pickle.load(sys.stdin.buffer); print(full_address('http://known.example/a.txt'))"
    )
    sent = pickle.dumps(addresses)
    done = subprocess.run([sys.executable, "-c", code], input=sent, cwd=ROOT, capture_output=True)
    assert done.stdout.decode().strip() == full


def test_addresses_that_only_a_secret_tells_apart_are_refused():
    same = f"{PLACE}?key=1"
    assert repr(Addresses.of([same, same])) == "Addresses(1 of inputs)"
    with pytest.raises(ValueError, match=f"^{PLACE} is given twice, and only what"):
        Addresses.of([same, f"{PLACE}?key=2"])
