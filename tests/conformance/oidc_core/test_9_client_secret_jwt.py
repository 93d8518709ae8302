"""OpenID Connect Core section 9, client_secret_jwt: an HMAC by the client's secret proves who it is."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.protocol.client import Client
from chalicelib.record import replace
from tests.support.client_key import ASSERTION_TYPE, assertion_claims, client_key, present
from tests.support.client_secret import HMAC_SECRET, OTHER, ciphertext, hmac_assertion, hmac_client
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant, hash_of
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

KEY = client_key()
PARALLEL = 20

Claims = dict[str, Any]


def proves(caller: Caller, client: Client, secret: str = HMAC_SECRET, **how: Any) -> bool:
    answer = present(caller, hmac_assertion(assertion_claims(caller, client), secret, **how))
    assert answer.status in {200, 401}
    return answer.status == 200


@spec("OIDC-Core-9")
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_an_hmac_by_the_secret_authenticates(caller: Caller, tenant: Tenant, alg: str) -> None:
    client = hmac_client(tenant, token_endpoint_auth_signing_alg=alg)
    assert proves(caller, client, alg=alg)
    assert proves(caller, client, alg=alg, typ=None, kid="any")
    for other in {"HS256", "HS384", "HS512"} - {alg}:
        assert not proves(caller, client, alg=other)


@spec("OIDC-Registration-2")
def test_without_a_registered_algorithm_it_is_hs256(caller: Caller, tenant: Tenant) -> None:
    client = hmac_client(tenant)
    assert proves(caller, client)
    assert not proves(caller, client, alg="HS512")


@spec("RFC7518-3.2")
@pytest.mark.parametrize(("alg", "characters"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_secret_is_as_long_as_the_hash_or_no_secret(
    caller: Caller, tenant: Tenant, alg: str, characters: int
) -> None:
    long, short = "s" * characters, "s" * (characters - 1)
    client = hmac_client(tenant, long, token_endpoint_auth_signing_alg=alg)
    assert proves(caller, client, long, alg=alg)
    client = hmac_client(tenant, short, token_endpoint_auth_signing_alg=alg)
    assert not proves(caller, client, short, alg=alg)


@spec("RFC7521-4.2")
def test_the_client_may_name_itself_as_well_and_no_other(caller: Caller, tenant: Tenant) -> None:
    client, other = hmac_client(tenant), hmac_client(tenant)
    for named, status in ((client, 200), (other, 401)):
        assertion = hmac_assertion(assertion_claims(caller, client))
        assert present(caller, assertion, client_id=named.client_id).status == status


def test_two_secrets_are_good_while_one_replaces_the_other(caller: Caller, tenant: Tenant) -> None:
    client = hmac_client(tenant, HMAC_SECRET, OTHER, former_secrets_expire_at=int(time.time()) + 600)
    assert proves(caller, client)
    assert proves(caller, client, OTHER)
    tenant.put_client(replace(client, former_secrets_expire_at=int(time.time()) - 1))
    over = hmac_client(tenant, HMAC_SECRET, OTHER, former_secrets_expire_at=int(time.time()) - 1)
    assert proves(caller, over)
    assert not proves(caller, over, OTHER)


def test_a_secret_that_was_changed_is_good_at_once(caller: Caller, tenant: Tenant) -> None:
    """Also where an instance still has the record as it was before."""
    client = hmac_client(tenant)
    assert proves(caller, client)
    changed = {
        "client_secret_hashes": (hash_of(OTHER),),
        "client_secret_ciphertexts": (ciphertext(client.client_id, OTHER),),
    }
    tenant.put_client(replace(client, **changed))
    assert proves(caller, client, OTHER)
    assert not proves(caller, client)


def test_a_client_that_comes_to_another_method_is_let_in_by_it_at_once(
    caller: Caller, tenant: Tenant
) -> None:
    client = hmac_client(tenant)
    assert proves(caller, client)
    by_key = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [KEY.jwk()]}}
    tenant.put_client(replace(client, client_secret_hashes=(), client_secret_ciphertexts=(), **by_key))
    assert present(caller, KEY.sign(assertion_claims(caller, client))).status == 200
    assert not proves(caller, client)


@spec("RFC7523-3")
def test_an_assertion_is_good_once_in_a_race_too(caller: Caller, tenant: Tenant) -> None:
    client = hmac_client(tenant)
    assertion = hmac_assertion(assertion_claims(caller, client))
    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(lambda _: present(caller, assertion), range(PARALLEL)))
    assert sorted(answer.status for answer in answers) == [200] + [401] * (PARALLEL - 1)


@spec("RFC7523-3")
def test_an_assertion_of_one_method_can_not_be_used_up_by_the_other(caller: Caller, tenant: Tenant) -> None:
    """The jti is the client's: a forgery that is not verified uses up nothing."""
    client = hmac_client(tenant)
    claims = assertion_claims(caller, client)
    assert present(caller, KEY.sign(claims)).status == 401
    assert present(caller, hmac_assertion(claims, OTHER)).status == 401
    assert present(caller, hmac_assertion(claims)).status == 200


# What an assertion says is one rule with private_key_jwt, whose tests have every case (rfc7523).
SAID: dict[str, tuple[Claims, str]] = {
    "another iss": ({"iss": "somebody"}, "assertion_issuer"),
    "another server": ({"aud": "https://other.example.com"}, "assertion_audience"),
    "two audiences": ({"aud": ["{issuer}", "https://other.example.com"]}, "assertion_audience"),
    "expired": ({"exp": 1}, "assertion_expired"),
    "no exp": ({"exp": None}, "assertion_expired"),
    "for ever": ({"exp": 10**11}, "assertion_lifetime"),
    "not yet": ({"nbf": 10**10}, "assertion_not_yet_valid"),
    "no jti": ({"jti": None}, "assertion_jti"),
}


@spec("RFC7523-3")
@pytest.mark.parametrize("case", SAID)
def test_what_it_says_is_held_to_the_same_rules(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = hmac_client(tenant)
    changes, reason = SAID[case]
    filled = json.loads(json.dumps(changes).replace("{issuer}", caller.issuer))
    assertion = hmac_assertion(assertion_claims(caller, client, **filled))
    with unchanged():
        answer = present(caller, assertion)
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == reason


@spec("RFC6749-2.3")
@pytest.mark.parametrize("registered", ["client_secret_basic", "client_secret_post", "none"])
def test_only_who_is_registered_for_it_may(caller: Caller, tenant: Tenant, registered: str) -> None:
    client = tenant.client(
        token_endpoint_auth_method=registered, client_secret_hashes=(hash_of(HMAC_SECRET),)
    )
    assert not proves(caller, client)


@spec("RFC6749-2.3")
@pytest.mark.parametrize("how", ["client_secret_basic", "client_secret_post"])
def test_its_secret_can_not_be_sent(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    client = hmac_client(tenant)
    fields, auth = {"grant_type": "client_credentials"}, None
    if how == "client_secret_basic":
        auth = (client.client_id, HMAC_SECRET)
    else:
        fields |= {"client_id": client.client_id, "client_secret": HMAC_SECRET}
    assert_json_error(caller.post("/token", fields, auth=auth), "invalid_client", status=401)
    assert last_log(capsys, HMAC_SECRET)["reason"] == "client_auth_method"


@spec("RFC6749-2.3")
@pytest.mark.parametrize("beside", ["header", "form", "another assertion"])
def test_a_second_method_in_one_request_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], beside: str
) -> None:
    client = hmac_client(tenant)
    assertion = hmac_assertion(assertion_claims(caller, client))
    fields: dict[str, Any] = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    auth = None
    reason = "client_auth_several"
    if beside == "header":
        auth = (client.client_id, SECRET)
    elif beside == "form":
        fields |= {"client_id": client.client_id, "client_secret": SECRET}
    else:
        fields["client_assertion"] = [assertion, KEY.sign(assertion_claims(caller, client))]
        reason = "parameter_repeated"
    with unchanged():
        answer = caller.post("/token", fields, auth=auth)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, assertion)["reason"] == reason
    # It was not used up.
    assert present(caller, assertion).status == 200
