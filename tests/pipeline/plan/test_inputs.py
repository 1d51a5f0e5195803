"""From patterns to a list of inputs in a fixed order."""

import functools
import http.server
import os

import pytest

from pipeline.errors import UsageError
from pipeline.plan.inputs import list_inputs
from pipeline.plan.skipped import UNKNOWN_ENDING, Skipped
from tests.fakes import write_texts
from tests.servers import serving


def names(listing):
    return [file.stored.uri.rpartition("/")[2] for file in listing.files]


def test_patterns_keep_their_order_files_are_sorted_and_none_comes_twice(tmp_path):
    write_texts(tmp_path / "in", c="c", a="a", b="b")
    listing = list_inputs([f"{tmp_path}/in/c.txt", f"{tmp_path}/in", f"{tmp_path}/in/*.txt"])
    assert names(listing) == ["c.txt", "a.txt", "b.txt"]


def test_names_that_tell_no_format_are_passed_over_and_counted(tmp_path):
    write_texts(tmp_path / "in", a="a")
    (tmp_path / "in" / "notes.docx").write_text("x")
    listing = list_inputs([f"{tmp_path}/in"])
    notes = f"{tmp_path}/in/notes.docx"
    assert names(listing) == ["a.txt"]
    assert listing.skipped == [Skipped(UNKNOWN_ENDING, ".docx", 1, (notes,))]


def test_a_format_that_is_given_holds_for_every_name(tmp_path):
    write_texts(tmp_path / "in", a="a")
    (tmp_path / "in" / "b.log.gz").write_bytes(b"")
    kinds = [(f.format, f.compression) for f in list_inputs([f"{tmp_path}/in"], "txt").files]
    assert kinds == [("txt", ""), ("txt", ".gz")]


def test_files_of_the_output_are_no_inputs(tmp_path):
    write_texts(tmp_path / "in", a="a")
    write_texts(tmp_path / "in" / "out", b="b")
    assert names(list_inputs([f"{tmp_path}/in"], output=f"{tmp_path}/in/out")) == ["a.txt"]
    with pytest.raises(UsageError, match="holds all that --input"):
        list_inputs([f"{tmp_path}/in/out"], output=f"{tmp_path}/in/out")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("nowhere/*.txt", "names no file"), ("notes.docx", "tells no format; known are .txt .text")],
)
def test_a_pattern_that_names_nothing_is_wrong_usage(tmp_path, monkeypatch, pattern, message):
    (tmp_path / "notes.docx").write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=f"--input {pattern.replace('*', '.')}.* ?{message}"):
        list_inputs([pattern])


def test_brackets_in_a_name_that_is_there_are_literal(tmp_path):
    (tmp_path / "a[1].txt").write_text("x")
    [file] = list_inputs([str(tmp_path / "a[1].txt")]).files
    assert file.stored.uri.endswith("a[1].txt")


def test_names_that_are_stored_alike_are_one_input(tmp_path):
    # As two, with one identity to be known by, one of them would be new in every run.
    (tmp_path / "caf\\xe9.txt").write_text("x")
    (tmp_path / "caf\udce9.txt").write_text("y")
    [file] = list_inputs([str(tmp_path)]).files
    assert file.stored.uri.endswith("caf\\xe9.txt")


def test_a_directory_is_read_without_hidden_and_unknown_files(tmp_path):
    for name in ("a.txt", "sub/b.txt", ".c.txt", "_SUCCESS", "d.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    listing = list_inputs([str(tmp_path), str(tmp_path / "a.txt")])
    assert [f.stored.uri[len(str(tmp_path)) + 1 :] for f in listing.files] == ["a.txt", "sub/b.txt"]
    assert [(kind.ending, kind.count) for kind in listing.skipped] == [(".pdf", 1)]


def test_what_several_patterns_pass_over_is_counted_once(tmp_path):
    for name in ("a.txt", "b.pdf", "caf\udce9.pdf"):
        (tmp_path / name).write_text("x")
    [kind] = list_inputs([str(tmp_path), f"{tmp_path}/*"]).skipped
    assert (kind.count, kind.examples) == (2, (f"{tmp_path}/b.pdf", f"{tmp_path}/caf\\xe9.pdf"))


def test_a_question_mark_is_a_part_of_a_name_except_over_http(tmp_path):
    for name in ("What next?/x.jsonl", "Who won?.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "b.jsonl.gz").write_bytes(b"")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as root:
        address = f"{root}/b.jsonl.gz?of=a.txt"
        listing = list_inputs([str(tmp_path / "W*"), address])
        assert [(file.format, file.compression) for file in listing.files] == [
            ("txt", ""),
            ("jsonl", ".gz"),
        ]
        [given] = list_inputs([address], "csv").files
        assert (given.format, given.compression) == ("csv", ".gz")
    assert names(list_inputs([str(tmp_path)])) == ["x.jsonl", "Who won?.txt", "b.jsonl.gz"]


def test_a_named_pipe_is_refused_and_beside_files_it_is_passed_over(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    for pattern in (tmp_path, tmp_path / "pipe.txt"):
        with pytest.raises(
            UsageError, match=r"no file that can be read: .*pipe\.txt is a named pipe"
        ):
            list_inputs([str(pattern)])
    write_texts(tmp_path, a="a")
    listing = list_inputs([str(tmp_path)])
    assert names(listing) == ["a.txt"]
    assert listing.skipped == [Skipped("named pipe", None, 1, (f"{tmp_path}/pipe.txt",))]
