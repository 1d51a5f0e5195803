"""The table of texts is compared with the rows that say they are slices of it."""

import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.inspection.inspect_output import inspect_output
from pipeline.inspection.texts import extracted, text_breaches
from tests.inspection import list_anew
from tests.jobs import run_job
from transforms.output.published import load_parts

LINES = (
    '{"title": "Ann Lee wins", "text": "We met Ann.", "lang": "x"}\n{"text": "It rained on Bob."}\n'
)


@pytest.fixture
def output(tmp_path):
    (tmp_path / "a.jsonl").write_text(LINES)
    inputs = [tmp_path / "a.jsonl"]
    return run_job(inputs, tmp_path / "out", text_field=("title", "text"), texts=True)


def alter(output, table, **columns):
    """Gives the first row of a table other values, as a faulty program would."""
    path = f"{table}/part-00000.parquet"
    data = pq.read_table(io.BytesIO(output.require(path)))
    rows = data.to_pylist()
    rows[0] |= columns
    pq.write_table(pa.Table.from_pylist(rows, data.schema), output.uri(path))
    list_anew(output, path)


def found(output):
    return {each.path: each.what for each in inspect_output(output).findings}


def test_what_a_job_wrote_is_sound(output):
    assert found(output) == {}


def test_a_row_that_is_no_slice_of_its_text_is_told(output):
    alter(output, "entities", text="Any", end_char=3)
    assert found(output) == {
        "entities/part-00000.parquet": "has a text that is not the slice of its document's"
    }


def test_a_text_that_is_not_the_documents_is_told(output):
    alter(output, "texts", text="Any Lee wins")
    told = found(output)
    assert told["texts/part-00000.parquet"] == "lacks texts of documents, or has others"
    assert told["entities/part-00000.parquet"].startswith("has a text that is not the slice")


def test_lost_texts_concern_the_inputs_whose_they_were(output):
    output.remove("texts/part-00000.parquet")
    inspection = inspect_output(output)
    [finding] = inspection.findings
    assert (finding.path, finding.what) == ("texts/part-00000.parquet", "is gone")
    assert [uri.rpartition("/")[2] for uri in inspection.inputs] == ["a.jsonl"]


def test_texts_of_a_document_that_is_not_there_are_told(output):
    alter(output, "texts", document_key="0" * 32)
    assert found(output)["texts/part-00000.parquet"] == "has rows whose document is not there"


def test_only_inputs_whose_texts_are_kept_need_to_have_them(output, tmp_path):
    parts = load_parts(output)
    uri = str(tmp_path / "a.jsonl")
    assert [*text_breaches(output, parts, frozenset([uri]))] == []
    [breach] = text_breaches(output, parts, frozenset())  # they are there, and should not be
    assert breach.table == "texts"
    assert breach.inputs == {uri}
    without = [part for part in parts if part.table != "texts"]
    assert [*text_breaches(output, without, frozenset())] == []
    [breach] = text_breaches(output, without, None)
    assert breach.what == "lacks texts of documents, or has others"


def test_texts_are_kept_of_formats_out_of_which_they_are_taken():
    formats = {"a": "html", "b": "warc.gz", "c": "jsonl.gz", "d": "feed", "e": "txt"}
    inputs = pa.table({"uri": [*formats], "format": [*formats.values()]})
    assert extracted(inputs) == {"a", "b", "d"}


def test_the_digest_of_a_document_is_that_of_its_texts_in_their_order(output):
    texts = pq.read_table(io.BytesIO(output.require("texts/part-00000.parquet"))).to_pylist()
    documents = output.require("documents/part-00000.parquet")
    [first, _] = pq.read_table(io.BytesIO(documents)).to_pylist()
    own = [row for row in texts if row["document_key"] == first["document_key"]]
    assert [row["field"] for row in own] == ["title", "text"]
    joined = "\n".join(row["text"] for row in own).encode()
    assert hashlib.sha256(joined).hexdigest() == first["text_sha256"]
