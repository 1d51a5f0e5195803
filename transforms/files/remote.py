"""Translates what the libraries of remote stores raise, and waits for a store that fails."""

import contextlib
import io
import logging
import os
import re
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from transforms.files.addresses import hide_secrets

# A store that has failed for so long without a break is given up. Between two tries there is a
# wait, each twice as long as the one before.
PATIENCE_SECONDS = 60.0
FIRST_WAIT_SECONDS = 1.0

_GONE = (404, 410)
# The other statuses from 400 to 499 say that a request is wrong, but these may pass. 412 says that
# the file has changed since it was opened, which shows when it is opened again.
_PASSING = (408, 412, 425, 429)
_MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-f]+")

_Answer = TypeVar("_Answer")
_LOGGER = logging.getLogger(__name__)


class StoreError(OSError):
    """A remote store fails; it may be well again in a moment."""


class UnreachableError(StoreError):
    """Nothing answers at the address of a remote store; the address may be wrong."""


class RefusedError(OSError):
    """A remote store refuses what it was asked for, and would do so again."""


class Patience:
    """Waits while a remote store fails.

    It is at an end when the store has failed for about a minute without a break.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Takes note that the store is well."""
        self._failing_since: float | None = None
        self._wait_seconds = FIRST_WAIT_SECONDS

    def wait(self, error: StoreError) -> None:
        """Returns when it is time for another try.

        Raises:
          StoreError: the given one, at once, since there have been tries enough.
        """
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= PATIENCE_SECONDS:
            raise error
        _LOGGER.warning("%s; another try in %g s", error, self._wait_seconds)
        time.sleep(self._wait_seconds)
        self._wait_seconds *= 2


def patiently(ask: Callable[[], _Answer], hopeless: tuple[type[StoreError], ...] = ()) -> _Answer:
    """Returns the answer of a remote store, which is asked again for a while if it fails.

    Args:
      hopeless: failures after which it is not asked again.

    Raises:
      StoreError: it has failed for a while, or hopelessly.
    """
    patience = Patience()
    while True:
        try:
            return ask()
        except StoreError as error:
            if isinstance(error, hopeless):
                raise
            patience.wait(error)


class RemoteFile(io.RawIOBase):
    """The stream of a remote file; what goes wrong while it is read comes out in our words."""

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

    This holds for reading, writing, listing and removing alike. All three are OSErrors: a caller
    that can do without the store catches that class, and catches no mistake with it.

    Raises:
      FileNotFoundError: there is no such file or bucket.
      RefusedError: the store refuses.
      StoreError: the store fails; an UnreachableError if nothing answers.

    What is secret in an address is in no message.
    """
    try:
        yield
    except (FileNotFoundError, StoreError, RefusedError):
        raise
    except Exception as error:
        failure = _failure(error)
        if failure is None:
            raise
        # Workers that meet the same failure must describe it in the same words, since it is then
        # published once.
        message = _MEMORY_ADDRESS.sub("", f"{type(failure).__name__}: {failure}")
        cause = _if_it_may_be_shown(error)
        nothing = None if _http_status(failure) else unreachable(error)
        if nothing:
            raise UnreachableError(nothing) from cause
        raise _kind(failure)(hide_secrets(message)) from cause


def unreachable(error: BaseException) -> str | None:
    """Says which host an error found nothing at, and why; None for any other error."""
    # Every library of stores builds on urllib3.
    for inner in _errors_in(error, set()):
        if isinstance(inner, (NewConnectionError, ConnectTimeoutError)):
            connection = getattr(inner, "conn", inner.args[0])
            reason = getattr(inner.__cause__, "strerror", None) or "there is no answer"
            return f"{connection.host}:{connection.port} cannot be reached: {reason}"
    return None


def _errors_in(error: object, seen: set[int]) -> Iterator[BaseException]:
    """Yields an error and those that it was made of, wherever its library keeps them."""
    if not isinstance(error, BaseException) or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    reason = getattr(error, "reason", None)
    for inner in (error.__cause__, error.__context__, reason, *error.args):
        yield from _errors_in(inner, seen)


def _kind(failure: BaseException) -> type[OSError]:
    status = _http_status(failure)
    if status in _GONE:
        return FileNotFoundError
    return RefusedError if 400 <= status < 500 and status not in _PASSING else StoreError


def _if_it_may_be_shown(error: Exception) -> Exception | None:
    """Returns an error, unless its traceback would show what is secret in an address."""
    shown = "".join(traceback.format_exception(error))
    return error if hide_secrets(shown) == shown else None


def _failure(error: BaseException | None) -> BaseException | None:
    """Returns the error by which a library reports a store's failure, None for a mistake.

    Libraries report failures by OSErrors or by classes of their own, and a bare TypeError or
    KeyError is somebody's mistake. smart-open raises a bare ValueError for some failures, whose
    cause is then the library's error.
    """
    if error is None or isinstance(error, OSError) or type(error).__module__ != "builtins":
        return error
    return _failure(error.__cause__)


def _http_status(error: BaseException) -> int:
    """Returns the HTTP status that an error holds, 0 if there is none."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore keeps it like this
        return response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # The requests library keeps it in the response, Google's libraries and Beam's S3 in the error.
    status = getattr(response, "status_code", getattr(error, "code", None))
    if isinstance(status, int):
        return status
    # Beam and smart-open wrap the errors of other libraries.
    wrapped = [*(getattr(error, "exception_details", None) or {}).values(), error.__cause__]
    return next((_http_status(inner) for inner in wrapped if inner is not None), 0)
