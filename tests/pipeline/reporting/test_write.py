import pytest

from pipeline.errors import DamagedError, UsageError
from pipeline.inspection.inspect_output import inspect_output
from pipeline.reporting.write import place_of, write_report
from tests.pipeline.reporting.outputs import make_output
from transforms.output.output import Output

LINE = '{"title": "t", "text": "Ann Berg."}'


@pytest.fixture
def output(tmp_path):
    return make_output(tmp_path, [LINE])


def test_it_goes_into_the_output_and_is_nobodys_stray(output):
    place = write_report(output)
    assert place == f"{output.root}/report.html"
    assert b"Ann Berg" in output.require("report.html")
    assert inspect_output(output).is_sound


def test_it_goes_to_a_file_or_into_a_folder(output, tmp_path):
    assert write_report(output, str(tmp_path / "page.html")) == str(tmp_path / "page.html")
    assert write_report(output, str(tmp_path)) == str(tmp_path / "report.html")
    assert (tmp_path / "page.html").stat().st_size > 100_000
    assert not (tmp_path / "out" / "report.html").exists()
    assert place_of("s3://news/pages/") == "s3://news/pages/report.html"


def test_there_must_be_an_output_that_is_whole(output, tmp_path):
    with pytest.raises(UsageError, match="holds no job"):
        write_report(Output(str(tmp_path / "nothing")))
    output.remove("entities/part-00000.parquet")
    with pytest.raises(DamagedError, match="is gone"):
        write_report(output)


def test_an_output_in_a_bucket_has_its_report_there(bucket, tmp_path):
    root = f"{bucket.root}/report"
    (tmp_path / "news.jsonl").write_text(LINE)
    from tests.jobs import run_job
    from tests.pipeline.reporting.outputs import LABELS, load_list_tagger

    run_job([tmp_path / "news.jsonl"], root, load_tagger=load_list_tagger, labels=LABELS)
    place = write_report(Output(root))
    assert place == f"{root}/report.html"
    assert b"Ann Berg" in Output(root).require("report.html")
