"""An output that is complete, and what a later run with other inputs makes of it."""

import hashlib
import json
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import launch
from pipeline import run as run_module
from pipeline.errors import DamagedError, ExitCode, JobError, UsageError
from pipeline.logs import TEXT, set_up_logs
from pipeline.options import parse_options
from pipeline.run import run
from tests.fakes import load_capital_tagger, write_texts
from tests.jobs import read, tables_of
from tests.transforms.text.test_language import IN
from transforms.output.output import Output
from transforms.records import TABLES

WORDS = ("Ann", "Bob", "met", "saw", "Rome", "Oslo", "the", "kaboom", "old", "Cy")


@pytest.fixture(autouse=True)
def quick_tagger(monkeypatch):
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
    set_up_logs(TEXT)


def tag(inputs: Path, output: Path, *flags: str) -> int:
    words = ["--input", str(inputs), "--output", str(output), "--max_reject_ratio", "1", *flags]
    options = parse_options(words)
    return run(replace(options, settings=replace(options.settings, block_bytes=100)))


def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Returns an empty folder of inputs, and a place for the output."""
    inputs = tmp_path / "in"
    inputs.mkdir()
    return inputs, tmp_path / "out"


def rows_of(output: Path) -> dict[str, list[str]]:
    """Returns what the tables hold, whatever part and place of it a row lies in."""
    found = {
        table: sorted(json.dumps(row, default=str) for row in read(Output(str(output)), table))
        for table in TABLES
    }
    found["inputs"] = [str(row) for row in pq.read_table(output / "inputs.parquet").to_pylist()]
    return found


def counts_of(output: Path) -> dict:
    return json.loads((output / "manifest.json").read_text())["counts"]


def check_parts(output: Path, others: bool = False) -> None:
    """The parts that are listed are there as they are listed, and no others but old ones."""
    listed = pq.read_table(output / "parts.parquet").to_pylist()
    for part in listed:
        data = (output / part["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == part["sha256"]
        assert pq.read_metadata(output / part["path"]).num_rows == part["rows"]
    there = {str(p.relative_to(output)) for t in TABLES for p in (output / t).rglob("*.parquet")}
    assert there >= {part["path"] for part in listed}
    if not others:
        assert len(there) == len(listed)


def told_by_manifest(output: Path) -> bool:
    """Whether the three files that tell what is published are of one run."""
    told = json.loads((output / "manifest.json").read_text())["sha256"]
    return all(
        hashlib.sha256((output / path).read_bytes()).hexdigest() == digest
        for path, digest in told.items()
    )


def parts_there(output: Path) -> dict[str, tuple[int, bytes]]:
    paths = (path for table in TABLES for path in (output / table).rglob("*.parquet"))
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def test_new_inputs_are_added_and_published_parts_stay_as_they_are(tmp_path, capsys):
    inputs, output = (
        write_texts(tmp_path / "in", a="We met Ann.", b="We met Bob."),
        tmp_path / "out",
    )
    assert tag(inputs, output) == ExitCode.DONE
    before = parts_there(output)
    write_texts(inputs, c="We met Cy.", aa="We met Di.")
    capsys.readouterr()
    assert tag(inputs, output) == ExitCode.DONE
    assert "2 inputs new: 2 files, about 1 block" in capsys.readouterr().out
    assert before.items() < parts_there(output).items()
    assert tag(inputs, tmp_path / "fresh") == ExitCode.DONE
    assert rows_of(output) == rows_of(tmp_path / "fresh")
    assert counts_of(output) == counts_of(tmp_path / "fresh")
    assert told_by_manifest(output)
    check_parts(output)
    assert sorted(os.listdir(output / "_run")) == ["copy", "plan.parquet"]
    assert tag(inputs, output) == ExitCode.DONE
    assert "nothing to do" in capsys.readouterr().out


def test_what_vanished_stays_until_it_is_pruned(tmp_path, capsys):
    inputs, output = (
        write_texts(tmp_path / "in", a="We met Ann.", b="kaboom", c=""),
        tmp_path / "out",
    )
    assert tag(inputs, output) == ExitCode.DONE
    before = parts_there(output)
    (inputs / "b.txt").unlink()
    (inputs / "c.txt").unlink()
    assert tag(inputs, output) == ExitCode.DONE
    assert parts_there(output) == before
    capsys.readouterr()
    assert tag(inputs, output, "--prune") == ExitCode.DONE
    assert "2 inputs no longer there: 0 files" in capsys.readouterr().out
    assert tag(inputs, tmp_path / "fresh") == ExitCode.DONE
    assert rows_of(output) == rows_of(tmp_path / "fresh")
    assert counts_of(output) == counts_of(tmp_path / "fresh")
    check_parts(output)
    assert tag(inputs, output, "--prune") == ExitCode.DONE
    assert "nothing to do" in capsys.readouterr().out


def document(chance: random.Random) -> dict:
    text = " ".join(chance.choices(WORDS, k=chance.randrange(12))) + "."
    when = chance.choice(["2024-01-09", "2024-02-01", "soon", None])
    return {"text": text, "when": when, "source": chance.choice(["Gazette", "Echo", None])}


def write_some(folder: Path, name: str, chance: random.Random) -> None:
    lines = [json.dumps(document(chance)) for _ in range(chance.randrange(1, 6))]
    if chance.random() < 0.3:
        lines.append("no json")
    (folder / name).write_text("\n".join(lines))


@pytest.mark.parametrize("flags", [(), ("--partition_by", "month", "source")], ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_any_history_leaves_what_one_run_over_the_same_inputs_makes(tmp_path, seed, flags):
    """The law: additions, changes and removals are only another way to the same rows."""
    chance = random.Random(seed)
    inputs, output = folders(tmp_path)
    flags = ("--date_field", "when", "--keep", "source", *flags)
    names = [f"{letter}.jsonl" for letter in "abcdef"]
    for night in range(4):
        for name in chance.sample(names, 3):
            write_some(inputs, name, chance)
        gone = chance.choice(names)
        if night and len(os.listdir(inputs)) > 1:
            (inputs / gone).unlink(missing_ok=True)
        assert tag(inputs, output, "--prune", *flags) == ExitCode.DONE
        fresh = tmp_path / f"fresh{night}"
        assert tag(inputs, fresh, *flags) == ExitCode.DONE
        assert rows_of(output) == rows_of(fresh)
        assert counts_of(output) == counts_of(fresh)
        check_parts(output)


class Broken(Exception):
    pass


@pytest.fixture
def published(tmp_path):
    """A complete output, inputs that were changed since, and what a run makes of both."""
    inputs, output = tmp_path / "in", tmp_path / "out"
    write_texts(inputs, a="We met Ann.", b="We met Bob.", c="We met Cy and kaboom.")
    assert tag(inputs, output) == ExitCode.DONE
    before = tmp_path / "before"
    shutil.copytree(output, before)
    write_texts(inputs, b="We saw Rome.", d="We met Di.")
    (inputs / "c.txt").unlink()
    after = tmp_path / "after"
    shutil.copytree(before, after)
    assert tag(inputs, after, "--prune") == ExitCode.DONE
    return inputs, output, before, after


def test_wherever_it_is_killed_readers_see_one_state_and_the_next_run_ends_it(
    published, tmp_path, monkeypatch
):
    """Every write and every removal fails once, as if the process had ended there."""
    inputs, output, before, after = published
    steps = 0
    seen = set()
    while True:
        shutil.rmtree(output)
        shutil.copytree(before, output)
        if end_after(steps, inputs, output, monkeypatch):
            break
        check_parts(output, others=True)
        rows, old, new = rows_of(output), rows_of(before), rows_of(after)
        if not told_by_manifest(output):  # a reader of inputs.parquet, too, looks again
            del rows["inputs"], old["inputs"], new["inputs"]
        assert rows in (old, new)
        seen.add((rows == new, "inputs" in rows))
        assert tag(inputs, output, "--prune") == ExitCode.DONE
        assert tables_of(Output(str(output))) == tables_of(Output(str(after)))
        assert (output / "manifest.json").read_bytes() == (after / "manifest.json").read_bytes()
        steps += 1
    assert seen == {(False, True), (False, False), (True, False), (True, True)}
    assert steps > 15


def end_after(steps: int, inputs: Path, output: Path, monkeypatch, *flags: str) -> bool:
    """Runs the command until it has written and removed so often; says whether it ended."""
    left = steps

    def count() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Broken

    put, remove = Output.put, Output.remove

    def counted_put(self: Output, path: str, data: bytes) -> None:
        count()
        put(self, path, data)

    def counted_remove(self: Output, path: str) -> None:
        count()
        remove(self, path)

    with monkeypatch.context() as patch:
        patch.setattr(Output, "put", counted_put)
        patch.setattr(Output, "remove", counted_remove)
        try:
            tag(inputs, output, "--prune", *flags)
        except (Broken, JobError, UsageError):
            return False
    return left >= 0


def test_what_was_begun_is_ended_before_what_has_come_since(tmp_path, monkeypatch, capsys):
    inputs, output = (
        write_texts(tmp_path / "in", a="We met Ann.", b="We met Bob."),
        tmp_path / "out",
    )
    assert not end_after(3, inputs, output, monkeypatch)
    assert not (output / "manifest.json").exists()
    write_texts(inputs, b="We saw Rome.", c="We met Cy.")
    capsys.readouterr()
    assert tag(inputs, output) == ExitCode.DONE
    assert "1 input new, 1 input changed" in capsys.readouterr().out
    assert tag(inputs, tmp_path / "fresh") == ExitCode.DONE
    assert rows_of(output) == rows_of(tmp_path / "fresh")
    check_parts(output)


def test_processes_make_the_same_of_an_addition(published, tmp_path):
    inputs, output, _, after = published
    assert tag(inputs, output, "--prune", "--workers", "2") == ExitCode.DONE
    assert tables_of(Output(str(output))) == tables_of(Output(str(after)))


def test_an_empty_part_goes_when_its_table_has_rows(tmp_path):
    inputs, output = folders(tmp_path)
    flags = ("--date_field", "when", "--partition_by", "month")
    (inputs / "a.jsonl").write_text('{"text": "nobody came.", "when": "2024-01-09"}')
    assert tag(inputs, output, *flags) == ExitCode.DONE
    assert (output / "entities" / "part-00000.parquet").exists()
    (inputs / "b.jsonl").write_text('{"text": "We met Ann.", "when": "2024-02-01"}')
    assert tag(inputs, output, *flags) == ExitCode.DONE
    # Beside folders of months, a part without one would leave readers no column `month`.
    found = [str(p.relative_to(output)) for p in (output / "entities").rglob("*.parquet")]
    assert found == ["entities/month=2024-02/part-00001.parquet"]
    check_parts(output)


def test_an_addition_that_makes_too_many_folders_is_warned_of_and_published(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("transforms.partitions.MAX_PARTITIONS", 2)
    inputs, output = folders(tmp_path)
    flags = ("--keep", "source", "--partition_by", "source")
    for source in ("Echo", "Gazette", "Herald"):
        line = json.dumps({"text": "We met Ann.", "source": source})
        (inputs / f"{source}.jsonl").write_text(line)
        capsys.readouterr()
        assert tag(inputs, output, *flags) == ExitCode.DONE
    assert "partition_by source gives 3 folders" in capsys.readouterr().err
    assert counts_of(output)["documents"] == 3
    # A single group that makes so many is no other case.
    sources = [{"text": "We met Di.", "source": f"Weekly {n}"} for n in range(4)]
    (inputs / "many.jsonl").write_text("\n".join(map(json.dumps, sources)))
    assert tag(inputs, output, *flags) == ExitCode.DONE
    assert counts_of(output)["documents"] == 7
    with pytest.raises(JobError):
        tag(inputs, tmp_path / "fresh", *flags)


def test_a_value_too_long_for_a_folder_is_a_reject(tmp_path):
    inputs, output = folders(tmp_path)
    flags = ("--keep", "source", "--partition_by", "source")
    (inputs / "a.jsonl").write_text('{"text": "We met Ann.", "source": "Echo"}')
    assert tag(inputs, output, *flags) == ExitCode.DONE
    (inputs / "b.jsonl").write_text(json.dumps({"text": "We met Bob.", "source": "東" * 84}))
    assert tag(inputs, output, *flags) == ExitCode.DONE
    [reject] = read(Output(str(output)), "rejects")
    assert reject["message"] == "source makes a folder's name of 259 bytes, over 255"
    check_parts(output)


def test_too_many_rejects_are_those_of_what_was_added(tmp_path):
    inputs, output = folders(tmp_path)
    (inputs / "a.jsonl").write_text('{"text": "We met Ann."}\n' * 50)
    limit = ("--max_reject_ratio", "0.1")
    assert tag(inputs, output, *limit) == ExitCode.DONE
    (inputs / "b.jsonl").write_text("no json")
    assert tag(inputs, output, *limit) == ExitCode.TOO_MANY_REJECTS
    # There is nothing to do, and it is still wrong.
    assert tag(inputs, output, *limit) == ExitCode.TOO_MANY_REJECTS
    (inputs / "c.jsonl").write_text('{"text": "We met Cy."}')
    assert tag(inputs, output, *limit) == ExitCode.DONE


def test_a_bad_file_alone_is_no_wrong_usage_once_the_settings_served(tmp_path, capsys):
    inputs, output = folders(tmp_path)
    (inputs / "a.jsonl").write_text('{"text": "We met Ann."}')
    assert tag(inputs, output) == ExitCode.DONE
    (inputs / "b.jsonl").write_text('{"body": "We met Bob."}')
    assert tag(inputs, output) == ExitCode.DONE
    assert "none of the first" not in capsys.readouterr().err
    assert counts_of(output)["rejects_by_reason"] == {"missing_text": 1}


def test_new_inputs_need_not_have_what_the_old_ones_have(tmp_path, capsys):
    inputs, output = folders(tmp_path)
    flags = ("--keep", "author", "--date_field", "day")
    (inputs / "a.jsonl").write_text('{"text": "We met Ann.", "author": "Cy", "day": "2024-01-09"}')
    tag(inputs, output, *flags)
    (inputs / "b.jsonl").write_text('{"text": "We met Bob."}')
    (inputs / "c.txt").write_text("We met Cy.")
    tag(inputs, output, *flags)
    assert "warning" not in capsys.readouterr().err
    assert counts_of(output)["documents"] == 3


def test_dates_that_could_not_be_read_are_shown_after_an_addition_too(tmp_path, capsys):
    inputs, output = folders(tmp_path)
    (inputs / "a.jsonl").write_text('{"text": "We met Ann.", "day": "soon"}')
    tag(inputs, output, "--date_field", "day")
    for name, date, told in (
        ("b", "2024-01-09", "1, such as 'soon'"),
        ("c", "so", "2, such as 'so', 'soon'"),
    ):
        (inputs / f"{name}.jsonl").write_text(json.dumps({"text": "We met Bob.", "day": date}))
        capsys.readouterr()
        tag(inputs, output, "--date_field", "day")
        assert f"dates that could not be read, stored as null: {told}" in capsys.readouterr().out


def test_documents_in_other_languages_are_counted_through_additions(tmp_path):
    inputs, output = folders(tmp_path)
    for language in ("de", "fr", "hi"):
        (inputs / f"{language}.txt").write_text(IN[language])
    (inputs / "a.txt").write_text("We met Ann.")
    tag(inputs, output)
    assert counts_of(output)["untagged_by_language"] == {"de": 1, "fr": 1, "hi": 1}
    (inputs / "hi.txt").unlink()
    (inputs / "de.txt").write_text("We met Bob.")
    (inputs / "more.txt").write_text(IN["fr"])
    tag(inputs, output, "--prune")
    assert counts_of(output)["untagged_by_language"] == {"fr": 2}
    tag(inputs, tmp_path / "fresh")
    assert rows_of(output) == rows_of(tmp_path / "fresh")
    with pytest.raises(UsageError, match="It was made with --languages en\n"):
        tag(inputs, output, "--languages", "any")


def test_kept_columns_keep_the_type_that_the_tables_have(tmp_path):
    inputs, output = folders(tmp_path)
    for name, pages in (("a", [1]), ("b", [2])):
        pq.write_table(
            pa.table({"text": ["We met Ann."], "page": pages}), inputs / f"{name}.parquet"
        )
        assert tag(inputs, output, "--keep", "page") == ExitCode.DONE
    assert sorted(row["page"] for row in read(Output(str(output)), "documents")) == [1, 2]
    (inputs / "c.jsonl").write_text('{"text": "We met Cy.", "page": "iii"}')
    with pytest.raises(
        UsageError, match=r"--keep page: int64 in the tables .* string in .*c\.jsonl"
    ):
        tag(inputs, output, "--keep", "page")


def test_an_input_with_a_kept_column_twice_is_a_reject(tmp_path):
    inputs, output = folders(tmp_path)
    columns = [pa.array(["We met Ann."]), pa.array([1]), pa.array([2])]
    for name, names in (("a", ["text", "page", "n"]), ("b", ["text", "page", "page"])):
        pq.write_table(pa.Table.from_arrays(columns, names), inputs / f"{name}.parquet")
        assert tag(inputs, output, "--keep", "page") == ExitCode.DONE
    assert [row["page"] for row in read(Output(str(output)), "documents")] == [1]
    assert counts_of(output)["rejects_by_reason"] == {"corrupt": 1}
    assert tag(inputs, tmp_path / "fresh", "--keep", "page") == ExitCode.DONE
    assert rows_of(output) == rows_of(tmp_path / "fresh")


def test_replaced_parts_go_though_what_has_come_since_is_refused(tmp_path, monkeypatch):
    inputs, output = folders(tmp_path)
    for pages in ([1, 2], [3, 4]):
        table = pa.table({"text": ["We met Ann.", "We met Bob."], "page": pages})
        pq.write_table(table, inputs / "a.parquet")
        if not output.exists():
            assert tag(inputs, output, "--keep", "page") == ExitCode.DONE
    # Planned and begun, but not published.
    assert not end_after(11, inputs, output, monkeypatch, "--keep", "page")
    (inputs / "b.jsonl").write_text('{"text": "We met Cy.", "page": "iii"}')
    with pytest.raises(UsageError, match="choose another --output"):
        tag(inputs, output, "--keep", "page")
    assert sorted(row["page"] for row in read(Output(str(output)), "documents")) == [3, 4]
    check_parts(output)


def test_what_could_not_be_read_is_tried_again(tmp_path, capsys):
    inputs, output = (
        write_texts(tmp_path / "in", a="We met Ann.", b="We met Bob."),
        tmp_path / "out",
    )
    hidden = tmp_path / "hidden.txt"
    plan = run_module.plan_round

    def plan_and_hide(*args, **kwargs):
        found = plan(*args, **kwargs)
        (inputs / "b.txt").rename(hidden)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "plan_round", plan_and_hide)
        assert tag(inputs, output) == ExitCode.DONE
    assert counts_of(output)["rejects_by_reason"] == {"unreadable": 1}
    hidden.rename(inputs / "b.txt")  # the time of its modification stays
    capsys.readouterr()
    assert tag(inputs, output) == ExitCode.DONE
    assert "1 input changed: 1 file" in capsys.readouterr().out
    assert tag(inputs, tmp_path / "fresh") == ExitCode.DONE
    assert rows_of(output) == rows_of(tmp_path / "fresh")


def test_with_a_limit_other_inputs_are_another_job(tmp_path):
    inputs, output = write_texts(tmp_path / "in", b="We met Bob.", c="We met Cy."), tmp_path / "out"
    assert tag(inputs, output, "--limit", "1") == ExitCode.DONE
    assert tag(inputs, output, "--limit", "1") == ExitCode.DONE
    write_texts(inputs, a="We met Ann.")
    with pytest.raises(UsageError, match=r"a\.txt is new; input .*b\.txt is no longer there"):
        tag(inputs, output, "--limit", "1")
    with pytest.raises(UsageError, match="--prune does not go with --limit"):
        tag(inputs, output, "--limit", "1", "--prune")


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("manifest.json", '{"nodes": 1}', "manifest.json cannot be read: KeyError: 'plan'"),
        ("manifest.json", "[1]", "manifest.json cannot be read: TypeError"),
        ("manifest.json", None, "manifest.json is gone"),
        ("inputs.parquet", None, "inputs.parquet is gone"),
        ("parts.parquet", "x", "parts.parquet has other bytes than were written"),
        ("_run/plan.parquet", None, "plan.parquet is gone"),
        ("entities/part-00000.parquet", None, "entities/part-00000.parquet is gone"),
        ("documents/part-00000.parquet", "x", "has 1 bytes, where [0-9]* were written"),
    ],
)
def test_an_output_that_is_damaged_is_refused_and_can_be_overwritten(published, path, content, why):
    inputs, output, _, _ = published
    if content is None:
        (output / path).unlink()
    else:
        (output / path).write_text(content)
    with pytest.raises(DamagedError, match=f"{why}.*news-entities repair {output}"):
        tag(inputs, output)
    assert tag(inputs, output, "--overwrite") == ExitCode.DONE
    check_parts(output)


def test_a_part_that_readers_should_not_take_and_that_stays_fails_the_run(published, monkeypatch):
    inputs, output, _, after = published

    def fail(self: Output, path: str) -> None:
        raise OSError("503 slow down")

    with monkeypatch.context() as patch:
        patch.setattr(Output, "remove", fail)
        with pytest.raises(OSError, match="slow down"):
            tag(inputs, output, "--prune")
    assert tag(inputs, output, "--prune") == ExitCode.DONE
    assert tables_of(Output(str(output))) == tables_of(Output(str(after)))


def fail(*args: object) -> None:
    raise JobError("the graph did not run")


def test_a_launcher_that_does_not_wait_leaves_clearing_to_the_next_addition(published, monkeypatch):
    inputs, output, _, _ = published
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "_finish", lambda *args: ExitCode.DONE)
        assert tag(inputs, output, "--prune") == ExitCode.DONE
    old = parts_there(output)
    write_texts(inputs, e="We met Eve.")
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "run_graph", fail)
        with pytest.raises(JobError):
            tag(inputs, output, "--prune")
    assert parts_there(output).keys() < old.keys()
    check_parts(output)
    assert not {"parts", "receipts"} & {*os.listdir(output / "_run")}


def test_plan_only_tells_what_would_be_added(published, capsys):
    inputs, output, before, _ = published
    capsys.readouterr()
    assert tag(inputs, output, "--plan_only") == ExitCode.DONE
    told = capsys.readouterr().out
    assert told.startswith("1 input new, 1 input changed, 2 files, ")
    assert tables_of(Output(str(output))) == tables_of(Output(str(before)))
