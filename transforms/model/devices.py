"""Chooses the device and the precision in which a network computes."""

import torch

from transforms.model.errors import DeviceError


def resolve_device(device: str = "auto") -> str:
    """Returns "cpu" or "cuda:N"; "auto" means the first GPU if there is one.

    Raises:
      DeviceError: this machine has no such device.
    """
    gpus = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if device == "auto":
        return gpus[0] if gpus else "cpu"
    wanted = "cuda:0" if device == "cuda" else device
    if wanted not in ["cpu", *gpus]:
        raise DeviceError(f"there is no device {device} here, only {', '.join(['cpu', *gpus])}")
    return wanted


def resolve_precision(precision: str, device: str) -> str:
    """Returns "fp32", "bf16" or "fp16"; "auto" is exact on a CPU and fast on a GPU.

    Raises:
      DeviceError: the precision is none of them.
    """
    if precision == "auto":
        if device == "cpu":
            return "fp32"
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    if precision not in ("fp32", "bf16", "fp16"):
        raise DeviceError(f"precision must be auto, fp32, bf16 or fp16, got {precision!r}")
    return precision
