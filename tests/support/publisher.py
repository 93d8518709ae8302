"""Publishers of software, who sign what clients may say of themselves (RFC 7591 section 2.3)."""

import itertools
from dataclasses import dataclass
from typing import Any

from chalicelib.protocol.trusted_issuer import TrustedIssuer
from tests.support.assertions import trust
from tests.support.client_key import ClientKey, client_key

_numbers = itertools.count(1)


@dataclass
class Publisher:
    """A publisher of software that the tenant trusts."""

    trusted: TrustedIssuer
    key: ClientKey

    def statement(self, *, key: ClientKey | None = None, header: Any = None, **changes: Any) -> str:
        claims = {
            "iss": self.trusted.issuer,
            "software_id": "harbour",
            "client_name": "Harbour Photos, the original",
            "client_uri": "https://harbour.example",
            **changes,
        }
        return (key or self.key).sign(claims, **(header or {}))


def trusted_publisher() -> Publisher:
    """One of its own: records are kept for a minute."""
    key = client_key(kid="publisher")
    trusted = trust(
        issuer=f"https://publisher-{next(_numbers)}.example",
        issuer_name="Publisher",
        jwks={"keys": [key.jwk()]},
        software_statements=True,
    )
    return Publisher(trusted, key)
