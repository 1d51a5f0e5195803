import pytest

from transforms.files.places import file_in, file_name, join, normalise


def test_places_are_absolute_paths_or_uris(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert normalise("news/../a.txt") == str(tmp_path / "a.txt")
    assert normalise("s3://news/../a.txt") == "s3://news/../a.txt"
    assert join("s3://news/", "entities", "a") == "s3://news/entities/a"


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://news/a.jsonl?of=b.csv#c", "http://news/a.jsonl"),
        ("https://news/a.jsonl#c?d", "https://news/a.jsonl"),
        ("/news/What next?/Who won?.txt", "/news/What next?/Who won?.txt"),
        ("s3://news/a?.txt", "s3://news/a?.txt"),
        ("gs://news/a#1.txt", "gs://news/a#1.txt"),
    ],
)
def test_only_addresses_have_a_query(uri, name):
    assert file_name(uri) == name


def test_a_folder_means_the_file_in_it(tmp_path):
    assert file_in(f"file://{tmp_path}", "a.csv") == str(tmp_path / "a.csv")
    assert file_in(f"{tmp_path}/new/", "a.csv") == str(tmp_path / "new" / "a.csv")
    assert file_in(str(tmp_path / "b.csv"), "a.csv") == str(tmp_path / "b.csv")
