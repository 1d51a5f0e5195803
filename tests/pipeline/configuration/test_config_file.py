"""What a file of settings holds, and what is said of one that cannot be read."""

import os

import pytest

from pipeline.configuration.config_file import read_config
from pipeline.errors import UsageError


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write_and_read(name, text):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_config(name)

    return write_and_read


def test_toml_and_yaml_say_the_same(read):
    toml = 'limit = 5\noverwrite = true\n[input]\ntext_field = ["title", "text"]\n'
    yaml = "limit: '5'\noverwrite: true\ninput:\n  text_field: [title, text]\n"
    from_toml = read("news.toml", toml)
    assert from_toml == {
        "limit": 5,
        "overwrite": True,
        "input": {"text_field": ["title", "text"]},
    }
    assert read("news.yaml", yaml) == from_toml | {"limit": "5"}
    assert read("NEWS.YML", yaml) == from_toml | {"limit": "5"}


def test_words_of_yaml_are_what_they_seem(read):
    text = "languages: [no, en, off]\nid_field: 010\nlimit: 1_000\ndate: 2024-01-09\nlist: []\n"
    assert read("news.yaml", text) == {
        "languages": ["no", "en", "off"],
        "id_field": "010",
        "limit": "1_000",
        "date": "2024-01-09",
        "list": [],
    }


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_a_key_of_yaml_without_a_value_has_none(read, nothing):
    assert read("news.yaml", f"limit: {nothing}\n") == {"limit": None}


def test_anchors_and_merges_of_yaml_are_followed(read):
    text = (
        "tag: &model {model: ./m, device: cpu}\n"
        "evaluate: {<<: *model, device: cuda}\n"
        "input: {keep: &keep [a, b]}\n"
        "partition_by: *keep\n"
    )
    assert read("news.yaml", text) == {
        "tag": {"model": "./m", "device": "cpu"},
        "evaluate": {"model": "./m", "device": "cuda"},
        "input": {"keep": ["a", "b"]},
        "partition_by": ["a", "b"],
    }


@pytest.mark.parametrize("name", ["news.toml", "news.yaml"])
def test_an_empty_file_holds_nothing(read, name):
    assert read(name, "") == read(name, "# nothing\n") == {}


def test_a_byte_order_mark_is_passed_over(read):
    assert read("news.toml", b"\xef\xbb\xbflimit = 5") == {"limit": 5}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("news.toml", "limit = 5\nwait 3\n", r"news.toml: Expected '=' .* \(at line 2, column 6\)"),
        ("news.toml", "limit = 5\nlimit = 6\n", r"news.toml: Cannot overwrite .*line 2"),
        ("news.yaml", "limit: 5\n\twait: 3\n", r"news.yaml: .*\(at line 2, column 1\)"),
        ("news.yaml", "limit: 5\nwait: 2\nlimit: 6", r"limit is there twice \(at line 3, column 1"),
        ("news.yaml", "tag: {json: true, json: true}", "json is there twice"),
        ("news.yaml", "limit: *nobody", r"undefined alias .*line 1"),
        ("news.yaml", "limit: !!python/name:os.system", "could not determine a constructor"),
        ("news.yaml", "- limit\n", "news.yaml: holds no keys with values"),
        ("news.yaml", "limit\n", "news.yaml: holds no keys with values"),
        ("news.yaml", "? [a, b]\n: 5\n", "unhashable key"),
        ("news.yaml", "limit: 5\n---\nlimit: 6\n", "another document"),
        ("news.yaml", b"limit: \x01", "news.yaml: .*special characters"),
        ("news.toml", b"# caf\xe9\n", "news.toml: not UTF-8 at byte 5"),
        ("news.ini", "limit = 5", "--config news.ini: its name must end in .toml, .yaml, .yml"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_line(read, name, text, message):
    with pytest.raises(UsageError, match=message):
        read(name, text)


def test_a_file_that_is_not_there_is_named_with_what_names_it(tmp_path):
    place = str(tmp_path / "news.toml")
    with pytest.raises(UsageError, match=f"--config {place}: No such file"):
        read_config(place)
    with pytest.raises(UsageError, match=f"NEWS_ENTITIES_CONFIG {place}: No such file"):
        read_config(place, "NEWS_ENTITIES_CONFIG")
    os.mkdir(place)
    with pytest.raises(UsageError, match="Is a directory"):
        read_config(place)


def test_a_file_may_lie_in_a_bucket(bucket):
    bucket.put("settings/news.toml", b"limit = 5")
    assert read_config(f"{bucket.root}/settings/news.toml") == {"limit": 5}
    with pytest.raises(UsageError, match=r"--config \S+/other.toml: "):
        read_config(f"{bucket.root}/settings/other.toml")
