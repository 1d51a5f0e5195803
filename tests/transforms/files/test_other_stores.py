"""What Beam and smart-open know beside S3 and Google Cloud Storage is left to them."""

import pytest

from benchmarks.many_inputs import SCHEME, TEXT, register_transport
from transforms.files.listing import find
from transforms.files.other_stores import list_other, look_at_other
from transforms.files.storage import open_input, stat


def test_a_store_that_beam_knows_is_listed_and_read():
    register_transport()
    files = list(list_other(f"{SCHEME}://3/"))
    assert list(find(f"{SCHEME}://3/")) == files
    assert [file.size for file in files] == [len(TEXT)] * 3
    assert stat(files[2].uri) == look_at_other(files[2].uri) == files[2]
    with open_input(files[0].uri) as stream:
        assert stream.read() == TEXT


def test_a_kind_of_store_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="nothing://a"):
        stat("nothing://a/b.txt")
