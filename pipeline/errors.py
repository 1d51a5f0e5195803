"""How a command can end: its exit codes, and the errors that lead to them.

    Exception
    ├── CommandError         exit code 1: the command failed
    │   ├── JobError         1: a job failed; the message says whether the same command goes on
    │   ├── UsageError       2: wrong settings or inputs; the message says what to change
    │   └── DamagedError     4: files of an output are gone or altered; `repair` mends them
    ├── RecordError          a record that cannot be read: a row of the rejects table
    ├── ColumnsError         a file whose columns cannot be told: a row of the rejects table
    ├── OSError
    │   ├── ChangedError     a file that is no longer what was planned: a row of the rejects table
    │   ├── StoreError       a remote store failed: it is asked again for about a minute
    │   │   └── UnreachableError  nothing answers at its address: the launcher asks once
    │   └── RefusedError     a remote store refused: it would again
    └── ValueError
        ├── CheckpointError  a model that cannot be used: becomes a UsageError
        └── DeviceError      a device that this machine lacks: becomes a UsageError
    BaseException
    └── Stopped              128 and the signal's number: the process was told to end

The first four and `Stopped` are here. The others are where they are raised: in
`transforms/files/found.py`, `files/extents.py`, `files/remote.py` and `model/errors.py`.
"""

import enum
import signal


class ExitCode(enum.IntEnum):
    """What a command's end says to the shell; 130 and 143 stand for a signal that ended it."""

    DONE = 0
    """All is well, or there was nothing to do."""
    FAILED = 1
    """It failed; a job's message says whether the same command goes on."""
    WRONG_USAGE = 2
    """The flags or the inputs cannot be right; nothing was tagged."""
    TOO_MANY_REJECTS = 3
    """It finished and the tables are there, but more was rejected than --max_reject_ratio."""
    DAMAGED = 4
    """Files of the output are gone or altered; nothing was added, and `repair` mends them."""


class CommandError(Exception):
    """A command that did not do what it was asked to; the message is for a person."""

    exit_code = ExitCode.FAILED


class JobError(CommandError):
    """A job that failed; the message says whether the same command goes on where it stopped."""


class UsageError(CommandError):
    """Wrong settings or inputs; the message says what to change."""

    exit_code = ExitCode.WRONG_USAGE


class DamagedError(CommandError):
    """Files of an output are not what its job wrote; the message names them."""

    exit_code = ExitCode.DAMAGED


class Stopped(BaseException):
    """The process was told to end by a signal while a job ran."""

    def __init__(self, number: int, what_became: str = "") -> None:
        super().__init__(f"Stopped by {signal.Signals(number).name}. {what_became}".strip())
        self.number = number

    @property
    def exit_code(self) -> int:
        return 128 + self.number
