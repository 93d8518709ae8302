"""RFC 7523 section 2.2 with keys at the client's jwks_uri (OpenID Connect Core section 10.1.1)."""

import json
from typing import Any

import pytest

from chalicelib.composition.client_authenticator import unavailable_keys
from chalicelib.outbound.fetched_keys import REFETCH_AFTER, FetchedKeys
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.presented import Presented
from chalicelib.protocol.client_authentication.private_key_jwt import verify_by_key
from chalicelib.protocol.errors import InvalidClient
from tests.support.client_key import ClientKey, assertion_claims, client_key, key_client, present
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

OLD, NEW = client_key("ES256", "old"), client_key("ES256", "new")


def publish(origin: Origin, path: str, *keys: ClientKey, named: bool = True, **headers: str) -> str:
    jwks = [key.jwk() if named else key.jwk(kid=None) for key in keys]
    return origin.serve(path, json.dumps({"keys": jwks}), **headers)


def uri_client(tenant: Tenant, jwks_uri: str) -> Client:
    return key_client(tenant, jwks=None, jwks_uri=jwks_uri)


@spec("RFC7523-2.2")
def test_keys_are_read_once_and_kept(
    caller: Caller, tenant: Tenant, origin: Origin, request: pytest.FixtureRequest
) -> None:
    path = f"/{request.node.name}"
    client = uri_client(tenant, publish(origin, path, OLD))
    for _ in range(3):
        assert present(caller, OLD.sign(assertion_claims(caller, client))).status == 200
    assert origin.asked(path) == 1


@spec("RFC7523-2.2")
def test_unknown_kids_fetch_keys_that_were_just_read_once_more_and_not_again(
    caller: Caller, tenant: Tenant, origin: Origin
) -> None:
    client = uri_client(tenant, publish(origin, "/flood", OLD))
    assert present(caller, OLD.sign(assertion_claims(caller, client))).status == 200
    for number in range(5):
        assertion = OLD.sign(assertion_claims(caller, client), kid=f"unknown-{number}")
        assert_json_error(present(caller, assertion), "invalid_client", status=401)
    assert origin.asked("/flood") == 2


@spec("RFC8725-3.10")
@pytest.mark.parametrize("member", ["jku", "x5u"])
def test_a_url_in_the_header_is_never_fetched(
    caller: Caller, tenant: Tenant, origin: Origin, member: str
) -> None:
    client = uri_client(tenant, publish(origin, f"/own-{member}", OLD))
    trap = publish(origin, f"/trap-{member}", client_key("ES256", "stranger"))
    stranger = client_key("ES256", "stranger")
    assertion = stranger.sign(assertion_claims(caller, client), **{member: trap})
    assert_json_error(present(caller, assertion), "invalid_client", status=401)
    assert origin.asked(f"/trap-{member}") == 0


NO_KEYS: dict[str, tuple[str, str]] = {
    "not found": ("404 Not Found", '{"keys":[]}'),
    "moved": ("302 Found", ""),
    "no JSON": ("200 OK", "<html>"),
    "a list": ("200 OK", "[]"),
    "keys a text": ("200 OK", '{"keys":"x"}'),
    "no keys member": ("200 OK", "{}"),
    "a depth nobody can parse": ("200 OK", "[" * 30_000),
    "too large": ("200 OK", " " * (64 * 1024) + "{}"),
}


@spec("RFC7523-2.2")
@pytest.mark.parametrize("case", NO_KEYS)
def test_where_the_keys_can_not_be_had_the_client_is_refused(
    caller: Caller, tenant: Tenant, origin: Origin, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    status, body = NO_KEYS[case]
    path = "/" + case.replace(" ", "-")
    client = uri_client(tenant, origin.serve(path, body, status=status, location=publish(origin, "/to", OLD)))
    assertion = OLD.sign(assertion_claims(caller, client))
    with unchanged():
        answer = present(caller, assertion)
    assert_json_error(answer, "invalid_client", status=401)
    line = last_log(capsys, assertion, path)
    assert line["reason"] == "jwks_uri_unavailable"
    assert line["client_id"] == client.client_id
    assert origin.asked("/to") == 0


@spec("RFC7517-5")
def test_entries_of_the_set_that_are_no_keys_are_passed_over(
    caller: Caller, tenant: Tenant, origin: Origin
) -> None:
    odd: list[Any] = [None, 1, "x", [], {}, {"kty": None}, {"kty": "EC", "crv": 1, "x": [], "kid": "old"}]
    odd += [{"kty": "RSA", "n": 5, "e": None, "kid": "old"}, {"kty": "OKP", "crv": {}, "kid": "old"}]
    url = origin.serve("/odd", json.dumps({"keys": [*odd, OLD.jwk()]}))
    client = uri_client(tenant, url)
    assert present(caller, OLD.sign(assertion_claims(caller, client))).status == 200


@spec("RFC7523-2.2")
def test_a_loopback_address_the_tenant_did_not_name_is_not_fetched(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    with Origin() as other:
        client = uri_client(tenant, publish(other, "/jwks", OLD))
        answer = present(caller, OLD.sign(assertion_claims(caller, client)))
        assert_json_error(answer, "invalid_client", status=401)
        assert last_log(capsys)["reason"] == "jwks_uri_unavailable"
        assert other.seen == []


class Rotation:
    """A client that changes its keys, before an instance whose clock the test moves."""

    def __init__(self, caller: Caller, origin: Origin, client: Client) -> None:
        self.now = 1000.0
        self._keys = FetchedKeys(
            unavailable=unavailable_keys, allowed_origins=(origin.address,), clock=lambda: self.now
        )
        self._caller, self._client = caller, client

    def accepts(self, key: ClientKey, **header: Any) -> bool:
        claims = assertion_claims(self._caller, self._client)
        presented = Presented("private_key_jwt", self._client.client_id, key.sign(claims, **header))
        try:
            verify_by_key(presented, self._client, keys=self._keys)
        except InvalidClient:
            return False
        return True


@spec("OIDC-Core-10.1.1")
def test_a_new_key_is_found_by_one_fetch_more(caller: Caller, tenant: Tenant, origin: Origin) -> None:
    client = uri_client(tenant, publish(origin, "/rotation", OLD, cache_control="max-age=86400"))
    rotation = Rotation(caller, origin, client)
    assert rotation.accepts(OLD)
    publish(origin, "/rotation", NEW)
    assert rotation.accepts(NEW)
    assert origin.asked("/rotation") == 2
    assert rotation.accepts(NEW)
    # The key that was taken away is over at once.
    assert not rotation.accepts(OLD)
    assert origin.asked("/rotation") == 2


@spec("OIDC-Core-10.1.1")
def test_a_new_key_without_a_kid_is_found_too(caller: Caller, tenant: Tenant, origin: Origin) -> None:
    first, second = (client_key("ES256", name) for name in ("first", "second"))
    client = uri_client(tenant, publish(origin, "/unnamed", first, named=False))
    rotation = Rotation(caller, origin, client)
    assert rotation.accepts(first, kid=None)
    publish(origin, "/unnamed", second, named=False)
    assert rotation.accepts(second, kid=None)
    assert not rotation.accepts(first, kid=None)
    assert origin.asked("/unnamed") == 2


@spec("OIDC-Core-10.1.1")
def test_a_kid_nobody_has_costs_one_fetch_and_no_more(caller: Caller, tenant: Tenant, origin: Origin) -> None:
    client = uri_client(tenant, publish(origin, "/nobody", OLD))
    rotation = Rotation(caller, origin, client)
    assert rotation.accepts(OLD)
    for _ in range(4):
        assert not rotation.accepts(OLD, kid="nobody")
    assert origin.asked("/nobody") == 2


@spec("OIDC-Core-10.1.1")
def test_a_wrong_signature_under_a_known_kid_fetches_nothing(
    caller: Caller, tenant: Tenant, origin: Origin
) -> None:
    client = uri_client(tenant, publish(origin, "/known", OLD))
    rotation = Rotation(caller, origin, client)
    assert rotation.accepts(OLD)
    rotation.now += REFETCH_AFTER
    assert not rotation.accepts(NEW, kid="old")
    assert origin.asked("/known") == 1
