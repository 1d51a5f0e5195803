"""What the flags of all commands have in common."""

import argparse
from typing import NoReturn

from pipeline.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def add_model_arguments(parser: argparse._ActionsContainer) -> None:
    """The flags that every command with a model has."""
    parser.add_argument(
        "--model",
        metavar="M",
        help="a folder with a checkpoint, or its id on the Hugging Face hub; any model for token "
        "classification with BIO labels (default: the English model that comes along)",
    )
    parser.add_argument("--model_revision", metavar="R", help="branch, tag or commit on the hub")
    parser.add_argument(
        "--label_names",
        nargs="+",
        default=[],
        metavar="L",
        help="O B-PER I-PER ..., in order, for a model that calls them LABEL_0, LABEL_1, ...",
    )
    parser.add_argument(
        "--device", default="auto", metavar="D", help="auto, cpu, cuda or cuda:N (default: auto)"
    )
    parser.add_argument(
        "--precision",
        default="auto",
        choices=["auto", "fp32", "bf16", "fp16"],
        help="of the model's arithmetic (default: auto, fp32 on a CPU)",
    )


def underscored(word: str) -> str:
    """Takes hyphens in a flag's name for underscores.

    >>> underscored("--text-field=a-b")
    '--text_field=a-b'
    """
    if not word.startswith("--"):
        return word
    name, equals, value = word.partition("=")
    return "--" + name[2:].replace("-", "_") + equals + value
