"""RFC 9701 section 8.1: an answer is no token, assertion or hint, wherever it is shown."""

from collections.abc import Callable

import pytest

from tests.support.client_app import ClientApp
from tests.support.client_key import ASSERTION_TYPE
from tests.support.exchange import ACCESS_TOKEN, ID_TOKEN, JWT, Middle, middle
from tests.support.forgery import resign_as_server
from tests.support.http import Answer, Caller
from tests.support.introspection import Api
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec

# An answer as it is, and one whose claims, were they looked at, would make a token of it: type alone tells.
CLAIMS = ("sub", "exp", "client_id", "scope", "jti", "aud", "iat", "iss")


@pytest.fixture(params=["as it is", "with a token's claims"])
def answer(caller: Caller, tenant: Tenant, request: pytest.FixtureRequest) -> str:
    api = Api(tenant.resource_server()[1], caller)
    made = middle(caller, tenant)
    token = made.token("openid read")
    signed: str = api.ask(token).body
    if request.param == "as it is":
        return signed
    told = api.told(token)
    claims = {name: told[name] for name in CLAIMS if name in told}
    return resign_as_server(caller, signed, **{**claims, "aud": [API, caller.issuer], "scope": "openid read"})


def introspected(made: Middle, answer: str) -> Answer:
    return ClientApp(made.tenant.resource_server()[1], made.api.caller).post("/introspect", {"token": answer})


def at_userinfo(made: Middle, answer: str) -> Answer:
    return made.api.caller.get("/userinfo", authorization=f"Bearer {answer}")


def as_client_assertion(made: Middle, answer: str) -> Answer:
    """Even where a client says that this server's keys are its own."""
    caller = made.api.caller
    keys = {"keys": caller.get("/jwks").json["keys"]}
    client = made.tenant.client(
        client_id=caller.issuer,
        token_endpoint_auth_method="private_key_jwt",
        client_secret_hashes=(),
        jwks=keys,
        grant_types=("client_credentials",),
        redirect_uris=(),
    )
    fields = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": answer}
    return caller.post(
        "/token", {"grant_type": "client_credentials", "client_id": client.client_id, **fields}
    )


SHOWN: dict[str, tuple[Callable[[Middle, str], Answer], int, str | None]] = {
    "introspected": (introspected, 200, None),
    "at userinfo": (at_userinfo, 401, "invalid_token"),
    "exchanged as an access token": (lambda m, a: m.exchange(a), 400, "invalid_request"),
    "exchanged as a JWT": (lambda m, a: m.exchange(a, subject_token_type=JWT), 400, "invalid_request"),
    "on behalf of": (lambda m, a: m.on_behalf_of(a), 400, "invalid_grant"),
    "an actor's access token": (
        lambda m, a: m.exchange(m.token(), actor_token=a, actor_token_type=ACCESS_TOKEN),
        400,
        "invalid_request",
    ),
    "an actor's ID token": (
        lambda m, a: m.exchange(m.token(), actor_token=a, actor_token_type=ID_TOKEN), 400, "invalid_request",
    ),
    "a client assertion": (as_client_assertion, 401, "invalid_client"),
}  # fmt: skip


@spec("RFC9701-8.1")
@pytest.mark.parametrize("case", SHOWN)
def test_an_answer_is_taken_for_nothing_else(
    *, caller: Caller, tenant: Tenant, answer: str, case: str
) -> None:
    show, status, error = SHOWN[case]
    shown = show(middle(caller, tenant), answer)
    assert shown.status == status, shown.body
    if error is None:
        assert shown.json == {"active": False}
    else:
        assert shown.error == error
    assert SECRET not in shown.body


@spec("RFC9701-8.1")
def test_an_answer_revokes_nothing_and_is_no_hint(caller: Caller, tenant: Tenant, answer: str) -> None:
    made = middle(caller, tenant)
    token = made.token()
    assert made.here.app.post("/revoke", {"token": answer}).status == 200
    api = Api(tenant.resource_server()[1], caller)
    assert api.told(token)["active"] is True
    hinted = made.here.answer(prompt="none", id_token_hint=answer)
    assert "code" not in hinted.query
    assert caller.get("/end_session", {"id_token_hint": answer}).status != 303
