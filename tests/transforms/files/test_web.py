"""Files over http, from servers of all kinds."""

import pytest

from tests.servers import BadStore
from transforms.files.web import look_at_url, open_url


def test_a_server_tells_the_size_and_the_version():
    with BadStore({"a.txt": b"abc"}).serve() as root:
        found = look_at_url(f"{root}/a.txt")
        assert (found.size, len(found.version)) == (3, 64)
        with open_url(f"{root}/a.txt") as stream:
            assert stream.read() == b"abc"
        with pytest.raises(FileNotFoundError):
            look_at_url(f"{root}/b.txt")
