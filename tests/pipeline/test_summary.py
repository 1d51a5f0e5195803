"""What is said when a job is over."""

import json
import math

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.plan.inputs import list_inputs
from pipeline.summary import summarise
from pipeline.terminal import Screen
from tests.fakes import write_texts
from tests.jobs import run_job
from tests.pages import page, record, response
from tests.transforms.text.test_language import IN
from transforms.output.published import load_manifest


def test_it_counts_what_the_tables_hold_and_names_the_most_frequent(tmp_path):
    inputs = write_texts(tmp_path / "in", a="we met Ann and Ann in Rome", b="")
    output = run_job([inputs], tmp_path / "out")
    first, labels, top, rejects, example, tables, next_step = summarise(
        output, load_manifest(output)
    ).splitlines()
    assert first == "1 document of 2 inputs: 1 sentence, 7 words, 3 entities, 1 reject"
    assert labels == "entities by label: PER 3"
    assert rejects == "rejects by reason: empty 1"
    assert example == f"  empty: {inputs}/b.txt: nothing but white space in text"
    assert top == "most frequent: Ann (PER) 2, Rome (PER) 1"
    assert tables == f"tables: {output.root}"
    assert next_step == f"to look at them: news-entities report {output.root}"


def test_it_tells_which_documents_were_not_tagged(tmp_path):
    inputs = write_texts(tmp_path / "in", a=IN["de"], b=IN["fr"], c=IN["de"], d="We met Ann.")
    told = {
        ("en",): "3 documents are not in English and were not tagged (de 2, fr 1); "
        "--languages any tags them",
        ("en", "de"): "1 document is not in en or de and was not tagged (fr 1); "
        "--languages any tags it",
    }
    for languages, line in told.items():
        output = run_job([inputs], tmp_path / "-".join(languages), languages=languages)
        assert line in summarise(output, load_manifest(output)).splitlines()
    output = run_job([inputs], tmp_path / "any", languages=("any",))
    assert "languages" not in summarise(output, load_manifest(output))


def test_it_shows_dates_that_could_not_be_read(tmp_path):
    lines = [{"text": "It rained.", "d": day} for day in ("soon", "2024-01-09", "soon", "later")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "b.jsonl").write_text('{"text": "It rained.", "d": "never"}')
    output = run_job([tmp_path], tmp_path / "out", date_field="d")
    assert (
        "dates that could not be read, stored as null: 4, such as 'never', 'soon' (--date_format)"
        in summarise(output, load_manifest(output)).splitlines()
    )


def test_of_each_frequent_reason_there_is_an_example_and_the_worst_input_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "We met Ann."}\n{no}\n{"text": ""}\n{"text": ""}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "We met Bob."}\n{no\n')
    (tmp_path / "c.txt").write_bytes(b"caf\xe9")
    pq.write_table(pa.table({"text": ["It rained.", None]}), tmp_path / "d.parquet")
    (tmp_path / "e.jsonl.gz").write_bytes(b"no gzip")
    output = run_job([tmp_path], tmp_path / "out")
    lines = summarise(output, load_manifest(output)).splitlines()
    start = lines.index(
        "rejects by reason: bad_json 2, empty 2, bad_encoding 1, corrupt 1, missing_text 1"
    )
    told = [line.replace(str(tmp_path), "") for line in lines[start + 1 :]]
    assert told[0].startswith("  bad_json: /a.jsonl, byte 24: Expecting property name")
    assert told[1:3] == [
        "  empty: /a.jsonl, byte 29: nothing but white space in text",
        "  bad_encoding: /c.txt: not UTF-8: byte 0xe9 at its byte 3",
    ]
    assert told[3].startswith("  corrupt: /e.jsonl.gz: ")
    assert told[4].startswith("  missing_text: /d.parquet, row 1: ")
    assert told[5] == "most rejects: 3 of 4 records in /a.jsonl"


def test_it_fits_a_screen_and_ends_in_what_can_be_pasted(tmp_path):
    folder = tmp_path / ("long" * 15)
    folder.mkdir()
    bad = ["", "{no}", '{"text": 1}', '{"title": "a"}', '{"text": "\\ud800"}', '{"text": "a b"}']
    for name in ("a", "b"):
        (folder / f"{name}.jsonl").write_text("\n".join(bad))
    (folder / "c.txt").write_bytes(b"caf\xe9")
    names = " and ".join(f"Name{i * 'x'} Surname{i * 'y'}" for i in range(20))
    (folder / "d.txt").write_text(f"We met {names}.")
    (folder / "e.html").touch()
    output = run_job([folder], tmp_path / "out")
    skipped = list_inputs([str(folder)]).skipped
    told = summarise(output, load_manifest(output), skipped, "/r.html", Screen(80, 24)).splitlines()
    assert told[-2:] == [f"tables: {output.root}", "report: /r.html"]
    assert all(len(line) <= 80 for line in told[:-2])
    assert sum(math.ceil(len(line) / 80) for line in told) <= 20
    reasons = {line.split(":")[0].strip() for line in told if line.startswith("  ")}
    assert any("longlong/a.jsonl, byte 1: Expecting" in line for line in told)
    assert reasons >= {"bad_json", "not_text", "missing_text", "bad_encoding"}


def test_it_tells_what_crawls_hold_beside_pages(tmp_path):
    image = record(response(b"\x89PNG", "image/png"))
    moved = record(response(b"", status="301 Moved"))
    (tmp_path / "a.warc").write_bytes(image + moved + image + record(response(page().encode())))
    output = run_job([tmp_path / "a.warc"], tmp_path / "out", text_field=())
    manifest = load_manifest(output)
    assert manifest["added"]["passed_over"] == {"image": 2, "redirect": 1}
    told = summarise(output, manifest).splitlines()
    assert told[0].startswith("1 document of 1 input")
    assert "passed over in crawls: image 2, redirect 1" in told
