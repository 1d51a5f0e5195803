"""Tells workers where stores are, even those that share nothing with the launcher."""

import os

# boto3 and the client of Google Cloud Storage read these. A secret must never be among them, since
# their values are written into the job.
VARIABLES = (
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "GOOGLE_CLOUD_PROJECT",
    "STORAGE_EMULATOR_HOST",
)


class StoreSettings:
    """The endpoints and regions of this process, which apply wherever it is unpickled.

    Every library that opens files follows the environment, but a bare worker pool hands its
    workers none of the job's options. So each object that is sent to a worker and uses a store
    holds one of these. A worker's own variables come first, as it may know a store by another
    address.
    """

    def __reduce__(self) -> tuple:
        return adopt, ({name: os.environ[name] for name in VARIABLES if name in os.environ},)


def adopt(variables: dict[str, str]) -> StoreSettings:
    """Sets the variables that this process lacks."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)
    return StoreSettings()
