"""Which model tags, and on what: the flags that every command with a model has."""

import argparse
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.arguments import Several, parse_list
from pipeline.errors import UsageError
from transforms.choices import PRECISIONS

if TYPE_CHECKING:  # torch is loaded when there is something to tag
    from transforms.model.tagger import NetworkTagger

_LABEL = re.compile(r"O|[BI]-\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model as it is asked for.

    Attributes:
      model: a folder, also in a bucket, or an id on the Hugging Face hub; None is the model that
        comes along.
      model_revision: branch, tag or commit on the hub.
      label_names: BIO labels by class id, in place of the checkpoint's own.
      device: "auto", "cpu", "cuda" or "cuda:N".
      precision: one of PRECISIONS.
    """

    model: str | None = None
    model_revision: str | None = None
    label_names: tuple[str, ...] = ()
    device: str = "auto"
    precision: str = "auto"

    @classmethod
    def of(cls, args: argparse.Namespace) -> "ModelChoice":
        """Takes what the flags of `add_model_arguments` say."""
        return cls(
            model=args.model,
            model_revision=args.model_revision,
            label_names=tuple(args.label_names),
            device=args.device,
            precision=args.precision,
        )


class _LabelNames(Several):
    """Takes `O,B-PER,I-PER` or several words, and refuses a text that follows them."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        listed = (name for value in values for name in parse_list(value))
        names = [name for given in listed for name in given.split(",") if name]
        for name in names:
            if not _LABEL.fullmatch(name):
                raise argparse.ArgumentError(
                    self,
                    f"{name!r} is no label: they are O, B-X and I-X. Write them with commas, "
                    "--label_names O,B-PER,I-PER, so that what follows is not taken for one",
                )
        super().__call__(parser, namespace, names, option_string)


def add_model_arguments(parser: argparse._ActionsContainer) -> None:
    """Adds the flags that every command with a model has."""
    parser.add_argument(
        "--model",
        metavar="M",
        help="a folder with a checkpoint, also in a bucket (gs://, s3://), or its id on the "
        "Hugging Face hub; any model for token classification with BIO labels (default: the "
        "English model that comes along)",
    )
    parser.add_argument(
        "--model_revision", metavar="R", help="branch, tag or commit on the hub (default: newest)"
    )
    parser.add_argument(
        "--label_names",
        action=_LabelNames,
        nargs="+",
        default=[],
        metavar="L",
        help="O,B-PER,I-PER,... by class id, for a model that calls them LABEL_0, LABEL_1, ... "
        "(default: the model's own)",
    )
    parser.add_argument(
        "--device",
        default="auto",
        metavar="D",
        help="auto, cpu, cuda or cuda:N; auto takes the first GPU, if there is one "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--precision",
        default="auto",
        choices=PRECISIONS,
        help="of the model's arithmetic; int8 is for CPUs with AVX-512 VNNI; auto is bf16 or fp16 "
        "on this machine's GPU, else fp32, but a job with the model that comes along takes bf16 on "
        "a CPU with AMX, and int8 on one with AVX-512 VNNI (default: %(default)s)",
    )


def find_tagger(choice: ModelChoice) -> "NetworkTagger":
    """Loads the tagger that is asked for, for the caller alone.

    Raises:
      UsageError: the model or the device is missing or unfit.
    """
    from transforms.model.errors import CheckpointError, DeviceError
    from transforms.model.loading import open_tagger

    try:
        return open_tagger(
            choice.model,
            choice.model_revision,
            choice.label_names,
            choice.device,
            choice.precision,
        )
    except (CheckpointError, DeviceError) as error:
        raise UsageError(str(error)) from error
