"""Finds out which of many items make some work fail."""

from collections.abc import Callable
from typing import Protocol, Self, TypeVar

import torch

from transforms.model.tags import TagFailure

# Such errors are bare RuntimeErrors, which only their messages tell from others.
_DEVICE_ERRORS = ("cuda error", "cudnn", "cublas")


class Items(Protocol):
    """Things that are worked on together, and of which a part is of the same kind."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Self: ...


_Items = TypeVar("_Items", bound=Items)
_Result = TypeVar("_Result")


def isolate(
    work: Callable[[_Items], _Result], items: _Items
) -> list[tuple[_Items, _Result | TagFailure]]:
    """Does some work on items, and finds those that make it raise.

    Items among which there is such a one are halved until it is alone. The result of an item must
    not depend on the items beside it.

    Returns:
      The items with the result of the work, in parts if some of it failed; an item with a failure
      is a part by itself.

    Raises:
      Exception: the device or the process is at fault, and not an item.
    """
    try:
        return [(items, work(items))]
    except Exception as error:
        if _is_no_sentences_fault(error):
            raise
        if len(items) == 1:
            return [(items, TagFailure(f"{type(error).__name__}: {error}"))]
    middle = len(items) // 2
    return isolate(work, items[:middle]) + isolate(work, items[middle:])


def _is_no_sentences_fault(error: Exception) -> bool:
    """Tells whether the device or the process is at fault, so that later calls would fail too.

    It is not at fault when a GPU lacks the memory for one sentence, as a long one needs more than
    others.
    """
    if isinstance(error, (MemoryError, getattr(torch, "AcceleratorError", ()))):
        return True
    return isinstance(error, RuntimeError) and any(
        sign in str(error).lower() for sign in _DEVICE_ERRORS
    )
