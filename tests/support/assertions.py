"""Trusted issuers and the assertions they make (RFC 7523 section 2.1)."""

import itertools
import os
import time
import uuid
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.protocol.supported import JWT_BEARER
from chalicelib.protocol.trusted_issuer import TrustedIssuer, check_trusted_issuer
from tests.support.client_app import ClientApp
from tests.support.client_key import ClientKey, client_key
from tests.support.exchange import BOTH_GRANTS
from tests.support.http import Answer, Caller
from tests.support.tenant import API, Tenant

KEY = client_key(kid="issuer")
ID_JAG_TYP = "oauth-id-jag+jwt"
_issuers = itertools.count(1)


@dataclass
class Federation:
    """A trusted issuer, and a client that presents its assertions."""

    app: ClientApp
    trusted: TrustedIssuer
    tenant: Tenant
    key: ClientKey = KEY

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims, and these changes; None takes one away."""
        now = int(time.time())
        claims = {
            "iss": self.trusted.issuer,
            "sub": "alice",
            "aud": self.app.caller.issuer,
            "exp": now + 60,
            "iat": now,
            "jti": str(uuid.uuid4()),
        }
        if self.trusted.id_jag:
            claims |= {"client_id": self.app.client.client_id}
        return {**claims, **changes}

    def assertion(self, **changes: Any) -> str:
        """A good assertion, and these changes of its claims."""
        return self.key.sign(self.claims(**changes), typ=ID_JAG_TYP if self.trusted.id_jag else None)

    def present(self, assertion: str, /, **changes: Any) -> Answer:
        fields = {"grant_type": JWT_BEARER, "assertion": assertion, "resource": API, **changes}
        return self.app.token({name: value for name, value in fields.items() if value is not None})

    def sub(self, name: str = "alice") -> str:
        """How this server calls a person whom only the issuer knows."""
        return f"{self.trusted.issuer}|{name}"


def federation(caller: Caller, tenant: Tenant, *, client: Any = None, **changes: Any) -> Federation:
    """An issuer of this test's own, and its client; `changes` are the issuer's, `client` the client's."""
    fields = {"grant_types": BOTH_GRANTS, "redirect_uris": (), "scope": ("read", "write"), **(client or {})}
    registered = tenant.client(**fields)
    issuer = f"https://idp-{next(_issuers)}.example"
    trusted = trust(
        **{
            "issuer": issuer,
            "issuer_name": "Example IdP",
            "jwks": {"keys": [KEY.jwk()]},
            "clients": (registered.client_id,),
            "scope": ("read",),
            **changes,
        }
    )
    return Federation(ClientApp(registered, caller), trusted, tenant)


def trust(**fields: Any) -> TrustedIssuer:
    """A trusted issuer with these members, kept."""
    if fields.get("jwks_uri"):
        fields["jwks"] = None
    trusted = TrustedIssuer(**fields)
    check_trusted_issuer(trusted)
    TrustedIssuerStore(os.environ["CLIENTS_TABLE"]).put(trusted)
    return trusted
