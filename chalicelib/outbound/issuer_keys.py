"""The public keys of trusted issuers."""

from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.assertion import Unacceptable
from chalicelib.protocol.trusted_issuer import TrustedIssuer


def issuer_keys(*, allowed_origins: tuple[str, ...]) -> FetchedKeys[TrustedIssuer]:
    """Implements the port TrustedIssuerKeys; raises Unacceptable."""
    return FetchedKeys(unavailable=unavailable, allowed_origins=allowed_origins)


def unavailable(trusted: TrustedIssuer, why: str) -> Unacceptable:
    """What is said of an assertion whose issuer's keys can't be had; why not is for the log."""
    del trusted
    return Unacceptable(reason="jwks_uri_unavailable", facts={"jwks_uri_error": why})
