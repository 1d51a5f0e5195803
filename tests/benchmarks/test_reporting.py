from benchmarks.reporting import main
from tests.fakes import write_texts
from tests.jobs import run_job


def test_it_repeats_an_output_and_reports_on_it(tmp_path, capsys):
    texts = write_texts(tmp_path / "in", a="We met Ann and Bo.", b="We met Ann.")
    output = run_job([texts], tmp_path / "out")
    main(output.root, "60")
    assert capsys.readouterr().out.startswith("300 mentions: ")
