"""Which model tags: what the flags of every command with a model ask for."""

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.arguments import add_model_arguments as add_model_arguments
from pipeline.errors import UsageError

if TYPE_CHECKING:  # torch is loaded when there is something to tag
    from transforms.model.tagger import NetworkTagger


@dataclass(frozen=True, kw_only=True)
class ModelChoice:
    """A model as the flags of these names ask for it."""

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


def find_tagger(choice: ModelChoice) -> "NetworkTagger":
    """Loads the tagger that is asked for.

    Raises:
      UsageError: the model or the device is missing or unfit.
    """
    from transforms.model.checkpoint import resolve_checkpoint
    from transforms.model.errors import CheckpointError, DeviceError
    from transforms.model.tagger import load_tagger

    try:
        checkpoint = resolve_checkpoint(choice.model, choice.model_revision, choice.label_names)
        return load_tagger(checkpoint, choice.device, choice.precision)
    except (CheckpointError, DeviceError) as error:
        raise UsageError(str(error)) from error
