"""Remote stores: what their libraries raise, in three words of ours, and patience with them."""

import contextlib
import io
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

# How long a store may fail without a break before it is given up, and the first of the waits
# between two tries, each twice the one before.
PATIENCE_SECONDS = 60.0
FIRST_WAIT_SECONDS = 1.0


_GONE = (404, 410)
# Of the statuses 4xx, those that the next request may not meet. 412 tells that the file has
# changed since it was opened: whoever opens it anew sees that.
_PASSING = (408, 412, 425, 429)
_MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-f]+")

_Answer = TypeVar("_Answer")
_LOGGER = logging.getLogger(__name__)


class StoreError(OSError):
    """A remote store failed; it may be well again in a moment."""


class RefusedError(OSError):
    """A remote store understood what it was asked for, and refused: it would again."""


class Patience:
    """Waits while a remote store fails: about a minute, and anew once it has been well."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Takes note that the store is well."""
        self._failing_since: float | None = None
        self._wait_seconds = FIRST_WAIT_SECONDS

    def wait(self, error: StoreError) -> None:
        """Returns when it is time for another try.

        Raises:
          StoreError: the one given, at once: there have been tries enough.
        """
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= PATIENCE_SECONDS:
            raise error
        _LOGGER.warning("%s; another try in %g s", error, self._wait_seconds)
        time.sleep(self._wait_seconds)
        self._wait_seconds *= 2


def patiently(ask: Callable[[], _Answer]) -> _Answer:
    """Returns what a remote store answers, asked again for a while if it fails."""
    patience = Patience()
    while True:
        try:
            return ask()
        except StoreError as error:
            patience.wait(error)


class RemoteFile(io.RawIOBase):
    """A remote file's stream; what goes wrong while it is read comes out in our words."""

    def __init__(self, stored: Any) -> None:
        self._stored = stored

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stored.seekable()

    def readinto(self, buffer: Any) -> int:
        with in_our_words():
            return self._stored.readinto(buffer)

    def readall(self) -> bytes:
        with in_our_words():
            return self._stored.read()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        with in_our_words():
            return self._stored.seek(offset, whence)

    def tell(self) -> int:
        return self._stored.tell()

    def close(self) -> None:
        if not self.closed:
            self._stored.close()
        super().close()


@contextlib.contextmanager
def in_our_words() -> Iterator[None]:
    """Turns what the libraries of remote stores raise into one of three errors.

    It holds for reading, writing, listing and removing alike. All three are OSErrors, so a caller
    that bears with a store's failure catches that class and no mistake.

    Raises:
      FileNotFoundError: there is no such file or bucket.
      RefusedError: the store refuses.
      StoreError: the store fails, or cannot be reached.
    """
    try:
        yield
    except (FileNotFoundError, StoreError, RefusedError):
        raise
    except Exception as error:
        failure = _failure(error)
        if failure is None:
            raise
        # Workers that met the same failure must tell it in the same words: it is published once.
        message = _MEMORY_ADDRESS.sub("", f"{type(failure).__name__}: {failure}")
        status = _http_status(failure)
        if status in _GONE:
            raise FileNotFoundError(message) from error
        if 400 <= status < 500 and status not in _PASSING:
            raise RefusedError(message) from error
        raise StoreError(message) from error


def _failure(error: BaseException | None) -> BaseException | None:
    """Returns what a store's library tells with an error, None where the error is a mistake.

    Libraries tell failures with OSErrors or with classes of their own. A bare TypeError or
    KeyError is somebody's mistake. A bare ValueError may be smart-open's, which then names the
    library's error as its cause.
    """
    if error is None or isinstance(error, OSError) or type(error).__module__ != "builtins":
        return error
    return _failure(error.__cause__)


def _http_status(error: BaseException) -> int:
    """Returns the status in what a library raised, 0 where there is none."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore's
        return response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # requests keep it in the response, Google's libraries and Beam's S3 in the error.
    status = getattr(response, "status_code", getattr(error, "code", None))
    if isinstance(status, int):
        return status
    # Beam wraps errors, and so does smart-open.
    wrapped = [*(getattr(error, "exception_details", None) or {}).values(), error.__cause__]
    return next((_http_status(inner) for inner in wrapped if inner is not None), 0)
