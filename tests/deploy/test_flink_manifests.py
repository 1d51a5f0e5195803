"""What can be told of Flink's manifests without a container: they say what the tests ran."""

import re
from pathlib import Path

import yaml

from tests.engines.flink import cluster
from tests.places import ROOT

FOLDER = ROOT / "deploy" / "flink"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
OPERATOR = yaml.safe_load((FOLDER / "deployment.yaml").read_text())["spec"]
POM = (ROOT / "tests" / "engines" / "flink" / "pom.xml").read_text()
TRIED = Path(cluster.__file__).read_text()


def properties(service):
    return yaml.safe_load(service["environment"]["FLINK_PROPERTIES"])


def test_flinks_version_is_the_one_that_was_tried():
    [version] = set(re.findall(r"<flink.version>(\d+\.\d+)\.\d+<", POM))
    images = {COMPOSE[name]["image"] for name in ("jobmanager", "taskmanager")}
    assert images | {OPERATOR["image"]} == {f"flink:{version}-java17"}
    assert OPERATOR["flinkVersion"] == f"v{version.replace('.', '_')}"
    assert f"--flink_version {version} " in (ROOT / "docs" / "how-to" / "flink.md").read_text()


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
    guide = (ROOT / "docs" / "how-to" / "flink.md").read_text()
    assert f"--environment_config localhost:{cluster.POOL_PORT} " in guide


def test_workers_share_the_cores_of_their_pod():
    [side_car] = OPERATOR["taskManager"]["podTemplate"]["spec"]["containers"]
    [threads] = (v["value"] for v in side_car["env"] if v["name"] == "OMP_NUM_THREADS")
    [processes] = re.findall(
        r"--sdk_worker_parallelism (\d+)", (ROOT / "docs" / "how-to" / "flink.md").read_text()
    )
    assert int(threads) * int(processes) == int(side_car["resources"]["limits"]["cpu"])
    assert OPERATOR["flinkConfiguration"]["taskmanager.numberOfTaskSlots"] == processes
