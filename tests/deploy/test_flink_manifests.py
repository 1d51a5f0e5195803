"""What can be told of Flink's manifests without a container: they say what the tests ran."""

import re
import shlex
import tomllib
from pathlib import Path

import yaml

from pipeline.options import parse_options
from tests.engines.flink import cluster
from tests.places import ROOT

FOLDER = ROOT / "deploy" / "flink"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
OPERATOR = yaml.safe_load((FOLDER / "deployment.yaml").read_text())["spec"]
POM = (ROOT / "tests" / "engines" / "flink" / "pom.xml").read_text()
TRIED = Path(cluster.__file__).read_text()
SETTINGS = (FOLDER / "news.toml").read_text()
BEAM = tomllib.loads(SETTINGS)["beam"]
GUIDE = (ROOT / "docs" / "how-to" / "flink.md").read_text()


def properties(service):
    return yaml.safe_load(service["environment"]["FLINK_PROPERTIES"])


def test_flinks_version_is_the_one_that_was_tried():
    [version] = set(re.findall(r"<flink.version>(\d+\.\d+)\.\d+<", POM))
    images = {COMPOSE[name]["image"] for name in ("jobmanager", "taskmanager")}
    assert images | {OPERATOR["image"]} == {f"flink:{version}-java17"}
    assert OPERATOR["flinkVersion"] == f"v{version.replace('.', '_')}"
    assert BEAM["flink_version"] == version


def test_a_restart_strategy_is_set_as_in_the_tests():
    job_manager, task_manager = (properties(COMPOSE[n]) for n in ("jobmanager", "taskmanager"))
    assert job_manager == task_manager
    for settings in (job_manager, OPERATOR["flinkConfiguration"]):
        names = {name for name in settings if name.startswith("restart-strategy")}
        assert len(names) == 3
        assert all(f'"{name}"' in TRIED for name in names)
        assert settings["restart-strategy.type"] == "fixed-delay"


def test_a_task_manager_has_its_own_worker_pool_beside_it():
    pool = COMPOSE["worker-pool"]
    assert pool["network_mode"] == "service:taskmanager"
    [side_car] = OPERATOR["taskManager"]["podTemplate"]["spec"]["containers"]
    assert pool["command"] == side_car["args"] == ["--worker_pool"]
    assert BEAM["environment_config"] == f"localhost:{cluster.POOL_PORT}"


def test_workers_share_the_cores_of_their_pod():
    [side_car] = OPERATOR["taskManager"]["podTemplate"]["spec"]["containers"]
    [threads] = (v["value"] for v in side_car["env"] if v["name"] == "OMP_NUM_THREADS")
    processes = BEAM["sdk_worker_parallelism"]
    assert int(threads) * processes == int(side_car["resources"]["limits"]["cpu"])
    assert OPERATOR["flinkConfiguration"]["taskmanager.numberOfTaskSlots"] == str(processes)


def test_the_guide_shows_the_settings_and_the_command_takes_them(monkeypatch):
    assert SETTINGS.partition("\n")[2] in GUIDE
    [command] = re.findall(
        r"^news-entities (.* --flink_master .*)$", GUIDE.replace("\\\n", ""), re.M
    )
    monkeypatch.chdir(ROOT)
    options = parse_options(shlex.split(command))
    assert options.output == "s3://tables/2024"
    assert options.beam.runner == "FlinkRunner"
    ours = [flag for flag in options.beam.flags if flag.startswith("--flink_master")]
    assert ours == ["--flink_master"]
    assert "--parallelism=8" in options.beam.flags
