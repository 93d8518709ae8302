"""The secrets of clients themselves, for who makes an HMAC with one, or verifies it. Few do."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.gateway.environment import required

if TYPE_CHECKING:
    from chalicelib.aws.secrets_key import ClientSecretDecryption


@cache
def client_secrets() -> "ClientSecretDecryption":
    """The secrets of clients, made once an instance: it keeps those in use."""
    from chalicelib.aws.secrets_key import ClientSecretDecryption  # noqa: PLC0415

    return ClientSecretDecryption(required("SECRETS_KEY"))
