"""Whatever comes in the headers, a call is served or refused by the rules: nothing else is raised."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keyturn_resource_server import (
    Issuer,
    JwtAccessTokens,
    MemoryReplays,
    ProofVerifier,
    ProtectedResource,
    RefusedError,
    Request,
    ResourceServer,
)
from tests.support.api_issuer import API, ApiIssuer
from tests.support.dpop import base64url, proof, thumbprint

URL = f"{API}notes"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["alg", "typ", "kid", "jwk", "crit", "b64", "jti", "htm", "htu", "iat", "ath", "kty", "cnf"]
)
MEMBERS = st.dictionaries(NAMES, JSON | st.sampled_from(["ES256", "none", "HS256", "dpop+jwt", "at+jwt"]))
PROOF = {"alg": "ES256", "typ": "dpop+jwt"}
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def server(issuer: ApiIssuer) -> ResourceServer:
    tokens = JwtAccessTokens(Issuer(issuer.url), API)
    return ResourceServer(ProtectedResource(resource=API), tokens, ProofVerifier(MemoryReplays()))


def refusal(server: ResourceServer, authorization: str, dpop: str = "") -> int:
    request = Request(method="GET", url=URL, authorization=authorization, dpop=dpop)
    with pytest.raises(RefusedError) as caught:
        server.authorize(request, "notes:read")
    refused = caught.value
    assert refused.headers["WWW-Authenticate"].isprintable()
    json.dumps(refused.document)
    return refused.status


def written(header: Any, claims: Any) -> str:
    parts = (base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{'.'.join(parts)}.{base64url(bytes(64))}"


@few
@given(st.text() | st.builds("{} {}".format, st.sampled_from(["Bearer", "bearer", "DPoP"]), st.text()))
@example("Bearer a.b.c")
@example("Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9..")
def test_any_authorization_header(server: ResourceServer, authorization: str) -> None:
    assert refusal(server, authorization) in {400, 401}


@few
@given(MEMBERS | JSON, MEMBERS | JSON)
@example({"alg": ["ES256"], "typ": "at+jwt", "kid": "one"}, {})
@example({"alg": {}, "typ": "at+jwt"}, {})
@example({"alg": "ES256", "typ": ["at+jwt"], "kid": "one"}, [])
@example({"alg": "ES256", "typ": "at+jwt", "kid": ["one"]}, {})
@example({"alg": "ES256", "typ": "at+jwt", "kid": "one", "b64": False, "crit": ["b64"]}, {})
def test_any_token(server: ResourceServer, header: Any, claims: Any) -> None:
    assert refusal(server, f"Bearer {written(header, claims)}") == 401


@few
@given(st.dictionaries(NAMES, JSON).map(lambda jwk: {**PROOF, "jwk": jwk}) | MEMBERS | JSON, MEMBERS | JSON)
@example({**PROOF, "alg": ["ES256"]}, {})
@example({**PROOF, "jwk": {"kty": ["EC"]}}, {})
@example({**PROOF, "jwk": {"kty": {}}}, {})
@example({**PROOF, "jwk": {"kty": "EC", "crv": [], "x": 1, "y": {}}}, {})
@example({**PROOF, "jwk": {"kty": "EC", "crv": "P-256", "x": "", "y": ""}}, {})
@example({**PROOF, "jwk": {"kty": "EC", "crv": "P-256", "x": "\u00e9", "y": "AA"}}, {})
@example({**PROOF, "alg": "RS256", "jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}, {})
@example({**PROOF, "alg": "RS256", "jwk": {"kty": "RSA", "n": 1, "e": None}}, {})
@example({**PROOF, "alg": "RS256", "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, {})
@example({**PROOF, "alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "X25519", "x": "AA"}}, {})
@example({**PROOF, "alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA"}}, {})
def test_any_proof(server: ResourceServer, issuer: ApiIssuer, header: Any, claims: Any) -> None:
    token = issuer.token(cnf={"jkt": thumbprint()})
    assert refusal(server, f"DPoP {token}", written(header, claims)) == 401


@few
@given(MEMBERS)
@example({"iat": float("inf")})
@example({"iat": 10**400})
@example({"iat": True})
@example({"jti": [], "htm": {}, "ath": []})
def test_any_claims_of_a_proof_whose_signature_holds(
    server: ResourceServer, issuer: ApiIssuer, claims: dict[str, Any]
) -> None:
    token = issuer.token(cnf={"jkt": thumbprint()})
    changed = {"htu": None, **{name: claims[name] for name in claims if name != "kid"}}
    assert refusal(server, f"DPoP {token}", proof(token, URL, **changed)) == 401


@few
@given(JSON)
def test_any_binding_and_any_scope(server: ResourceServer, issuer: ApiIssuer, found: Any) -> None:
    if found is not None:
        assert refusal(server, f"Bearer {issuer.token(cnf=found)}") == 401
    if not isinstance(found, str) or "notes:read" not in found.split(" "):
        token = issuer.token(scope=found)
        assert refusal(server, f"Bearer {token}") == 403
