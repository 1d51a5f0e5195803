"""Writes, reads, lists and removes the files of an output."""

import contextlib
import errno
import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass, field

from transforms.files.buckets import list_objects, write_object
from transforms.files.conditional import has_versions, write_version
from transforms.files.places import is_local, join
from transforms.files.remote import patiently
from transforms.files.storage import delete, exists, open_input
from transforms.files.store_settings import StoreSettings
from transforms.output.layout import TEMPORARY_FOLDER, folders_above

# What is wrong with a file.
GONE = "is gone"
ALTERED = "has other bytes than were written"


@dataclass(frozen=True, slots=True)
class Output:
    """The folder or bucket prefix that a job writes into; paths are relative to it."""

    root: str
    stores: StoreSettings = field(default_factory=StoreSettings, compare=False, repr=False)

    def uri(self, path: str) -> str:
        """Returns the local path or the URI of a file of the output."""
        return join(self.root, path)

    def put(self, path: str, data: bytes) -> None:
        """Writes a whole file, or nothing: no reader ever sees a part of it.

        Raises:
          OSError: it cannot be written.
        """
        self._refuse_links(path)
        # The temporary file must not be in a table's folder, where readers look for all files.
        put_file(self.uri(path), data, self.uri(TEMPORARY_FOLDER))

    def replace(self, path: str, data: bytes, instead_of: str) -> None:
        """Writes a whole file in the place of one version, on stores that compare versions.

        On other stores it is written whatever there is.

        Raises:
          OverwrittenError: the file has another version.
          OSError: it cannot be written.
        """
        if has_versions(self.root):
            patiently(lambda: write_version(self.uri(path), data, instead_of))
        else:
            self.put(path, data)

    def get(self, path: str) -> bytes | None:
        """Returns the bytes of a file, None if there is no such file.

        Raises:
          OSError: it cannot be read.
        """
        return get_file(self.uri(path))

    def require(self, path: str) -> bytes:
        """Returns the bytes of a file.

        Raises:
          FileNotFoundError: there is no such file.
          OSError: it cannot be read.
        """
        data = self.get(path)
        if data is None:
            raise FileNotFoundError(self.uri(path))
        return data

    def names(self, path: str) -> list[str]:
        """Returns the names of all files under a folder, relative to it and sorted.

        Raises:
          OSError: a remote store does not list them.
        """
        prefix = self.uri(path) + "/"
        if is_local(prefix):
            found = [os.path.join(d, f) for d, _, files in os.walk(prefix) for f in files]
        else:
            found = patiently(lambda: [file.uri for file in list_objects(prefix)])
        return sorted(name.removeprefix(prefix) for name in found)

    def sizes(self, path: str) -> dict[str, int]:
        """Returns the bytes of all files under a folder, by their paths in the output.

        Raises:
          OSError: a remote store does not list them.
        """
        if not is_local(self.root):
            prefix = self.uri("")
            files = patiently(lambda: [*list_objects(self.uri(path) + "/")])
            return {file.uri.removeprefix(prefix): file.size for file in files}
        paths = (f"{path}/{name}" for name in self.names(path))
        # Another process may remove a file, and a link may lead nowhere.
        return {path: os.path.getsize(self.uri(path)) for path in paths if exists(self.uri(path))}

    def remove(self, path: str) -> None:
        """Removes a file, or a folder with all that is in it. It is no error if there is neither.

        Raises:
          OSError: something cannot be removed.
        """
        uri = self.uri(path)
        self._refuse_links(path)
        if not is_local(uri):
            patiently(lambda: delete(uri))
            left = self.names(path)
            if left:
                raise OSError(f"{uri}/{left[0]} cannot be deleted")
        elif os.path.isdir(uri):
            shutil.rmtree(uri)
        elif os.path.exists(uri):
            os.remove(uri)

    def _refuse_links(self, path: str) -> None:
        """Refuses what lies behind a link: it is not in the output, and may be anybody's.

        Raises:
          OSError: there is a link on the way from the root to a file.
        """
        *folders, _ = folders_above(path)
        for folder in filter(self.is_link, folders):
            raise OSError(errno.ELOOP, "this is a link, and may lead anywhere", self.uri(folder))

    def is_link(self, path: str) -> bool:
        """Tells whether a file or folder is a link; there are none in buckets."""
        return is_local(self.root) and os.path.islink(self.uri(path))


def put_file(uri: str, data: bytes, temporary_folder: str | None = None) -> None:
    """Writes a whole file, or nothing: no reader ever sees a part of it.

    A local file is first written under another name, in the given folder or beside its place. A
    remote store that fails is asked again for a while.

    Raises:
      OSError: it cannot be written.
    """
    if is_local(uri):
        _put_local(uri, data, temporary_folder or os.path.dirname(uri))
    else:
        patiently(lambda: write_object(uri, data))


def _put_local(uri: str, data: bytes, temporary_folder: str) -> None:
    folder = os.path.dirname(uri)
    temporary = os.path.join(temporary_folder, uuid.uuid4().hex)
    os.makedirs(temporary_folder, exist_ok=True)
    os.makedirs(folder, exist_ok=True)
    try:
        with open(temporary, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, uri)
    except BaseException:  # on a full disk nothing half written stays
        with contextlib.suppress(FileNotFoundError):
            os.remove(temporary)
        raise
    # The new name survives a power cut only when its folder is on the disk too.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def get_file(uri: str) -> bytes | None:
    """Returns the bytes of a file, None if there is no such file.

    Raises:
      OSError: it cannot be read.
    """
    # To ask first whether it is there would take another request, and it may vanish in between.
    try:
        return patiently(lambda: _read(uri))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _read(uri: str) -> bytes:
    with open_input(uri) as stream:
        return stream.read()


def what_is_wrong(data: bytes | None, digest: str) -> str | None:
    """Says what is wrong with a file that was written with a sha256, None if nothing is.

    Args:
      data: the file's bytes, None if there is no such file.
    """
    if data is None:
        return GONE
    return None if sha256(data) == digest else ALTERED


def sha256(data: bytes) -> str:
    """Returns the sha256 of some bytes in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
