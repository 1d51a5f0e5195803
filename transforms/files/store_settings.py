"""Where stores are, told to workers that share nothing with the launcher."""

import os

# Of S3 (boto3's) and of Google Cloud Storage. Never a secret: they are written into the job.
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
    """This process's endpoints and regions; they come into force wherever it is unpickled.

    All that opens files follows the environment, and a bare worker pool hands its workers none
    of the job's options. Whatever is sent to a worker and reaches for a store holds one of
    these. A worker's own variables come first: it may know a store by another address.
    """

    def __reduce__(self) -> tuple:
        return adopt, ({name: os.environ[name] for name in VARIABLES if name in os.environ},)


def adopt(variables: dict[str, str]) -> StoreSettings:
    """Sets those variables that this process lacks."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)
    return StoreSettings()
