"""What is said when a job is over."""

import json

from pipeline.summary import summarise
from tests.fakes import write_texts
from tests.jobs import run_job
from tests.transforms.text.test_language import IN
from transforms.output.published import load_manifest


def test_it_counts_what_the_tables_hold_and_names_the_most_frequent(tmp_path):
    inputs = write_texts(tmp_path / "in", a="we met Ann and Ann in Rome", b="")
    output = run_job([inputs], tmp_path / "out")
    first, labels, rejects, top, tables, query = summarise(
        output, load_manifest(output)
    ).splitlines()
    assert first == "1 document of 2 inputs: 1 sentence, 7 words, 3 entities, 1 reject"
    assert labels == "entities by label: PER 3"
    assert rejects == f"rejects by reason: empty 1 ({inputs}/b.txt)"
    assert top == "most frequent: Ann (PER) 2, Rome (PER) 1"
    assert tables == f"tables: {output.root}"
    assert f"FROM '{output.root}/entities/**/*.parquet'" in query


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
