"""The published tables as pyarrow datasets."""

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs

from transforms.files.places import is_local, normalise
from transforms.output.output import Output
from transforms.output.published import load_parts
from transforms.output.tables import table_schemas
from transforms.records import TABLES


def open_datasets(place: str) -> dict[str, ds.Dataset]:
    """Opens every table of a finished job, its partitions as columns.

    A table that has no parts, as `texts` may, is a dataset without rows.

    Raises:
      FileNotFoundError: there are no finished tables.
    """
    root = normalise(place)
    parts = load_parts(Output(root))
    if is_local(root):
        filesystem, folder = pyarrow.fs.LocalFileSystem(), root
    else:
        filesystem, folder = pyarrow.fs.FileSystem.from_uri(root)
    empty = table_schemas(pa.schema([]), {})
    paths = {
        table: [f"{folder}/{part.path}" for part in parts if part.table == table]
        for table in TABLES
    }
    return {
        table: ds.dataset(
            paths[table],
            format="parquet",
            filesystem=filesystem,
            partitioning=ds.partitioning(flavor="hive"),
            partition_base_dir=f"{folder}/{table}",
        )
        if paths[table]
        else ds.dataset(empty[table].empty_table())
        for table in TABLES
    }
