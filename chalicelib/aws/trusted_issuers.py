"""Trusted issuers: records of the Clients table, key `trusted_issuer#<issuer>`, kept for a minute."""

from chalicelib.aws.clients import RecordStore
from chalicelib.protocol.trusted_issuer import TrustedIssuer


class TrustedIssuerStore(RecordStore[TrustedIssuer]):
    """Implements the port TrustedIssuers."""

    record_type = TrustedIssuer
    prefix = "trusted_issuer#"

    def put(self, trusted: TrustedIssuer) -> None:
        self._put(trusted.issuer, trusted)
