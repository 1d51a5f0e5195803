"""Whether there are credentials for a bucket: without any, its libraries try for minutes."""

import os
import re

from pipeline.errors import UsageError

_AWS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_GOOGLE = "set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`"


# smart-open takes this form for S3.
_KEYS = re.compile(r"(\w+)://[^/@:]*:[^@]*@")


def refuse_keys(flag: str, place: str) -> None:
    """Refuses the place of a bucket that holds keys, which would be stored and said everywhere.

    Raises:
      UsageError: it does; the message does not repeat them.
    """
    found = _KEYS.match(place)
    if found and found[1] in ("s3", "gs"):
        needed = _AWS if found[1] == "s3" else _GOOGLE
        raise UsageError(f"{flag} {found[1]}://...@...: a place must not hold keys: {needed}")


def check_credentials(flag: str, place: str) -> None:
    """Looks for credentials where a place lies in a bucket; whether they serve is seen later.

    Raises:
      UsageError: there are none, or the place itself holds some.
    """
    refuse_keys(flag, place)
    lacks = {"s3": _lacks_aws, "gs": _lacks_google}.get(place.partition("://")[0])
    what = lacks() if lacks else None
    if what:
        raise UsageError(f"{flag} {place}: no credentials found: {what}")


def _lacks_aws() -> str | None:
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return None if boto3.Session().get_credentials() else _AWS
    except BotoCoreError as error:  # there is half of them, or no such profile
        return str(error)


def _lacks_google() -> str | None:
    try:
        import google.auth
        from google.auth.exceptions import DefaultCredentialsError
    except ImportError:  # listing the bucket will say what to install
        return None
    if os.environ.get("STORAGE_EMULATOR_HOST"):
        return None
    try:
        google.auth.default()
    except DefaultCredentialsError:
        return _GOOGLE
    return None
