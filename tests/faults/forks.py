"""Runs functions in forked processes, which have imported everything and may be killed.

The process that forks never runs a job itself, so no thread of a library is in it when it forks.
"""

import ctypes
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from pipeline.errors import CommandError, ExitCode, Stopped
from pipeline.logs import TEXT, set_up_logs

RAISED = 99  # an exit code that no command has


def start(work: Callable[[], int | None], log: Path) -> int:
    """Forks a process that does some work; returns its number.

    It leads a process group of its own. What it says goes to the log. It ends with what `work`
    returns, or as the command would: with the code of its error. Mistakes end it with RAISED.
    """
    process = os.fork()
    if process == 0:
        os.setsid()
        _end_with_parent()
        _work(work, log)
    return process


def _end_with_parent() -> None:
    """Has the system end this process when the one that forked it has ended."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _work(work: Callable[[], int | None], log: Path) -> NoReturn:
    code: int | None = RAISED
    try:
        _say_into(log)
        code = work()
    except (CommandError, Stopped) as error:
        print(error, file=sys.stderr)
        code = error.exit_code
    except OSError:  # the command logs it, too, and ends so
        traceback.print_exc()
        code = ExitCode.FAILED
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def _say_into(log: Path) -> None:
    descriptor = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    set_up_logs(TEXT)


def wait(process: int) -> int:
    """Waits for the end of a process; returns its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def call(work: Callable[[], int | None], log: Path) -> int:
    """Does some work in a forked process, see `start`; returns its exit code."""
    return wait(start(work, log))


def ask(question: Callable[[], Any], log: Path) -> Any:
    """Returns what a function returns in a forked process.

    Raises:
      AssertionError: it raised there; the message is what the log says.
    """
    reader, writer = os.pipe()

    def answer() -> None:
        data = pickle.dumps(question())
        with os.fdopen(writer, "wb") as stream:
            stream.write(data)

    process = start(answer, log)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        data = stream.read()
    assert wait(process) == 0, log.read_text()[-5000:]
    return pickle.loads(data)


def descendants(process: int) -> list[int]:
    """Returns the processes that a process has started, and those that these have started."""
    with suppress(FileNotFoundError, ProcessLookupError):
        told = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return [found for child in map(int, told) for found in (child, *descendants(child))]
    return []


def end_group(process: int) -> None:
    """Ends whatever is left of a process group, and nothing is said if nothing is left."""
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
