"""What Dataflow's launcher of flex templates starts: the command, on Dataflow."""

import sys

from pipeline.cli import process

sys.argv.insert(1, "--runner=DataflowRunner")
process()
