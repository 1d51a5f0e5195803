"""What --plan_only says of a job."""

from pipeline.estimate import describe
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.rounds import Round
from tests.fakes import CapitalTagger, settings, write_texts


def round_of(folder, **changes):
    files = list_inputs([str(folder)]).files
    return Round(plan=make_plan(files, settings(**changes)), news=changes.get("news", ""))


def test_it_tells_size_and_time(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.", b="We met Bob. " * 100)
    files, size, blocks, time = describe(round_of(inputs), CapitalTagger(), workers=2)
    assert (files, size, blocks) == ("2 files", "1,211 bytes", "about 1 block")
    assert time.endswith(" estimated with 2 workers")


def test_other_machines_have_a_speed_of_their_own(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    assert [*describe(round_of(inputs), None, workers=1)] == ["1 file", "11 bytes", "about 1 block"]


def test_an_addition_tells_its_news_first(tmp_path):
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    plan = make_plan(list_inputs([str(inputs)]).files, settings())
    assert next(describe(Round(plan=plan, news="1 input new"), None, 1)) == "1 input new"
