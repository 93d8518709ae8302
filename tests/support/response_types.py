"""Apps that ask for more than a code at the authorization endpoint, and what they get there."""

from typing import Any

from chalicelib.protocol.client import Client
from tests.support.client_app import verified
from tests.support.half_hash import half_hash
from tests.support.http import Caller
from tests.support.refusal import answered
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

IMPLICIT = ("id_token", "id_token token")
HYBRID = ("code id_token", "code token", "code id_token token")
WITH_ID_TOKEN = (*IMPLICIT, "code id_token", "code id_token token")
WITH_TOKEN = ("token", "id_token token", "code token", "code id_token token")
ALL = ("code", "none", "token", *IMPLICIT, *HYBRID)


def every_type(tenant: Tenant, **changes: Any) -> Client:
    """A confidential app that is registered for every response type."""
    fields = {
        "grant_types": ("authorization_code", "implicit", "refresh_token"),
        "response_types": ALL,
        **changes,
    }
    return tenant.client(**fields)


def every_type_visit(caller: Caller, tenant: Tenant, **changes: Any) -> Visit:
    """Somebody signed in before such an app, who allowed it everything."""
    return visit(caller, tenant, every_type(tenant, **changes))


def members(here: Visit, response_type: str, *, mode: str = "fragment", **changes: Any) -> dict[str, str]:
    """What the app gets in this mode, which is the default one unless it is `form_post`."""
    asked = {"response_mode": mode} if mode != "fragment" else {}
    answer = here.answer(response_type=response_type, **asked, **changes)
    return answered(answer, here.app, mode=mode)


def id_token_claims(here: Visit, given: dict[str, str]) -> dict[str, Any]:
    """The claims of the ID token in a response, verified, and the hashes of what came with it."""
    client = here.app.client
    claims = verified(given["id_token"], here.app.caller, audience=client.client_id)
    alg = client.id_token_signed_response_alg
    beside = {"at_hash": "access_token", "c_hash": "code", "s_hash": "state"}
    expected = {name: half_hash(given[member], alg) for name, member in beside.items() if member in given}
    assert {name: claims[name] for name in beside if name in claims} == expected
    return claims


def redeemed_claims(here: Visit, answer: dict[str, str]) -> dict[str, Any]:
    """The same of a token response, whose ID token has the hash of nothing beside it."""
    return id_token_claims(here, {"id_token": answer["id_token"]})
