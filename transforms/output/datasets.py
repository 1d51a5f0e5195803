"""The published tables as pyarrow datasets."""

import pyarrow.dataset as ds
import pyarrow.fs

from transforms.files.places import is_local, normalise
from transforms.output.output import Output
from transforms.output.published import load_parts
from transforms.records import TABLES


def open_datasets(place: str) -> dict[str, ds.Dataset]:
    """Opens every table of a finished job, its partitions as columns.

    Raises:
      FileNotFoundError: there are no finished tables.
    """
    root = normalise(place)
    parts = load_parts(Output(root))
    if is_local(root):
        filesystem, folder = pyarrow.fs.LocalFileSystem(), root
    else:
        filesystem, folder = pyarrow.fs.FileSystem.from_uri(root)
    return {
        table: ds.dataset(
            [f"{folder}/{part.path}" for part in parts if part.table == table],
            format="parquet",
            filesystem=filesystem,
            partitioning=ds.partitioning(flavor="hive"),
            partition_base_dir=f"{folder}/{table}",
        )
        for table in TABLES
    }
