"""Where the model goes: device, precision, processes and threads."""

import re
from dataclasses import dataclass

from pipeline.errors import UsageError
from pipeline.models import ModelChoice
from pipeline.settings import RunOptions
from transforms.model.checkpoint import EMBEDDED
from transforms.model.cores import usable_cores
from transforms.model.devices import fast_precisions, resolve_device, resolve_precision
from transforms.model.embedded_f1 import good_precisions
from transforms.model.errors import DeviceError

_CORES_A_WORKER = 8
_MAX_WORKERS_A_GPU = 8


@dataclass(frozen=True, slots=True)
class Placement:
    """How the process of a worker loads the model.

    Attributes:
      device: "cpu" or "cuda:N" on this machine; on others it may be "auto" too.
      precision: never "auto", since it is part of the plan.
      workers: processes on this machine.
      threads: of each process; None means as many as suit its machine.
    """

    device: str
    precision: str
    workers: int
    threads: int | None


def place_model(options: RunOptions, stored_precision: str | None = None) -> Placement:
    """Chooses device, precision, and how many processes and threads there are.

    Args:
      stored_precision: that of the job that the output holds, if it is to go on.

    Raises:
      UsageError: there is no such device, or it does not compute in the precision.
    """
    choice = options.model
    if not options.beam.is_local:
        # Other machines have devices and cores of their own: a launcher without a GPU must not
        # send them to their CPUs. Their precision must be the same, whatever they have, so it is
        # the one that all of them have.
        if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", choice.device):
            raise UsageError(f"--device must be auto, cpu, cuda or cuda:N, got {choice.device}")
        precision = "fp32" if choice.precision == "auto" else choice.precision
        return Placement(choice.device, precision, workers=1, threads=None)
    try:
        device = resolve_device(choice.device)
        precision = _choose_precision(choice, device, stored_precision)
    except DeviceError as error:
        raise UsageError(
            f"--device {choice.device} --precision {choice.precision}: {error}"
        ) from error
    cores = usable_cores()
    workers = options.workers or _count_workers(device, cores)
    return Placement(device, precision, workers, threads=max(1, cores // workers))


def _choose_precision(choice: ModelChoice, device: str, stored: str | None) -> str:
    """Takes what was asked for; else, on a CPU, the fastest in which the model is known as good."""
    if choice.precision != "auto" or device != "cpu":
        return resolve_precision(choice.precision, device)
    good = good_precisions(choice.model or EMBEDDED)
    fast = [precision for precision in fast_precisions() if precision in good]
    # A job may go on, or be added to, on a machine that would have chosen otherwise.
    return stored if stored in fast else fast[0]


def _count_workers(device: str, cores: int) -> int:
    """Chooses how many processes keep a device busy, each of which loads the model.

    All but the forward pass runs on one core a process, 400,000 words/s: that is more than 8 cores
    tag together (docs/explanation/capacity.md), but less than a GPU does.
    """
    if device == "cpu":
        return max(1, cores // _CORES_A_WORKER)
    return max(1, min(_MAX_WORKERS_A_GPU, cores // 2))
