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
    """Returns "fp32", "bf16", "fp16" or "int8"; "auto" is exact on a CPU and fast on a GPU.

    Raises:
      DeviceError: the precision is none of them, or the device does not compute in it.
    """
    if precision == "auto":
        if device == "cpu":
            return "fp32"
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    if precision not in ("fp32", "bf16", "fp16", "int8"):
        raise DeviceError(f"precision must be auto, fp32, bf16, fp16 or int8, got {precision!r}")
    if precision == "int8":
        _check_int8(device)
    return precision


def _check_int8(device: str) -> None:
    if device != "cpu":
        raise DeviceError(f"int8 is for CPUs; take --precision bf16 or fp16 on {device}")
    if not _has_vnni():
        # Without it, sums of products of bytes overflow.
        raise DeviceError("int8 needs a processor with AVX-512 VNNI; take --precision fp32")


def fast_precisions() -> list[str]:
    """Returns the precisions in which this machine's CPU tags fast, the fastest first, fp32 last.

    It heeds only what the processor can do, so that equal ones choose alike.
    """
    # With AMX, the embedded model is 1.5 to 1.7 times as fast in int8 as in fp32, and 2.4 to 2.6
    # times in bf16, whose steps between the products read half as many bytes.
    with_amx = ["bf16"] if _has_amx() else []
    with_vnni = ["int8"] if _has_vnni() else []
    return [*with_amx, *with_vnni, "fp32"]


def _has_vnni() -> bool:
    return bool(torch.cpu._is_vnni_supported())


def _has_amx() -> bool:
    return bool(torch.cpu._is_amx_tile_supported())
