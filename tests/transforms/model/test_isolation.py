"""What makes some work fail is found, unless the device or the process is at fault."""

import pytest
import torch

from transforms.model.isolation import isolate
from transforms.model.tags import TagFailure


def test_isolation_finds_every_item_that_raises():
    def work(items: list[int]) -> list[int]:
        if any(item % 5 == 0 for item in items):
            raise ValueError(f"in {items}")
        return [2 * item for item in items]

    parts = isolate(work, [*range(13)])
    assert [item for items, _ in parts for item in items] == [*range(13)]
    for items, result in parts:
        if isinstance(result, TagFailure):
            assert result == TagFailure(f"ValueError: in {items}")
            assert [item % 5 for item in items] == [0]
        else:
            assert result == [2 * item for item in items]
    assert sum(isinstance(result, TagFailure) for _, result in parts) == 3


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
        RuntimeError("CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
        MemoryError(),
    ],
    ids=["cuda", "cudnn", "cublas", "memory"],
)
def test_what_the_device_or_the_process_does_is_no_sentences_fault(error):
    def work(items: list[int]) -> list[int]:
        raise error

    with pytest.raises(type(error)) as raised:
        isolate(work, [1])
    assert raised.value is error


def test_a_lost_device_is_not_a_sentences_fault(monkeypatch):
    class LostDeviceError(RuntimeError):
        pass

    def work(items: list[int]) -> list[int]:
        raise LostDeviceError("device-side assert")

    monkeypatch.setattr(torch, "AcceleratorError", LostDeviceError, raising=False)
    with pytest.raises(LostDeviceError):
        isolate(work, [1, 2])
