"""Devices and precisions are those that are there."""

import pytest
import torch

from transforms.model.devices import fast_precisions, resolve_device, resolve_precision
from transforms.model.errors import DeviceError


def test_devices_are_resolved_to_what_is_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert resolve_device("auto") == "cuda:0"
    assert resolve_device("cuda") == "cuda:0"
    assert resolve_device("cuda:1") == "cuda:1"
    assert resolve_device("cpu") == "cpu"
    with pytest.raises(DeviceError, match="no device cuda:2 here, only cpu, cuda:0, cuda:1"):
        resolve_device("cuda:2")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert resolve_device("auto") == "cpu"
    with pytest.raises(DeviceError, match="there is no device cuda here, only cpu"):
        resolve_device("cuda")


def test_precision_is_exact_on_a_cpu_and_fast_on_a_gpu(monkeypatch):
    assert resolve_precision("auto", "cpu") == "fp32"
    assert resolve_precision("bf16", "cpu") == "bf16"
    for supported, expected in ((True, "bf16"), (False, "fp16")):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda answer=supported, **_: answer)
        assert resolve_precision("auto", "cuda:0") == expected
    with pytest.raises(
        DeviceError, match="precision must be auto, fp32, bf16, fp16 or int8, got 'fp8'"
    ):
        resolve_precision("fp8", "cpu")


def test_bytes_are_for_cpus_that_multiply_them(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: True)
    assert resolve_precision("int8", "cpu") == "int8"
    with pytest.raises(DeviceError, match=r"int8 is for CPUs; take .* bf16 or fp16 on cuda:0"):
        resolve_precision("int8", "cuda:0")
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: False)
    with pytest.raises(
        DeviceError, match=r"int8 needs a processor with AVX-512 VNNI; take .* fp32"
    ):
        resolve_precision("int8", "cpu")


@pytest.mark.parametrize(
    ("amx", "vnni", "precisions"),
    [
        (True, True, ["bf16", "int8", "fp32"]),
        (False, True, ["int8", "fp32"]),
        (False, False, ["fp32"]),
    ],
)
def test_the_processor_alone_says_what_is_fast(monkeypatch, amx, vnni, precisions):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: vnni)
    assert fast_precisions() == precisions
