"""OpenID Connect Core section 6.1: request objects a client signed, by every algorithm and registration."""

import time

import pytest

from chalicelib.record import replace
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_key import client_key
from tests.support.client_secret import HMAC_SECRET, hmac_assertion, hmac_client
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.registration import WEB, Registrar, app_of
from tests.support.request_object import members, send, signed, signing_client, unsigned
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
ALGS = ("RS256", "ES256", "PS256", "EdDSA")
OWN, STRANGER = client_key("ES256", "own"), client_key("ES256", "stranger")


@pytest.fixture
def own(caller: Caller, tenant: Tenant) -> Visit:
    """An app with a key of its own, registered for no algorithm in particular."""
    return visit(caller, tenant, signing_client(tenant, OWN))


@spec("OIDC-Core-16.7")
@spec("OIDC-Core-6.1")
@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("alg", ALGS)
def test_an_object_is_signed_by_the_clients_key(
    caller: Caller, tenant: Tenant, alg: str, *, registered: bool
) -> None:
    key = client_key(alg, "one")
    changes = {"request_object_signing_alg": alg} if registered else {}
    known = visit(caller, tenant, signing_client(tenant, key, **changes))
    answer = send(known, signed(known, key, state="inside"), state="outside")
    assert answer.query["state"] == "inside"
    assert "code" in answer.query


@spec("OIDC-Core-6.1")
@pytest.mark.parametrize("aud", ["text", "list"])
def test_the_audience_is_this_issuer_or_among_others(own: Visit, aud: str) -> None:
    issuer = own.app.caller.issuer
    given = issuer if aud == "text" else ["https://another.example", issuer]
    assert "code" in send(own, signed(own, OWN, aud=given)).query


@spec("OIDC-Core-6.1")
def test_what_a_signed_object_should_say_it_may_leave_out(own: Visit) -> None:
    left_out = {"iss": None, "aud": None, "iat": None, "exp": None, "client_id": None}
    assert "code" in send(own, signed(own, OWN, **left_out)).query


@spec("OIDC-Core-6.1")
def test_an_object_may_be_sent_again_until_it_expires(own: Visit, capsys: Log) -> None:
    """Back, reload and another attempt after an error are the same request; each makes a code of its own."""
    request = signed(own, OWN, jti="one")
    codes = {send(own, request).query["code"] for _ in range(2)}
    assert len(codes) == 2
    late = signed(own, OWN, exp=int(time.time()) - 1)
    assert_refused(send(own, late), own.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_expired"


@spec("OIDC-Core-6.1")
@pytest.mark.parametrize("registered", ["HS256", None])
def test_an_object_may_have_an_hmac_by_the_clients_secret(
    caller: Caller, tenant: Tenant, registered: str | None
) -> None:
    client = hmac_client(tenant, request_object_signing_alg=registered)
    known = visit(caller, tenant, client)
    assert "code" in send(known, hmac_assertion(members(known.app), typ="JWT")).query


@spec("OIDC-Core-6.1")
def test_a_wrong_secret_or_none_that_is_kept_makes_no_hmac(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    kept = visit(caller, tenant, hmac_client(tenant))
    hashed = visit(caller, tenant, tenant.client(client_secret_hashes=("0" * 64,)))
    unreadable = visit(
        caller,
        tenant,
        hmac_client(tenant, client_secret_ciphertexts=(hmac_client(tenant).client_secret_ciphertexts)),
    )
    for known, secret in ((kept, "a wrong one" * 5), (hashed, HMAC_SECRET), (unreadable, HMAC_SECRET)):
        with nothing_written(stack):
            answer = send(known, hmac_assertion(members(known.app), secret))
        assert_refused(answer, known.app, "invalid_request_object", state=None)
        assert last_log(capsys)["reason"] == "request_object_signature"


@spec("OIDC-Core-6.3.2")
@spec("OIDC-Core-16.20")
@spec("OIDC-Registration-2")
@spec("RFC9101-6.2")
@spec("RFC9101-10.1")
@pytest.mark.parametrize("registered", ["RS256", "PS256", "EdDSA", "HS256", "none"])
def test_another_algorithm_than_the_registered_one_is_refused(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log, registered: str
) -> None:
    rsa = client_key("RS256", "rsa")
    client = signing_client(tenant, OWN, rsa, request_object_signing_alg=registered)
    known = visit(caller, tenant, client)
    wrong = [signed(known, OWN)]
    if registered != "none":
        wrong.append(unsigned(members(known.app)))
    # PS256 by the key that RS256 is registered for, and the other way round.
    wrong += [
        signed(known, client_key("RS256", "rsa"), header={"alg": alg})
        for alg in {"RS256", "PS256"} - {registered}
    ]
    for request in wrong:
        with nothing_written(stack):
            answer = send(known, request)
        assert_refused(answer, known.app, "invalid_request_object", state=None)
        reason = last_log(capsys, request)["reason"]
        assert reason in {"request_object_signature", "request_object_unsigned"}


@spec("OIDC-Core-10.1.1")
def test_a_client_whose_keys_were_changed_is_read_again(caller: Caller, tenant: Tenant) -> None:
    known = visit(caller, tenant, signing_client(tenant, OWN))
    assert "code" in send(known, signed(known, OWN)).query
    new = client_key("ES256", "new")
    tenant.put_client(replace(known.app.client, jwks={"keys": [new.jwk()]}))
    assert "code" in send(known, signed(known, new)).query


@spec("OIDC-Registration-2")
def test_a_client_that_registered_itself_signs_as_it_registered(
    registrar: Registrar, tenant: Tenant, browser: Browser
) -> None:
    found = registrar.registered(
        {**WEB, "jwks": {"keys": [OWN.jwk()]}, "request_object_signing_alg": "ES256"},
        token_endpoint_auth_method="client_secret_basic",
    )
    assert found["request_object_signing_alg"] == "ES256"
    app = app_of(found, browser.caller)
    fields = {"client_id": found["client_id"], "request": OWN.sign(members(app, state="inside"))}
    answer = browser.authorize(tenant.person(), fields)
    assert answer.query["state"] == "inside"
    assert app.redeem(answer.query["code"]).status == 200
    # Its own signature is asked for from now on, and no other way is open.
    refused = browser.open("/authorize", {**fields, "request": unsigned(members(app))})
    assert refused.query["error"] == "invalid_request_object"


@spec("OIDC-Registration-2")
def test_a_client_that_registered_for_hs256_signs_with_the_secret_it_was_told(
    registrar: Registrar, tenant: Tenant, browser: Browser
) -> None:
    """Whatever it authenticates by: its secret is kept for that."""
    basic = "client_secret_basic"
    found = registrar.registered(request_object_signing_alg="HS256", token_endpoint_auth_method=basic)
    app = app_of(found, browser.caller)
    request = hmac_assertion(members(app, state="inside"), found["client_secret"])
    answer = browser.authorize(tenant.person(), {"client_id": found["client_id"], "request": request})
    assert answer.query["state"] == "inside"
    assert app.redeem(answer.query["code"]).status == 200
