"""Where the model goes, by devices, cores and runner."""

import pytest
import torch

from pipeline import placement as placement_module
from pipeline.errors import UsageError
from pipeline.options import parse_options
from pipeline.placement import Placement, place_model


def options(*flags: str):
    return parse_options(["--input", "in", "--output", "out", *flags])


def test_here_the_model_goes_where_there_is_room(monkeypatch):
    monkeypatch.setattr(placement_module, "usable_cores", lambda: 8)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    exact = ("--precision", "fp32")
    assert place_model(options(*exact)) == Placement("cpu", "fp32", workers=1, threads=8)
    assert place_model(options(*exact, "--workers", "3")) == Placement("cpu", "fp32", 3, threads=2)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert place_model(options()) == Placement("cuda:0", "bf16", workers=4, threads=2)
    with pytest.raises(UsageError, match=r"--device cuda:1 .*: there is no device cuda:1 here"):
        place_model(options("--device", "cuda:1"))


@pytest.mark.parametrize(
    ("cores", "on_cpu", "on_gpu"), [(1, 1, 1), (2, 1, 1), (4, 1, 2), (15, 1, 7), (64, 8, 8)]
)
def test_a_process_for_each_eight_cores_and_a_few_for_a_gpu(monkeypatch, cores, on_cpu, on_gpu):
    monkeypatch.setattr(placement_module, "usable_cores", lambda: cores)
    for gpus, workers in enumerate((on_cpu, on_gpu)):
        monkeypatch.setattr(torch.cuda, "device_count", lambda gpus=gpus: gpus)
        for asked in ((), ("--workers", "auto")):
            placed = place_model(options(*asked, "--precision", "fp32"))
            assert (placed.workers, placed.threads) == (workers, max(1, cores // workers))


@pytest.mark.parametrize("gpus", [0, 1])
def test_other_machines_choose_their_device_and_share_a_precision(monkeypatch, gpus):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    remote = ("--runner", "FlinkRunner")
    assert place_model(options(*remote)) == Placement("auto", "fp32", workers=1, threads=None)
    asked = place_model(options(*remote, "--device", "cuda:1", "--precision", "bf16"))
    assert asked == Placement("cuda:1", "bf16", workers=1, threads=None)
    with pytest.raises(UsageError, match=r"--device must be .* got gpu"):
        place_model(options(*remote, "--device", "gpu"))


@pytest.fixture
def fast(monkeypatch):
    """Has a CPU on which something is fast, and no GPU."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)

    def has(*precisions: str) -> None:
        monkeypatch.setattr(placement_module, "fast_precisions", lambda: [*precisions, "fp32"])

    return has


def test_auto_takes_what_the_cpu_does_fastest_with_the_embedded_model(fast):
    for precisions, chosen in ((("bf16", "int8"), "bf16"), (("int8",), "int8"), ((), "fp32")):
        fast(*precisions)
        assert place_model(options()).precision == chosen
        assert place_model(options("--model", "embedded")).precision == chosen
        assert place_model(options("--model", "models/mine")).precision == "fp32"
        assert place_model(options("--precision", "fp32")).precision == "fp32"
        assert place_model(options("--runner", "FlinkRunner")).precision == "fp32"


def test_auto_goes_on_as_the_stored_job_began_if_that_is_fast_here(fast):
    fast("bf16", "int8")
    for stored in ("fp32", "int8", "bf16"):
        assert place_model(options(), stored).precision == stored
    assert place_model(options("--precision", "fp32"), "int8").precision == "fp32"
    fast("int8")
    assert place_model(options(), "bf16").precision == "int8"
    assert place_model(options("--model", "models/mine"), "int8").precision == "fp32"


def test_int8_that_the_processor_cannot_do_is_wrong_usage(monkeypatch, fast):
    fast()
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: False)
    with pytest.raises(UsageError, match="--precision int8: int8 needs a processor with"):
        place_model(options("--precision", "int8"))
