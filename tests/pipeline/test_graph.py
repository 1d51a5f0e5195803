"""The whole job is one graph, whose parts are told by the job alone."""

import apache_beam as beam

from pipeline.graph import Job, build
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import save_plan
from tests.fakes import load_capital_tagger, settings, write_texts
from transforms.output.output import Output
from transforms.output.published import Base

STAGES = (
    "ReadPlan ReadBlocks RejectPoison DetectLanguages SplitSentences TagWords GroupEntities "
    "ResolveNames MakeTables StageTables "
    "PublishTables WriteManifest"
)


def job_of(tmp_path, base=None, **changes):
    inputs = write_texts(tmp_path / "in", a="We met Ann.")
    plan = make_plan(list_inputs([str(inputs)]).files, settings(**changes), base)
    output = Output(str(tmp_path / "out"))
    return Job.of(output, plan, save_plan(output, plan), load_capital_tagger)


def stages(job) -> list[str]:
    pipeline = beam.Pipeline(runner="FnApiRunner")
    build(pipeline, job)
    return [part.full_label for part in pipeline.transforms_stack[0].parts]


def test_the_stages_stand_in_the_order_of_the_way(tmp_path):
    assert stages(job_of(tmp_path)) == STAGES.split()


def test_published_parts_are_revised_only_where_rows_go(tmp_path):
    assert "RevisePublished" in stages(job_of(tmp_path, Base("b", 1, drops=True)))
    assert "RevisePublished" not in stages(job_of(tmp_path, Base("b", 1, drops=False)))


def test_a_column_that_names_folders_is_not_in_the_files(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "We met Ann.", "source": "X"}\n')
    plan = make_plan(
        list_inputs([str(tmp_path / "in.jsonl")]).files,
        settings(keep=("source",), partition_by=("source",)),
    )
    job = Job.of(Output(str(tmp_path)), plan, "id", load_capital_tagger)
    assert "source" in job.kept_schema.names
    assert "source" not in job.schemas["documents"].names


def test_the_manifest_begins_with_versions_settings_and_model(tmp_path):
    header = job_of(tmp_path).header
    assert [*header] == [
        "versions",
        "settings",
        "model",
        "offset_unit",
        "plan",
        "next_group",
        "skipped",
    ]
    assert "model" not in header["settings"]
    assert header["model"]["id"] == "capitals"
