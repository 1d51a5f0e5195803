"""Which commands there are, and the parser of each."""

import importlib
from types import ModuleType

from pipeline.arguments import COMMAND, Parser, add_config_arguments

# The main job, which is meant where no command is named.
RUN = "run"
# These stand beside it; each module has add_arguments(parser) and run(args).
COMMANDS = (
    "tag",
    "train",
    "evaluate",
    "verify",
    "report",
    "repair",
    "names",
    "pairs",
    "completion",
)


def load_command(name: str) -> ModuleType:
    """Returns the module of a command other than `run`."""
    return importlib.import_module(f"pipeline.{name}")


def make_command_parser(name: str) -> Parser:
    """Makes the parser of any command's flags."""
    if name == RUN:
        from pipeline.options import make_parser

        return make_parser()
    command = load_command(name)
    parser = Parser(prog=f"{COMMAND} {name}", description=command.__doc__)
    command.add_arguments(parser)
    add_config_arguments(parser)
    return parser
