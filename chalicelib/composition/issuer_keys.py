"""The keys of trusted issuers, for whom verifies what they signed."""

from chalicelib.gateway.environment import settings
from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.assertion import Unacceptable
from chalicelib.protocol.trusted_issuer import TrustedIssuer


def issuer_keys() -> FetchedKeys[TrustedIssuer]:
    """Made once an instance: it keeps what it read."""
    return FetchedKeys(unavailable=unavailable_keys, allowed_origins=settings().fetch_allowed_origins)


def unavailable_keys(trusted: TrustedIssuer, why: str) -> Unacceptable:
    """What is said of an assertion whose issuer's keys can't be had; why not is for the log."""
    del trusted
    return Unacceptable(reason="jwks_uri_unavailable", facts={"jwks_uri_error": why})
