"""What may be wrong with a model or a device."""


class CheckpointError(ValueError):
    """A model that cannot be used; the message says what was found and what to change."""


class DeviceError(ValueError):
    """A device or precision that this machine does not have; the message says what it has."""
