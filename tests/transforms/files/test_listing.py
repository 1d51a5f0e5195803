"""What a path, a folder or a glob names."""

import os
import socket
import subprocess
import sys

import pytest

from tests.places import ROOT
from transforms.files.listing import OWN_ANCESTOR, UNREADABLE_FOLDER, find
from transforms.files.places import PassedOver
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


def passed_over(pattern):
    return sorted(
        (entry.uri, entry.why) for entry in find(str(pattern)) if isinstance(entry, PassedOver)
    )


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


@pytest.fixture
def special(tmp_path):
    """A folder that holds a file, and things that are none."""
    folder = tmp_path / "special"
    folder.mkdir()
    (folder / "a.txt").write_text("x")
    os.mkfifo(folder / "pipe.txt")
    (folder / "null.txt").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket.txt"))
        yield folder


def test_what_is_no_file_is_passed_over_wherever_it_is_come_to(special):
    wanted = [
        (str(special / "null.txt"), "device"),
        (str(special / "pipe.txt"), "named pipe"),
        (str(special / "socket.txt"), "socket"),
    ]
    for pattern in (special, special / "*.txt", special.parent / "**" / "*.txt"):
        assert passed_over(pattern) == wanted
        assert str(special / "a.txt") in found(pattern)
    assert passed_over(special / "pipe.txt") == [wanted[1]]


def test_a_folder_that_contains_itself_is_gone_through_once(tmp_path):
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "a.txt").write_text("x")
    for name in ("again", "once-more"):
        (inner / name).symlink_to(tmp_path / "outer", target_is_directory=True)
    wanted = [(str(inner / name), OWN_ANCESTOR) for name in ("again", "once-more")]
    for pattern in (tmp_path, tmp_path / "**", tmp_path / "**" / "*.txt"):
        assert passed_over(pattern) == wanted
        assert [uri for uri in found(pattern) if uri.endswith(".txt")] == [str(inner / "a.txt")]


def test_a_folder_that_two_links_lead_to_is_read_by_both(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("x")
    (tmp_path / "in").mkdir()
    for name in ("one", "two"):
        (tmp_path / "in" / name).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    wanted = [str(tmp_path / "in" / name / "a.txt") for name in ("one", "two")]
    assert found(tmp_path / "in") == found(tmp_path / "in" / "**" / "*.txt") == wanted


def test_two_folders_that_link_to_each_other_come_to_an_end(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.txt").write_text("x")
        (tmp_path / name / "to").symlink_to(tmp_path / other, target_is_directory=True)
    assert [os.path.relpath(uri, tmp_path) for uri in found(tmp_path / "a")] == [
        "a/to/to",
        "a/to/x.txt",
        "a/x.txt",
    ]


def test_a_link_to_itself_is_listed_with_the_files_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").symlink_to(tmp_path / "b.txt")
    assert found(tmp_path) == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]


def test_two_stars_stand_for_any_number_of_folders(tmp_path):
    for name in ("a.txt", "b/c.txt", "b/d/e.txt", ".f/g.txt", "_h/i.txt", "b/j.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")

    def names(pattern):
        return sorted({os.path.relpath(uri, tmp_path) for uri in found(f"{tmp_path}/{pattern}")})

    assert names("**/*.txt") == ["_h/i.txt", "a.txt", "b/c.txt", "b/d/e.txt"]
    assert names("**/c.txt") == ["b/c.txt"]
    assert names("b/**") == ["b/c.txt", "b/d/e.txt", "b/j.csv"]
    assert names("**/d/**/*.txt") == ["b/d/e.txt"]
    assert names("*/**/*.csv") == ["b/j.csv"]
    assert names("**.txt") == ["a.txt"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_may_not_be_read_does_not_end_the_listing(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    closed, sealed = tmp_path / "lost+found", tmp_path / "sealed"
    for folder in (closed, sealed):
        folder.mkdir()
        (folder / "b.txt").write_text("b")
    closed.chmod(0o700)
    sealed.chmod(0o744)  # its names may be read, and nothing else
    tmp_path.chmod(0o755)
    code = (
        "import os, sys\n"
        "from transforms.files.listing import find\n"
        "os.chdir(sys.argv[1]); os.setuid(12345)\n"
        "print(*sorted(getattr(e, 'why', '') + ':' + e.uri for e in find('.')), sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        ":./a.txt",
        "file that may not be looked at:./sealed/b.txt",
        f"{UNREADABLE_FOLDER}:./lost+found",
    ]


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
