"""Keeps two runs from one output: only one at a time may change it.

On a local disk the lease is a lock that the system takes back when its process ends, however it
ends. In a bucket it is an object that is written only where there is none. The run renews it while
it works; a lease that was not renewed for a while, or whose process on this machine is gone, is
over. Other stores cannot compare, so runs on them have no lease.
"""

import contextlib
import errno
import fcntl
import getpass
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.terminal import say
from transforms.files.conditional import (
    ABSENT,
    OverwrittenError,
    has_versions,
    read_version,
    write_version,
)
from transforms.files.places import is_local
from transforms.files.storage import delete
from transforms.output.layout import LEASE_PATH
from transforms.output.output import Output

RENEW_SECONDS = 30.0
# Clocks of two machines may differ by some of this.
EXPIRES_SECONDS = 180.0
_LOOK_SECONDS = 1.0

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """The run that has the lease.

    Attributes:
      since, renewed: seconds since 1970.
      machine: tells the machine, and among its containers the one, in which `process` is a number.
    """

    user: str
    host: str
    process: int
    since: float
    renewed: float
    machine: str

    @classmethod
    def here(cls) -> "Holder":
        now = time.time()
        return cls(_user(), socket.gethostname(), os.getpid(), now, now, _machine())

    @classmethod
    def parse(cls, data: bytes) -> "Holder | None":
        """Reads what a holder wrote; returns None if it has not written all of it yet."""
        try:
            return cls(**json.loads(data))
        except (TypeError, ValueError):
            return None

    def __str__(self) -> str:
        since = datetime.fromtimestamp(self.since, UTC)
        return f"process {self.process} of {self.user} on {self.host} since {since:%F %T} UTC"

    @property
    def is_gone(self) -> bool:
        """Whether its process has ended, or did not renew its lease."""
        if time.time() - self.renewed > EXPIRES_SECONDS:
            return True
        return bool(self.machine) and self.machine == _machine() and not _is_alive(self.process)

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode()


@contextlib.contextmanager
def hold(output: Output, wait_minutes: int = 0) -> Iterator[None]:
    """Holds the lease of an output while the body runs.

    Args:
      wait_minutes: for how long to wait while another run has it.

    Raises:
      UsageError: another run has it, or the output cannot be written.
    """
    lease = _lease(output)
    if lease is None:
        yield
        return
    _take(lease, output.root, wait_minutes)
    try:
        yield
    finally:
        lease.release()


def _lease(output: Output) -> "_LocalLease | _BucketLease | None":
    uri = output.uri(LEASE_PATH)
    if is_local(uri):
        return _LocalLease(Path(uri), Path(output.root))
    return _BucketLease(uri) if has_versions(uri) else None


def _take(lease: "_LocalLease | _BucketLease", root: str, wait_minutes: int) -> None:
    end = time.monotonic() + 60 * wait_minutes
    told = False
    while (other := _try(lease, root)) is not None:
        who = str(other or "another run")
        if time.monotonic() >= end:
            raise UsageError(
                f"--output {root} is in use by {who}: start again when that has ended, or wait for "
                "it with --wait MINUTES"
            )
        if not told:
            say(f"--output {root} is in use by {who}: waiting for its end")
            told = True
        time.sleep(min(_LOOK_SECONDS, max(0.0, end - time.monotonic())))


def _try(lease: "_LocalLease | _BucketLease", root: str) -> "Holder | str | None":
    try:
        return lease.take()
    except (OSError, ImportError) as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"--output {root} cannot be written: {why}") from error


@dataclass(slots=True)
class _LocalLease:
    """A lock on a file, which tells who has it."""

    path: Path
    root: Path
    _descriptor: int = -1
    _made: list[Path] = field(default_factory=list)

    def take(self) -> "Holder | str | None":
        """Takes the lease and returns None, or returns who has it ("" if that is not told)."""
        self._make_folders()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = os.pread(descriptor, 4096, 0)
            os.close(descriptor)
            return Holder.parse(told) or ""
        if not self._is_still_there(descriptor):  # its holder has removed it meanwhile
            os.close(descriptor)
            return self.take()
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, Holder.here().as_bytes(), 0)
        self._descriptor = descriptor
        return None

    def _make_folders(self) -> None:
        if self.path.parent.is_symlink():
            raise OSError(
                errno.ELOOP, "this is a link, and may lead anywhere", str(self.path.parent)
            )
        for folder in reversed((self.path.parent, *self.path.parent.parents)):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                self._made.append(folder)

    def _is_still_there(self, descriptor: int) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        return False

    def release(self) -> None:
        """Gives the lease back; folders that it made and that are empty go with it."""
        self.path.unlink(missing_ok=True)
        os.close(self._descriptor)
        with contextlib.suppress(OSError):
            for folder in reversed(self._made):
                folder.rmdir()


class _BucketLease:
    """An object that tells who has the lease, and that a thread renews."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._version = ABSENT
        self._holder = Holder.here()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def take(self) -> "Holder | str | None":
        """Takes the lease and returns None, or returns who has it ("" if that is not told)."""
        found = read_version(self._uri)
        if found:
            other = Holder.parse(found[0])
            if other and not other.is_gone:
                return other
        try:
            self._write(found[1] if found else ABSENT)
        except OverwrittenError:
            return ""
        self._thread.start()
        return None

    def release(self) -> None:
        """Gives the lease back, unless another run has taken it."""
        self._ended.set()
        self._thread.join()
        with contextlib.suppress(OSError):  # it is over by itself in a few minutes
            found = read_version(self._uri)
            if found and found[1] == self._version:
                delete(self._uri)

    def _write(self, instead_of: str) -> None:
        holder = replace(self._holder, renewed=time.time())
        self._version = write_version(self._uri, holder.as_bytes(), instead_of)

    def _keep(self) -> None:
        while not self._ended.wait(RENEW_SECONDS):
            try:
                self._write(self._version)
            except OverwrittenError:
                _LOGGER.warning("another run has taken %s, as this one did not renew it", self._uri)
                return
            except OSError as error:
                _LOGGER.warning("%s could not be renewed: %s", self._uri, error)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have a user without a name
        return f"user {os.getuid()}"


def _machine() -> str:
    """Returns what only processes that can see each other have in common; "" if it is not told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
