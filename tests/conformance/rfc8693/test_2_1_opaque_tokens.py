"""RFC 8693 section 2.1: opaque access tokens, as what is exchanged and as what is given for it."""

import itertools
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp, unverified
from tests.support.exchange import ACCESS_TOKEN, JWT, Middle, allow, another, api_client
from tests.support.http import Caller
from tests.support.opaque import VAULT, opaque, told_of, vault
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

_targets = itertools.count(1)


@pytest.fixture
def made(caller: Caller, tenant: Tenant, api: Middle) -> Middle:
    """The vault as the one in the middle: its tokens are opaque, those of its target are JWTs."""
    vault(caller, tenant)
    target = f"https://behind-the-vault-{next(_targets)}.example/"
    client = api_client(tenant, resources=(VAULT,), exchange_audiences=(target,))
    allow(target, client)
    return Middle(api.here, ClientApp(client, caller), client, tenant, target)


def persons_token(made: Middle, **fields: str) -> str:
    here = made.here
    return opaque(here.app.redeem(here.code(**{"scope": "read", "resource": VAULT, **fields})))


@spec("RFC8693-2.1")
def test_an_opaque_token_is_exchanged_like_a_jwt(made: Middle) -> None:
    answer = made.exchange(persons_token(made))
    assert answer.status == 200, answer.body
    claims = unverified(answer.json["access_token"])[1]
    assert (claims["aud"], claims["sub"], claims["scope"]) == (made.target, made.here.person.sub, "pay:read")
    assert claims["act"] == {"sub": made.api.client.client_id}
    assert made.on_behalf_of(persons_token(made)).status == 200


@spec("RFC8693-2.1")
def test_an_opaque_token_tells_who_acts(made: Middle, caller: Caller, tenant: Tenant) -> None:
    actor = persons_token(made)
    answer = made.exchange(persons_token(made), actor_token=actor, actor_token_type=ACCESS_TOKEN)
    assert unverified(answer.json["access_token"])[1]["act"] == {"sub": made.here.person.sub}
    service = ClientApp(tenant.client(), caller)
    own = opaque(service.token({"grant_type": "client_credentials", "resource": VAULT}))
    answer = made.exchange(persons_token(made), actor_token=own, actor_token_type=ACCESS_TOKEN)
    assert unverified(answer.json["access_token"])[1]["act"] == {"sub": service.client.client_id}


@spec("RFC8693-2.2.1")
def test_an_opaque_token_that_was_exchanged_for_says_who_acts_and_ends_with_the_grant(
    api: Middle, caller: Caller
) -> None:
    made = another(api, server={"access_token_format": "opaque"})
    tokens = made.here.app.redeem(made.here.code(scope="openid offline_access read")).json
    target = ClientApp(made.payroll, caller)
    given = opaque(made.exchange(tokens["access_token"]))
    told = told_of(target, given)
    assert (told["aud"], told["scope"]) == (made.target, "pay:read")
    assert told["act"] == {"sub": made.api.client.client_id}
    assert "granted_to" not in told
    made.here.app.post("/revoke", {"token": tokens["refresh_token"]})
    assert told_of(target, given) == {"active": False}


def revoked(made: Middle) -> str:
    token = persons_token(made)
    assert made.here.app.post("/revoke", {"token": token}).status == 200
    return token


def seen_and_revoked(made: Middle) -> str:
    token = persons_token(made)
    assert made.exchange(token).status == 200
    assert made.here.app.post("/revoke", {"token": token}).status == 200
    return token


def of_a_client(made: Middle) -> str:
    service = ClientApp(made.tenant.client(), made.api.caller)
    return opaque(service.token({"grant_type": "client_credentials", "resource": VAULT}))


def of_another(made: Middle) -> str:
    other = another(made, server={"access_token_format": "opaque"}, resources=("https://api.example.com/",))
    return opaque(other.exchange(other.token()))


NOT_TAKEN: dict[str, tuple[Any, str]] = {
    "one nobody was given": (lambda _: "keyturn_at_" + "A" * 43, "token_unknown"),
    "revoked": (revoked, "token_revoked"),
    "revoked after it was taken": (seen_and_revoked, "token_revoked"),
    "a client's own": (of_a_client, "token_of_no_person"),
    "another resource server's": (of_another, "token_of_another"),
}


@spec("RFC8693-2.1")
@pytest.mark.parametrize("case", NOT_TAKEN)
def test_one_that_does_not_count_is_not_taken(
    made: Middle, stack: LocalStack, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make, reason = NOT_TAKEN[case]
    token = make(made)
    with nothing_written(stack):
        answer = made.exchange(token)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET, token)["reason"] == reason


@spec("RFC8693-2.1")
def test_a_jwt_that_is_asked_for_by_name_is_not_given_as_something_else(
    api: Middle, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    made = another(api, server={"access_token_format": "opaque"})
    token = made.token()
    with nothing_written(stack):
        answer = made.exchange(token, requested_token_type=JWT)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET, token)["reason"] == "requested_token_type"
    assert opaque(made.exchange(token, requested_token_type=ACCESS_TOKEN))
