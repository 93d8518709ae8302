"""The public keys of trusted issuers."""

from chalicelib.outbound.client_keys import FetchedKeys
from chalicelib.protocol.assertion import Unacceptable
from chalicelib.protocol.trusted_issuer import TrustedIssuer


class FetchedIssuerKeys(FetchedKeys[TrustedIssuer]):
    """Implements the port TrustedIssuerKeys; raises Unacceptable."""

    def unavailable(self, source: TrustedIssuer, why: str) -> Unacceptable:
        del source
        return Unacceptable(reason="jwks_uri_unavailable", facts={"jwks_uri_error": why})
