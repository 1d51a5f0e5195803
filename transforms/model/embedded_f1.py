"""Holds what the embedded model loses in the coarser precisions of a CPU.

A line of `F1` comes from CoNLL-2003's validation file:

    news-entities evaluate --data valid.txt --precision int8
"""

from transforms.model.checkpoint import EMBEDDED

F1 = {"fp32": 0.9437, "bf16": 0.9436, "int8": 0.9436}

# This is the most F1 that a job may lose for its speed when nobody asked for a precision.
_TOLERANCE = 0.0015


def good_precisions(model: str) -> frozenset[str]:
    """Returns the precisions of a CPU in which a model is known to be about as good as in fp32.

    Args:
      model: what the checkpoint was asked for by. Only the embedded one was measured.
    """
    if model != EMBEDDED:
        return frozenset({"fp32"})
    return frozenset(name for name, f1 in F1.items() if f1 >= F1["fp32"] - _TOLERANCE)
