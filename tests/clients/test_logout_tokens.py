"""Logout tokens of every kind, verified by libraries nobody here wrote: jose for Node, and jwcrypto."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT

from chalicelib.record import replace
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.client_secret import ciphertext
from tests.support.encryption_key import encryption_key, public_jwk
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.logout_receiver import Logouts
from tests.support.node import run_node
from tests.support.origin import Origin
from tests.support.tenant import SECRET, Tenant

EVENTS: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
ENCRYPTED = {"alg": "ECDH-ES", "enc": "A256GCM"}
SIGNED = ("RS256", "ES256", "PS256", "EdDSA")


@pytest.fixture
def logouts(stack: LocalStack, tenant: Tenant, caller: Caller) -> Iterator[Logouts]:
    stack.later.forget()
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        yield Logouts(stack, origin, tenant, caller)


def case(logouts: Logouts, name: str, *, alg: str = "RS256", **changes: Any) -> dict[str, Any]:
    """The logout token of a client of its own, and what is to be made of it."""
    receiver, person, browser = logouts.receiver(), logouts.tenant.person(), Browser(logouts.caller)
    client = logouts.tenant.client(id_token_signed_response_alg=alg, backchannel_logout_uri=receiver.uri)
    secrets = (ciphertext(client.client_id, SECRET),) if alg == "HS256" else ()
    client = replace(client, client_secret_ciphertexts=secrets, **changes)
    logouts.tenant.put_client(client)
    ClientApp(client, logouts.caller).tokens(browser, person)
    logouts.end(browser)
    (token,) = receiver.tokens
    return {
        "name": name,
        "token": token,
        "jwks": logouts.caller.get("/jwks").json,
        "issuer": logouts.caller.issuer,
        "audience": client.client_id,
        "alg": alg,
        "typ": "logout+jwt",
        "claims": {"sub": person.sub, "events": EVENTS},
    }


def test_jose_verifies_every_logout_token(node: str, logouts: Logouts) -> None:
    cases = [case(logouts, alg, alg=alg) for alg in SIGNED]
    cases.append({**case(logouts, "HS256", alg="HS256"), "secret": SECRET})
    key = encryption_key()
    keys = {"keys": [public_jwk(key)]}
    encrypted = case(
        logouts,
        "encrypted",
        jwks=keys,
        id_token_encrypted_response_alg=ENCRYPTED["alg"],
        id_token_encrypted_response_enc=ENCRYPTED["enc"],
    )
    cases.append({**encrypted, "decrypt": {"jwk": json.loads(key.export_private()), **ENCRYPTED}})
    result = run_node(node, "--test", "verify.mjs", CASES=json.dumps(cases))
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"pass {len(cases)}\n" in result.stdout


@pytest.mark.parametrize("alg", SIGNED)
def test_jwcrypto_verifies_a_logout_token(logouts: Logouts, alg: str) -> None:
    given = case(logouts, alg, alg=alg)
    keys = JWKSet.from_json(json.dumps(given["jwks"]))
    token = JWT(jwt=given["token"], key=keys, algs=[alg], check_claims={"aud": given["audience"]})
    assert json.loads(token.header)["typ"] == "logout+jwt"
    claims = json.loads(token.claims)
    assert {name: claims[name] for name in given["claims"]} == given["claims"]
