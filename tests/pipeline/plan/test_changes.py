import pyarrow as pa

from pipeline.plan.changes import changed_inputs, find_changes
from pipeline.plan.inputs import InputFile
from transforms.files.places import StoredFile


def listed(uri, size=1, version="v", compression=""):
    return InputFile(StoredFile(uri, size, version), "jsonl", compression)


def published(*uris):
    columns = {"uri": uris, "size": [1], "version": ["v"], "format": ["jsonl"]}
    return pa.table(
        {name: [*values] * len(uris) for name, values in columns.items()} | {"uri": uris}
    )


def test_size_version_and_format_tell_whether_an_input_has_changed():
    files = [
        listed("same"),
        listed("new"),
        listed("longer", size=2),
        listed("later", version="w"),
        listed("packed", compression=".gz"),
    ]
    found = find_changes(files, published("longer", "later", "packed", "same", "gone"))
    assert [file.stored.uri for file in found.new] == ["new"]
    assert [file.stored.uri for file in found.changed] == ["longer", "later", "packed"]
    assert found.vanished == ["gone"]
    assert str(found) == "1 input new, 3 inputs changed, 1 input no longer there"


def test_differences_are_told_input_by_input():
    one, two, three = ((size, "v", "txt") for size in (1, 2, 3))
    assert changed_inputs({"a": one, "b": two, "c": one}, {"a": one, "b": three, "d": one}) == [
        "input d is new",
        "input c is no longer there",
        "input b has changed",
    ]
    assert changed_inputs({"a": one, "b": two}, {"b": two, "a": one}) == [
        "the inputs come in another order"
    ]
    assert changed_inputs({"a": one}, {"a": one}) == []
