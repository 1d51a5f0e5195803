"""Names what may be wrong with a model or a device."""


class CheckpointError(ValueError):
    """A model cannot be used; the message says what was found and what to change."""


class DeviceError(ValueError):
    """This machine lacks a device or a precision; the message says what it has."""
