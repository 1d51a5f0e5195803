"""Damage of every kind to every file of an output: it is told, refused, and mended."""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import launch, repair, verify
from pipeline.errors import DamagedError, ExitCode, JobError, UsageError
from pipeline.logs import TEXT, set_up_logs
from tests.fakes import load_capital_tagger
from tests.integration.test_additions import counts_of, rows_of, tag
from transforms.model.checkpoint import Checkpoint
from transforms.output.output import Output
from transforms.records import TABLES

FLAGS = ("--texts", "--date_field", "when", "--keep", "source", "--partition_by", "month")


def gone(file: Path) -> None:
    file.unlink()


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


KINDS = (gone, flipped, cut, emptied)


@pytest.fixture(autouse=True)
def quick_tagger(monkeypatch):
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
    # A checkpoint is found in a second, and each repair looks for one.
    found = Checkpoint("embedded", "", "", ("O", "B-PER", "I-PER"), "0")
    monkeypatch.setattr(launch, "resolve_checkpoint", lambda *args: found)
    set_up_logs(TEXT)


def write(folder: Path, name: str, *texts: str, when: str = "2024-01-09") -> None:
    lines = [json.dumps({"text": text, "when": when, "source": name}) for text in texts]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An output of three rounds, its inputs, and a fresh one of the same inputs."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
        found = Checkpoint("embedded", "", "", ("O", "B-PER", "I-PER"), "0")
        patch.setattr(launch, "resolve_checkpoint", lambda *args: found)
        inputs = folder / "in"
        inputs.mkdir()
        write(inputs, "a", "We met Ann. We saw Rome.", "nobody came.", "no", "")
        write(inputs, "b", "We met Bob. then kaboom happened.", when="2024-02-01")
        write(inputs, "c", "We met Cy.", when="2024-02-01")
        write(inputs, "e")
        assert tag(inputs, folder / "out", *FLAGS) == ExitCode.DONE
        write(inputs, "c", "We met Di in Oslo.", when="2024-02-02")
        (inputs / "bad.jsonl.gz").write_bytes(b"no gzip")
        assert tag(inputs, folder / "out", *FLAGS) == ExitCode.DONE
        write(inputs, "d", "We met Ed.", "We met Flo.")
        assert tag(inputs, folder / "out", *FLAGS) == ExitCode.DONE
        assert tag(inputs, folder / "fresh", *FLAGS) == ExitCode.DONE
    return inputs, folder / "out", folder / "fresh"


@pytest.fixture
def output(made, tmp_path):
    """A copy that may be damaged."""
    shutil.copytree(made[1], tmp_path / "out")
    return tmp_path / "out"


def call(module: object, output: Path, *flags: str) -> int:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)  # type: ignore[attr-defined]
    return module.run(parser.parse_args([str(output), *flags]))  # type: ignore[attr-defined]


def files_of(output: Path) -> list[str]:
    return sorted(str(path.relative_to(output)) for path in output.rglob("*") if path.is_file())


def same_rows(output: Path, fresh: Path) -> None:
    assert rows_of(output) == rows_of(fresh)
    assert counts_of(output) == counts_of(fresh)


def test_a_sound_output_is_found_sound(made, output, capsys):
    before = {name: (output / name).read_bytes() for name in files_of(output)}
    assert call(verify, output, "--sources") == ExitCode.DONE
    out = capsys.readouterr().out
    assert f"{output} is sound" in out
    assert "inputs compared, group by group: 4 read" in out
    assert call(repair, output) == ExitCode.DONE
    assert {name: (output / name).read_bytes() for name in files_of(output)} == before


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_damage_to_any_file_is_told_and_mended(made, tmp_path, kind, capsys):
    _, sound, fresh = made
    names = files_of(sound)
    assert {name.partition("/")[0] for name in names} > {*TABLES, "_run"}
    for number, name in enumerate(names):
        output = tmp_path / str(number)
        shutil.copytree(sound, output)
        kind(output / name)
        capsys.readouterr()
        assert call(verify, output) == ExitCode.DAMAGED, name
        assert name in capsys.readouterr().out
        assert call(repair, output) == ExitCode.DONE, name
        same_rows(output, fresh)
        shutil.rmtree(output)


def test_a_flip_anywhere_in_a_list_is_told(made, tmp_path):
    _, sound, _ = made
    shutil.copytree(sound, tmp_path / "out")
    for name in ("manifest.json", "_run/plan.parquet", "inputs.parquet", "parts.parquet"):
        file = tmp_path / "out" / name
        data = file.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 20)):
            altered = bytearray(data)
            altered[place] ^= 4
            file.write_bytes(altered)
            assert call(verify, tmp_path / "out") == ExitCode.DAMAGED, (name, place)
        file.write_bytes(data)
    assert call(verify, tmp_path / "out") == ExitCode.DONE


@pytest.mark.parametrize("name", ["manifest.json", "parts.parquet", "_run"])
def test_without_copies_the_lists_are_made_of_what_else_is_there(made, output, name):
    shutil.rmtree(output / "_run" / "copy")
    shutil.rmtree(output / name) if name == "_run" else gone(output / name)
    assert call(verify, output) == ExitCode.DAMAGED
    assert call(repair, output) == ExitCode.DONE
    same_rows(output, made[2])
    assert tag(made[0], output, *FLAGS) == ExitCode.DONE


def test_without_a_copy_no_input_is_known(output, capsys):
    shutil.rmtree(output / "_run" / "copy")
    gone(output / "inputs.parquet")
    for command in (verify, repair):
        with pytest.raises(DamagedError, match=r"inputs.parquet is damaged, and there is no copy"):
            call(command, output)


def test_only_inputs_with_lost_rows_are_tagged_again(made, output, capsys):
    gone(output / "entities" / "month=2024-01" / "part-00000.parquet")
    assert call(verify, output, "--json") == ExitCode.DAMAGED
    told = json.loads(capsys.readouterr().out)
    [finding] = told["findings"]
    assert finding["path"] == "entities/month=2024-01/part-00000.parquet"
    assert finding["what"] == "is gone"
    assert [Path(uri).name for uri in finding["inputs"]] == ["a.jsonl"]
    assert told["to_tag_again"] == finding["inputs"]
    kept = {
        name: (output / name).stat().st_mtime_ns for name in files_of(output) if "=2024-02" in name
    }
    assert call(repair, output) == ExitCode.DONE
    assert "repair, 1 input: 1 file" in capsys.readouterr().out
    assert {name: (output / name).stat().st_mtime_ns for name in kept} == kept


def test_a_stray_is_told_and_left_and_a_repair_moves_it(made, output, capsys):
    stray = output / "entities" / "month=2024-01" / "part-00003.parquet"
    shutil.copy(output / "entities" / "month=2024-01" / "part-00000.parquet", stray)
    data = stray.read_bytes()
    inputs = output.parent / "in"
    shutil.copytree(made[0], inputs)
    assert tag(made[0], output, *FLAGS) == ExitCode.DONE
    assert f"{stray} is not of this output" in capsys.readouterr().err
    assert stray.read_bytes() == data
    assert call(verify, output) == ExitCode.DAMAGED
    assert call(repair, output) == ExitCode.DONE
    assert (output / "_run" / "strays" / stray.relative_to(output)).read_bytes() == data
    assert not stray.exists()
    same_rows(output, made[2])


def test_an_addition_that_meets_an_altered_part_is_refused_until_a_repair(made, tmp_path):
    inputs, output = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    write(inputs, "a", "We met Ann.")
    write(inputs, "b", "We met Bob.")
    assert tag(inputs, output) == ExitCode.DONE
    flipped(output / "entities" / "part-00000.parquet")
    write(inputs, "b", "We met Cy and Di.")
    for _ in range(2):
        with pytest.raises(DamagedError, match=r"entities/part-00000.parquet has other bytes"):
            tag(inputs, output)
    assert call(repair, output) == ExitCode.DONE
    assert tag(inputs, output) == ExitCode.DONE
    assert tag(inputs, tmp_path / "fresh") == ExitCode.DONE
    same_rows(output, tmp_path / "fresh")
    assert call(verify, output, "--sources") == ExitCode.DONE


def test_an_input_that_is_lost_is_not_dropped_unasked(made, tmp_path):
    inputs, output = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    write(inputs, "a", "We met Ann.")
    write(inputs, "b", "We met Bob.")
    assert tag(inputs, output) == ExitCode.DONE
    (inputs / "b.jsonl").rename(tmp_path / "b.jsonl")
    gone(output / "sentences" / "part-00000.parquet")
    before = files_of(output)
    with pytest.raises(DamagedError, match=r"1 input with lost rows .*b.jsonl.*--drop_lost"):
        call(repair, output)
    assert files_of(output) == before
    assert call(repair, output, "--drop_lost") == ExitCode.DONE
    assert counts_of(output)["rejects_by_reason"] == {"unreadable": 1}
    (tmp_path / "b.jsonl").rename(inputs / "b.jsonl")
    assert tag(inputs, output) == ExitCode.DONE
    assert tag(inputs, tmp_path / "fresh") == ExitCode.DONE
    same_rows(output, tmp_path / "fresh")


def test_an_input_that_has_changed_is_tagged_as_it_is(made, tmp_path):
    inputs, output = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    write(inputs, "a", "We met Ann.")
    assert tag(inputs, output) == ExitCode.DONE
    write(inputs, "a", "We met Bob and Cy.")
    assert call(verify, output, "--sources") == ExitCode.DONE
    gone(output / "documents" / "part-00000.parquet")
    assert call(repair, output) == ExitCode.DONE
    assert tag(inputs, tmp_path / "fresh") == ExitCode.DONE
    same_rows(output, tmp_path / "fresh")


def test_a_job_with_a_limit_is_mended_whole(made, tmp_path):
    limit = ("--limit", "3")
    assert tag(made[0], tmp_path / "out", *limit) == ExitCode.DONE
    gone(tmp_path / "out" / "entities" / "part-00000.parquet")
    assert call(repair, tmp_path / "out") == ExitCode.DONE
    assert tag(made[0], tmp_path / "fresh", *limit) == ExitCode.DONE
    same_rows(tmp_path / "out", tmp_path / "fresh")
    assert tag(made[0], tmp_path / "out", *limit) == ExitCode.DONE


def test_rows_that_are_listed_twice_are_mended(made, output, capsys):
    """Two runs that did not know of each other once left this."""
    parts = pq.read_table(output / "parts.parquet")
    rows = parts.to_pylist()
    number = next(i for i, row in enumerate(rows) if row["path"].startswith("documents/"))
    copied = {table: f"{table}/month=2024-01/part-00007.parquet" for table in TABLES}
    again = [row | {"path": copied[row["table"]]} for row in rows if "01/part-00000" in row["path"]]
    for row in again:
        shutil.copy(
            output / rows[number]["path"].replace("documents", row["table"]), output / row["path"]
        )
    listed = pa.Table.from_pylist([*rows, *again, rows[0]], parts.schema)
    pq.write_table(listed, output / "parts.parquet")
    manifest = json.loads((output / "manifest.json").read_text())
    digest = hashlib.sha256((output / "parts.parquet").read_bytes()).hexdigest()
    manifest["sha256"]["parts.parquet"] = digest
    manifest["next_group"] = 8
    (output / "manifest.json").write_text(json.dumps(manifest))
    shutil.rmtree(output / "_run" / "copy")
    assert call(verify, output) == ExitCode.DAMAGED
    out = capsys.readouterr().out
    assert "parts.parquet lists parts twice" in out
    assert "documents lacks documents, or has others: 1 input" in out
    assert call(repair, output) == ExitCode.DONE
    same_rows(output, made[2])


class Broken(Exception):
    pass


def end_after(steps: int, output: Path, monkeypatch) -> bool:
    """Repairs until it has written and removed so often; says whether it ended."""
    left = steps

    def counted(act):
        def act_or_break(self: Output, path: str, *data: bytes) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Broken
            act(self, path, *data)

        return act_or_break

    with monkeypatch.context() as patch:
        patch.setattr(Output, "put", counted(Output.put))
        patch.setattr(Output, "remove", counted(Output.remove))
        try:
            call(repair, output)
        except (Broken, JobError, UsageError):
            return False
    return left >= 0


def test_wherever_a_repair_is_killed_the_next_one_or_the_job_ends_it(made, tmp_path, monkeypatch):
    inputs, sound, fresh = made
    steps = 0
    while True:
        output = tmp_path / str(steps)
        shutil.copytree(sound, output)
        gone(next((output / "documents" / "month=2024-02").iterdir()))
        flipped(output / "inputs.parquet")
        (output / "entities" / "part-00009.parquet").write_bytes(b"mine")
        if end_after(steps, output, monkeypatch):
            break
        if steps % 2:
            assert call(repair, output) == ExitCode.DONE
        else:
            try:
                assert tag(inputs, output, *FLAGS) == ExitCode.DONE
            except DamagedError:
                assert call(repair, output) == ExitCode.DONE
        same_rows(output, fresh)
        assert call(repair, output) == ExitCode.DONE
        shutil.rmtree(output)
        steps += 3  # with those after which the job goes on, and those after which a repair does
    assert steps > 15


def test_what_is_no_finished_job_is_refused(tmp_path):
    for command in (verify, repair):
        with pytest.raises(UsageError, match="holds no job that has come to its end"):
            call(command, tmp_path)
