"""Dataflow's launcher of flex templates starts this file: our command, with Dataflow's runner."""

import sys

from pipeline.cli import process

sys.argv.insert(1, "--runner=DataflowRunner")
process()
