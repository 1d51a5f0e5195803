"""Spark reads the tables as the page on readers says, in an environment of Spark's own."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.docs.readers import PARTITIONS, mentions, recipes, tag
from tests.engines.conftest import JOB_SECONDS, environment

pytestmark = pytest.mark.engines

PACKAGES = ("pyspark==4.3.0", "pyarrow>=20")


@pytest.fixture(scope="module")
def spark() -> Path:
    """The Python of an environment with Spark, whose packages take 500 MB."""
    return environment("spark", PACKAGES)


@pytest.mark.parametrize("partition_by", PARTITIONS.values(), ids=PARTITIONS)
def test_spark_counts_what_is_listed(spark, tmp_path, partition_by):
    output = tag(tmp_path, partition_by)
    (tmp_path / "out" / "entities" / "part-00099.parquet").write_bytes(b"not listed")
    shown = "import json\nprint(json.dumps([counts, entities.columns]))\nspark.stop()\n"
    (tmp_path / "count.py").write_text(recipes()[""] + recipes()["Spark"] + shown)
    done = subprocess.run(
        [spark, "count.py"],
        cwd=tmp_path,
        env={**os.environ, "PYSPARK_PYTHON": str(spark)},
        capture_output=True,
        text=True,
        timeout=JOB_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    counts, columns = json.loads(done.stdout.splitlines()[-1])
    assert counts == mentions(output)
    assert columns[13:] == [*partition_by]
