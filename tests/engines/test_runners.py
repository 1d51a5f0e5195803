"""Prism, the real binary, and the portable job service that comes with Beam."""

import pytest

from tests.engines.conftest import go_program, tables_at

pytestmark = pytest.mark.engines


def test_prism_gives_the_same_bytes(local_tables, tmp_path):
    prism = go_program("prism", "sdks/v2/go/cmd/prism")
    flags = ("--runner", "PrismRunner", "--prism_location", prism)
    assert tables_at(tmp_path / "out", *flags) == local_tables


def test_a_portable_job_service_gives_the_same_bytes(local_tables, job_service, tmp_path):
    flags = ("--runner", "PortableRunner", "--job_endpoint", job_service)
    assert tables_at(tmp_path / "out", *flags, "--environment_type", "LOOPBACK") == local_tables
