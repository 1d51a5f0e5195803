"""A job for Dataflow, without the cloud: staged to a Google Cloud Storage on loopback, its request
answered by a service on loopback, which runs what was staged.
"""

import http.server
import json
import re
from typing import Any

import apache_beam as beam
import google.cloud.storage
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability import python_urns
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner, translations

from pipeline.cli import main
from pipeline.graph import Job, build
from pipeline.plan.inputs import InputFile
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import save_plan
from pipeline.settings import Settings
from tests.fakes import load_capital_tagger, settings
from tests.integration.test_command import NEWS
from tests.jobs import tables_of
from tests.servers import serving
from transforms.files.places import StoredFile
from transforms.model.checkpoint import EMBEDDED_FOLDER
from transforms.output.output import Output
from transforms.records import TABLES

# This is a tenth of what Dataflow takes: https://cloud.google.com/dataflow/quotas.
MOST_BYTES = 1 << 20
STEPS = (
    "ReadPlan",
    "ReadBlocks",
    "RejectPoison",
    "DetectLanguages",
    "SplitSentences",
    "TagWords",
    "GroupEntities",
    "ResolveNames",
    "MakeTables",
    "StageTables",
    "PublishTables",
    "WriteManifest",
)
FUSED = STEPS[1:10]
GCP = ("--project=news-project", "--region=europe-west1", "--temp_location=gs://news/tmp")


class Service:
    """Takes requests as Dataflow does, runs each job to its end, and says that it is done."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.pipelines: list[beam_runner_api_pb2.Pipeline] = []

    def run(self, request: bytes) -> dict[str, Any]:
        job = json.loads(request)
        self.requests.append(request)
        staged = job["environment"]["sdkPipelineOptions"]["options"]["pipelineUrl"]
        pipeline = beam_runner_api_pb2.Pipeline.FromString(stored(staged))
        self.pipelines.append(beam_runner_api_pb2.Pipeline.FromString(stored(staged)))
        for environment in pipeline.components.environments.values():
            environment.urn, environment.payload = python_urns.EMBEDDED_PYTHON, b""
            del environment.dependencies[:]
        FnApiRunner().run_via_runner_api(pipeline, PipelineOptions([]))
        return job | {"id": "2024-01-09_news", "currentState": "JOB_STATE_DONE"}

    def serve(self) -> Any:
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = json.dumps(service.run(body)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *ignored: object) -> None:
                pass

        return serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))


@pytest.fixture(scope="module")
def dataflow(gs) -> Service:
    """A service that has run one job, over some of the examples, from and to a bucket."""
    for path in [*NEWS.glob("*.jsonl*"), *NEWS.glob("p*.txt"), *NEWS.glob("*.parquet")]:
        gs.put(f"in/{path.name}", path.read_bytes())
    service = Service()
    with service.serve() as root:
        endpoint = "--dataflow_endpoint=" + root.replace("127.0.0.1", "localhost")
        command = ("--input=gs://news/in", "--output=gs://news/out", "--runner=DataflowRunner")
        gpu = (
            "--dataflow_service_options=worker_accelerator=type:nvidia-tesla-t4;count:1",
            "--experiments=no_use_multiple_sdk_containers",
            "--number_of_worker_harness_threads=2",
            "--sdk_container_image=europe-docker.pkg.dev/news-project/news/worker:1",
            "--max_num_workers=7",
            "--resource_hint=min_ram=16GB",
        )
        assert main([*command, *GCP, *gpu, endpoint]) == 0
    return service


def stored(uri: str) -> bytes:
    bucket, _, name = uri.removeprefix("gs://").partition("/")
    return google.cloud.storage.Client().bucket(bucket).blob(name).download_as_bytes()


def test_what_is_staged_gives_the_bytes_of_a_local_run(dataflow, tmp_path):
    # Workers elsewhere compute in fp32, and this machine in what its processor does fastest.
    here = ["--output", str(tmp_path / "out"), "--precision", "fp32"]
    assert main(["--input", "gs://news/in", *here]) == 0
    output = Output("gs://news/out")
    published = [f"{table}/{name}" for table in TABLES for name in output.names(table)]
    published += ["inputs.parquet", "parts.parquet"]
    assert {path: output.get(path) for path in published} == tables_of(Output(f"{tmp_path}/out"))


def test_the_request_is_small_and_says_what_the_flags_said(dataflow):
    [request] = dataflow.requests
    assert len(request) < MOST_BYTES
    environment = json.loads(request)["environment"]
    assert environment["serviceOptions"] == ["worker_accelerator=type:nvidia-tesla-t4;count:1"]
    assert "no_use_multiple_sdk_containers" in environment["experiments"]
    assert "use_multiple_sdk_containers" not in environment["experiments"]
    [pool] = environment["workerPools"]
    assert pool["numThreadsPerWorker"] == 2
    assert pool["autoscalingSettings"]["maxNumWorkers"] == 7
    [image] = pool["sdkHarnessContainerImages"]
    assert image["containerImage"] == "europe-docker.pkg.dev/news-project/news/worker:1"


def test_the_steps_have_the_names_of_the_graph(dataflow):
    [pipeline] = dataflow.pipelines
    [root] = pipeline.root_transform_ids
    steps = pipeline.components.transforms[root].subtransforms
    names = [pipeline.components.transforms[step].unique_name for step in steps]
    assert tuple(re.sub(r".*?(\w+)(\(.*\))?$", r"\1", name) for name in names) == STEPS


def test_no_text_is_shuffled_and_no_weights_are_sent(dataflow):
    [pipeline] = dataflow.pipelines
    # None of these is executed by the runner itself, so that nothing but shuffles parts stages.
    _, stages = translations.create_and_optimize_stages(
        pipeline, phases=translations.standard_optimize_phases(), known_runner_urns=frozenset()
    )
    [fused] = [stage.name for stage in stages if "TagWords" in stage.name]
    assert [step for step in FUSED if step not in fused] == []
    [environment] = pipeline.components.environments.values()
    assert [*environment.resource_hints] == ["beam:resources:min_ram_bytes:v1"]
    weights = (EMBEDDED_FOLDER / "model.safetensors").stat().st_size
    assert pipeline.ByteSize() < MOST_BYTES < weights


def job_size(files: int, folder: Any) -> int:
    """Returns how many bytes a job with so many inputs has, as it is staged."""
    folder.mkdir()
    (folder / "0.txt").write_text("We met Ann.")
    listing = [
        InputFile(StoredFile(str(folder / f"{number}.txt"), Settings.block_bytes, ""), "txt", "")
        for number in range(files)
    ]
    output, job_settings = Output(str(folder)), settings()
    plan = make_plan(listing, job_settings)
    assert len(plan.rows) == files
    plan_id = save_plan(output, plan)
    flags = ["--runner=DataflowRunner", "--dry_run=true", "--job_name=news", *GCP]
    pipeline = beam.Pipeline(options=PipelineOptions(flags))
    build(pipeline, Job.of(output, plan, plan_id, load_capital_tagger))
    result: Any = pipeline.run()
    return result.job.proto_pipeline.ByteSize()


def test_a_job_is_as_large_with_100_000_inputs_as_with_one(gs, tmp_path):
    one, many = job_size(1, tmp_path / "a"), job_size(100_000, tmp_path / "b")
    assert one < MOST_BYTES
    # Not to the byte: what is pickled holds the plan's id, compressed.
    assert abs(many - one) < 100


def test_a_template_is_written_and_nothing_is_tagged(dataflow, capsys):
    command = ("--input=gs://news/in", "--output=gs://news/later", "--runner=DataflowRunner")
    assert main([*command, *GCP, "--template_location=gs://news/templates/job"]) == 0
    assert "written to gs://news/templates/job" in capsys.readouterr().out
    assert json.loads(stored("gs://news/templates/job"))["type"] == "JOB_TYPE_BATCH"
    assert Output("gs://news/later").names("_run") == ["plan.parquet"]
    assert len(dataflow.requests) == 1


def test_flags_that_dataflow_lacks_are_named_before_anything_is_read(gs, capsys):
    command = ("--input=gs://news/nothing", "--output=gs://news/out", "--runner=DataflowRunner")
    assert main([*command, "--project=News", "--region=r", "--temp_location=gs://news/t"]) == 2
    assert "Invalid Project ID (News)" in capsys.readouterr().err
