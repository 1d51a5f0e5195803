"""A real Flink cluster on this machine, laid out as on Kubernetes: a pod a task manager.

A pod is a network namespace, so that each task manager finds a worker pool of its own at the
same address, localhost: Beam gives the workers of all task managers the same names, and two task
managers on one pool stop each other's workers. The namespaces hang on a bridge, whose address is
this machine's. It needs root, iproute2 and Java 17.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import requests

REST_PORT = 8081
RPC_PORT = 6123
POOL_PORT = 50000
_START_SECONDS = 60
_BUILD_SECONDS = 600

# Flink's start scripts give these to Java 17.
_OPENED = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in (
        "java.io",
        "java.lang",
        "java.lang.invoke",
        "java.lang.reflect",
        "java.net",
        "java.nio",
        "java.text",
        "java.time",
        "java.util",
        "java.util.concurrent",
        "java.util.concurrent.atomic",
        "java.util.concurrent.locks",
        "sun.net.util",
    )
]
# Flink's start scripts compute these; a task manager that is started without them wants them all.
_TASK_MANAGER = {
    "taskmanager.cpu.cores": "1.0",
    "taskmanager.memory.framework.heap.size": "128m",
    "taskmanager.memory.framework.off-heap.size": "128m",
    "taskmanager.memory.task.heap.size": "256m",
    "taskmanager.memory.task.off-heap.size": "0m",
    "taskmanager.memory.managed.size": "128m",
    "taskmanager.memory.network.min": "128m",
    "taskmanager.memory.network.max": "128m",
    "taskmanager.memory.jvm-metaspace.size": "256m",
    "taskmanager.memory.jvm-overhead.min": "192m",
    "taskmanager.memory.jvm-overhead.max": "192m",
}


def job_server_jar(cache: Path) -> Path:
    """Returns Flink and Beam's job server in one jar, built once into the cache."""
    pom = Path(__file__).with_name("pom.xml")
    folder = cache / f"flink-{_digest(pom)}"
    jar = folder / "flink-job-server-1.jar"
    if not jar.exists():
        built = folder / f"build-{os.getpid()}"
        subprocess.run(
            ["mvn", "-q", "-B", "-f", str(pom), f"-Djar.folder={built}", "package"],
            timeout=_BUILD_SECONDS,
            check=True,
        )
        os.replace(built / jar.name, jar)
        shutil.rmtree(built)
    return jar


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


class FlinkCluster:
    """A job manager and pods, each a task manager with a worker pool; ends what it started.

    Attributes:
      master: host and port of the job manager, for --flink_master.
      slots: of each task manager.
    """

    def __init__(self, jar: Path, folder: Path, pods: int = 2, slots: int = 2) -> None:
        self.slots = slots
        self._jar, self._folder = jar, folder
        self._processes: dict[str, subprocess.Popen] = {}
        self._pods = [f"pod{index}" for index in range(pods)]
        # Names and addresses that another cluster on this machine does not have.
        number = os.getpid() % 250 + 1
        self._bridge = f"news{number}"
        self._network = f"10.213.{number}"
        self.host = f"{self._network}.1"
        self.master = f"{self.host}:{REST_PORT}"

    def __enter__(self) -> "FlinkCluster":
        try:
            self._build_network()
            self._write_configuration()
            self._start_job_manager()
            for pod in self._pods:
                self.start_pod(pod)
            self.wait_for_slots(len(self._pods) * self.slots)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *ignored: object) -> None:
        for name in [*self._processes]:
            self._kill(name)
        self._remove_network()

    @property
    def pods(self) -> Sequence[str]:
        return self._pods

    def start_pod(self, pod: str) -> None:
        """Starts a pod's worker pool and its task manager."""
        self.start_pool(pod)
        self._start_task_manager(pod)

    def start_pool(self, pod: str) -> None:
        """Starts a pod's worker pool, which starts `python` from its PATH for a worker."""
        binaries = Path(sys.executable).parent
        environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
        module = "apache_beam.runners.worker.worker_pool_main"
        arguments = [sys.executable, "-m", module, f"--service_port={POOL_PORT}"]
        self._start(f"{pod}-pool", arguments, pod, environment)

    def kill_pod(self, pod: str) -> None:
        """Kills a task manager and its worker pool, as when a node is lost."""
        self._kill(f"{pod}-task-manager")
        self.kill_pool(pod)

    def kill_pool(self, pod: str) -> None:
        """Kills a worker pool with its workers, as when the container runs out of memory."""
        self._kill(f"{pod}-pool")

    def wait_for_slots(self, wanted: int) -> None:
        """Waits until the job manager knows so many slots."""
        self.wait_for(lambda: self.get("overview").get("slots-total") == wanted, f"{wanted} slots")

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs that the cluster has seen, as its REST interface tells of them."""
        return self.get("jobs/overview").get("jobs", [])

    def get(self, path: str) -> dict[str, Any]:
        """Asks the REST interface; nothing while it does not answer."""
        try:
            answer = requests.get(f"http://{self.master}/{path}", timeout=5)
            return answer.json() if answer.ok else {}
        except requests.RequestException:
            return {}

    def wait_for(
        self, condition: Callable[[], bool], what: str, seconds: float = _START_SECONDS
    ) -> None:
        """Waits until a condition holds.

        Raises:
          TimeoutError: it did not in time; the message has what the cluster says.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {what} in {seconds:.0f} s\n{self.report()}")
            time.sleep(0.2)

    def report(self) -> str:
        """What the cluster knows of failures: its jobs' exceptions, and the ends of all logs."""
        lines = []
        for job in self.jobs():
            lines.append(f"job {job['jid']} is {job['state']}")
            exceptions = self.get(f"jobs/{job['jid']}/exceptions")
            history = exceptions.get("exceptionHistory", {}).get("entries", [])
            lines += [entry["stacktrace"][:4000] for entry in history]
        for log in sorted(self._folder.glob("*.log")):
            lines += [f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-25:]]
        return "\n".join(lines)

    def _write_configuration(self) -> None:
        settings = {
            "jobmanager.rpc.address": self.host,
            "jobmanager.rpc.port": RPC_PORT,
            "jobmanager.bind-host": "0.0.0.0",
            "rest.address": self.host,
            "rest.bind-address": self.host,
            "rest.port": REST_PORT,
            "taskmanager.bind-host": "0.0.0.0",
            "taskmanager.numberOfTaskSlots": self.slots,
            "parallelism.default": 1,
            "io.tmp.dirs": self._folder / "tmp",
            # Without it, a batch job fails with the first task that does.
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": 10,
            "restart-strategy.fixed-delay.delay": "3 s",
            # A lost task manager is noticed in seconds; the default is 50.
            "heartbeat.interval": 1000,
            "heartbeat.timeout": 6000,
        }
        (self._folder / "tmp").mkdir(parents=True, exist_ok=True)
        lines = [f"{key}: {value}\n" for key, value in settings.items()]
        (self._folder / "flink-conf.yaml").write_text("".join(lines))

    def _start_job_manager(self) -> None:
        entry = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
        self._start("job-manager", self._java(entry, "512m"))
        self.wait_for(lambda: bool(self.get("overview")), "answer of the job manager")

    def _start_task_manager(self, pod: str) -> None:
        entry = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        own = {"taskmanager.host": self._address(pod), "taskmanager.resource-id": pod}
        flags = [f"-D{key}={value}" for key, value in {**_TASK_MANAGER, **own}.items()]
        self._start(f"{pod}-task-manager", [*self._java(entry, "384m"), *flags], pod)

    def _java(self, entry: str, heap: str) -> list[str]:
        log = "-Dorg.slf4j.simpleLogger.defaultLogLevel=info"
        command = ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", log, *_OPENED]
        return [*command, "-cp", str(self._jar), entry, "--configDir", str(self._folder)]

    def _start(
        self,
        name: str,
        command: Sequence[str],
        pod: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        if pod:
            command = ["ip", "netns", "exec", self._namespace(pod), *command]
        with (self._folder / f"{name}.log").open("a") as log:
            self._processes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )

    def _kill(self, name: str) -> None:
        """Kills a process with all that it started."""
        process = self._processes.pop(name, None)
        if process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _namespace(self, pod: str) -> str:
        return f"{self._bridge}-{pod}"

    def _address(self, pod: str) -> str:
        return f"{self._network}.{self._pods.index(pod) + 2}"

    def _build_network(self) -> None:
        _ip(f"link add {self._bridge} type bridge")
        _ip(f"address add {self.host}/24 dev {self._bridge}")
        _ip(f"link set {self._bridge} up")
        for index, pod in enumerate(self._pods):
            namespace, cable = self._namespace(pod), f"{self._bridge}-{index}"
            _ip(f"netns add {namespace}")
            _ip(f"link add {cable} type veth peer name eth0 netns {namespace}")
            _ip(f"link set {cable} master {self._bridge} up")
            _ip(f"-n {namespace} address add {self._address(pod)}/24 dev eth0")
            _ip(f"-n {namespace} link set eth0 up")
            _ip(f"-n {namespace} link set lo up")

    def _remove_network(self) -> None:
        # Their ends of the cables go with the namespaces.
        for pod in self._pods:
            _ip(f"netns delete {self._namespace(pod)}", check=False)
        _ip(f"link delete {self._bridge}", check=False)


def _ip(arguments: str, check: bool = True) -> None:
    done = subprocess.run(["ip", *arguments.split()], capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(f"ip {arguments}: {done.stderr.strip()} (it needs root)")
