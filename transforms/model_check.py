"""Tells a model that fails on nearly everything from documents that no model could tag."""

from collections.abc import Sequence

from transforms.errors import HopelessError

# So many documents in a row tell that the model is at fault. Fewer tell nothing.
TELLING_DOCUMENTS = 10


class ModelCheck:
    """Counts the documents of blocks in a row in which the model fails on most documents."""

    def __init__(self) -> None:
        self._documents = 0
        self._failed = 0

    def add(self, failures: Sequence[str]) -> None:
        """Takes the documents of the next block.

        Args:
          failures: for each document that has sentences, where and why the model failed if it did
            on most of its sentences, else "".

        Raises:
          HopelessError: the model is at fault, and not the input.
        """
        failed = [failure for failure in failures if failure]
        if 2 * len(failed) <= len(failures):
            # A block without sentences says nothing of the model.
            if failures:
                self._documents = self._failed = 0
            return
        self._documents += len(failures)
        self._failed += len(failed)
        if self._documents >= TELLING_DOCUMENTS:
            raise HopelessError(
                f"the model failed on most sentences of {self._failed} of {self._documents} "
                f"documents, on the last one in {failed[-1]}"
            )
