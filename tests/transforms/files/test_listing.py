"""What a path, a folder or a glob names."""

import pytest

from transforms.files.listing import find
from transforms.files.storage import open_input

# Somebody takes each of these apart: smart-open, urllib, globs or regular expressions.
ODD_NAMES = [
    "What next?/a.txt",
    "Who won?.txt",
    "a?versionId=1.txt",
    "a#b.txt",
    "50%.txt",
    "a%20b.txt",
    "a b.txt",
    "[1]/[a].txt",
    "[!a.txt",
    "star*.txt",
    "back\\slash.txt",
    "at:sign@here.txt",
    "a;b.txt",
    "café.txt",
]


def found(pattern):
    return sorted(file.uri for file in find(str(pattern)))


def test_a_link_to_nothing_is_listed_with_the_files_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere.txt")
    wanted = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    for pattern in (tmp_path, tmp_path / "*.txt"):
        assert sorted(file.uri for file in find(str(pattern))) == wanted
    assert [file.uri for file in find(wanted[1])] == wanted[1:]


def test_a_folder_is_read_without_what_is_hidden(tmp_path):
    for name in ("a.txt", "deep/b.txt", ".hidden.txt", "_SUCCESS", "_logs/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = sorted(file.uri for file in find(str(tmp_path)))
    assert found == [str(tmp_path / "a.txt"), str(tmp_path / "deep" / "b.txt")]


def test_a_name_that_is_there_is_taken_literally(tmp_path):
    for name in ("[1].txt", "1.txt"):
        (tmp_path / name).write_text("x")
    assert [file.uri for file in find(str(tmp_path / "[1].txt"))] == [str(tmp_path / "[1].txt")]
    (tmp_path / "[1].txt").unlink()
    assert [file.uri for file in find(str(tmp_path / "[1].txt"))] == [str(tmp_path / "1.txt")]


# The servers on loopback know no such keys.
ODD_HERE = ["new\nline.txt", "tab\there.txt"]


@pytest.mark.parametrize("name", [*ODD_NAMES, *ODD_HERE])
def test_odd_names_of_local_files_are_found_and_read(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(name.encode())
    for pattern in (tmp_path, path.parent, path):
        assert found(pattern) == [str(path)]
    with open_input(str(path)) as stream:
        assert stream.read() == name.encode()


def test_odd_names_in_buckets_are_found_and_read(bucket):
    root = f"{bucket.root}/odd"
    for name in ODD_NAMES:
        bucket.put(f"odd/{name}", name.encode())
    assert found(root) == sorted(f"{root}/{name}" for name in ODD_NAMES)
    for name in ODD_NAMES:
        uri = f"{root}/{name}"
        assert found(uri) == [uri]
        if uri.startswith("gs://") and set(name) & set("?#%;"):
            continue  # the emulator, not Google, gives links in which these are not quoted
        with open_input(uri) as stream:
            assert stream.read() == name.encode()


def test_a_folder_of_a_bucket_is_taken_literally_before_it_is_a_glob(bucket):
    for key in ("either/What now?/a.txt", "either/What now!/b.txt", "either/[x]/c.txt"):
        bucket.put(key, b"x")
    root = f"{bucket.root}/either"
    assert found(f"{root}/What now?") == [f"{root}/What now?/a.txt"]
    assert found(f"{root}/What now?/*.txt") == [
        f"{root}/What now!/b.txt",
        f"{root}/What now?/a.txt",
    ]
    assert found(f"{root}/[x]/") == [f"{root}/[x]/c.txt"]
    assert found(f"{root}/What*/*.txt") == found(f"{root}/What now?/*.txt")


def test_a_key_may_begin_with_a_slash(s3):
    s3.put("/slash/a.txt", b"x")
    assert found(f"{s3.root}//slash") == [f"{s3.root}//slash/a.txt"]
    with open_input(f"{s3.root}//slash/a.txt") as stream:
        assert stream.read() == b"x"
