"""Where the answer to a count goes, and in which form."""

import sys
from dataclasses import dataclass

from pipeline.credentials import check_credentials
from pipeline.errors import UsageError
from pipeline.terminal import printable
from transforms.files.places import file_in, is_local, normalise

_STANDARD_OUTPUT = "-"
_STORES = ("s3://", "gs://")


@dataclass(frozen=True, slots=True)
class Target:
    """A file that is to be written.

    Attributes:
      place: an absolute path, a URI, or "-" for standard output.
      csv: whether it is CSV; else it is Parquet.
    """

    place: str
    csv: bool

    @classmethod
    def of(cls, place: str | None, csv: bool, name: str, root: str) -> "Target":
        """Makes a target of the flags.

        Args:
          place: as --output has it; None where it was not given.
          name: of the file, without an ending.
          root: of the tables, among which it must not lie.

        Raises:
          UsageError: nothing can be written there.
        """
        if place == _STANDARD_OUTPUT:
            return cls(place, True)
        file = name + (".csv" if csv else ".parquet")
        place = normalise(file) if place is None else file_in(place, file)
        found = cls(place, csv or place.endswith(".csv"))
        found._check(root)
        return found

    def _check(self, root: str) -> None:
        if not is_local(self.place) and not self.place.startswith(_STORES):
            raise UsageError(f"--output {self.place}: must be a file, or s3:// or gs:// and a name")
        if self.csv and self.place.endswith(".parquet"):
            raise UsageError(f"--output {self.place}: --csv writes CSV, give it a name in .csv")
        if self.place.startswith(root.rstrip("/") + "/"):
            raise UsageError(
                f"--output {self.place} lies in {root}, which holds a job's own files; write it "
                "beside that, or anywhere else"
            )
        check_credentials("--output", self.place)

    @property
    def is_standard_output(self) -> bool:
        return self.place == _STANDARD_OUTPUT

    def put(self, data: bytes) -> None:
        """Writes the file.

        Raises:
          OSError: it cannot be written.
        """
        if not self.is_standard_output:
            from transforms.output.output import put_file

            put_file(self.place, data)
        elif sys.stdout.isatty():
            print(printable(data.decode()), end="", flush=True)
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
