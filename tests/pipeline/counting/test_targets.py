"""Where an answer goes: what the flags say, or a file in the current folder."""

import pytest

from pipeline.counting.targets import Target
from pipeline.errors import UsageError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("place", "csv", "expected", "is_csv"),
    [
        (None, False, "names.parquet", False),
        (None, True, "names.csv", True),
        ("all.csv", False, "all.csv", True),
        ("all", True, "all", True),
        ("all.dat", False, "all.dat", False),
        (".", True, "names.csv", True),
        ("new/", False, "new/names.parquet", False),
    ],
)
def test_the_name_tells_the_form(folder, place, csv, expected, is_csv):
    found = Target.of(place, csv, "names", "/tables")
    assert found == Target(str(folder / expected), is_csv)


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_bucket_takes_files_too(scheme, request):
    request.getfixturevalue(scheme)
    found = Target.of(f"{scheme}://news/counts/", False, "pairs", "/tables")
    assert found == Target(f"{scheme}://news/counts/pairs.parquet", False)


def test_standard_output_gets_csv():
    assert Target.of("-", False, "names", "/tables") == Target("-", True)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("tables/names.parquet", "lies in .*/tables, which holds a job's own files"),
        ("http://localhost/names.parquet", "must be a file, or s3:// or gs://"),
        ("s3://key:secret@news/names.parquet", "must not hold keys"),
    ],
)
def test_other_places_are_refused(folder, place, message):
    with pytest.raises(UsageError, match=message):
        Target.of(place, False, "names", str(folder / "tables"))


def test_csv_has_no_name_of_parquet():
    with pytest.raises(UsageError, match="give it a name in"):
        Target.of("names.parquet", True, "names", "/tables")


def test_a_file_is_replaced_as_a_whole(folder):
    target = Target.of("new/names.csv", True, "names", "/tables")
    for data in (b"1\n2\n", b"3\n"):
        target.put(data)
        assert (folder / "new" / "names.csv").read_bytes() == data


def test_a_bucket_is_written(s3):
    target = Target.of("s3://news/counts/names.csv", False, "names", "/tables")
    target.put(b"1\n")
    from transforms.output.output import get_file

    assert get_file(target.place) == b"1\n"


def test_names_do_not_steer_a_terminal(capfdbinary, monkeypatch):
    target = Target("-", True)
    target.put(b"Ann \x1b[2J\n")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    target.put(b"Ann \x1b[2J\n")
    assert capfdbinary.readouterr().out == b"Ann \x1b[2J\nAnn \\x1b[2J\n"
