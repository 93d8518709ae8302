"""DPoP at a resource server (RFC 9449 sections 4.3 and 7): which proofs hold, and that each does once."""

import hashlib
import time
from typing import Any

import boto3
import pytest

from keyturn_resource_server import (
    Issuer,
    JwtAccessTokens,
    MemoryReplays,
    ProofVerifier,
    ProtectedResource,
    RefusedError,
    Replays,
    Request,
    ResourceServer,
)
from keyturn_resource_server.replays import DynamoDBReplays
from tests.support.api_issuer import API, ApiIssuer
from tests.support.client_key import client_key
from tests.support.dpop import KEY, base64url, proof, thumbprint
from tests.support.race import at_once

URL = f"{API}notes"
# When the file is read: a slow machine may come to its tests minutes later.
NOW = int(time.time())
BOUND: dict[str, Any] = {"cnf": {"jkt": thumbprint()}}


def server_of(issuer: ApiIssuer, *, proofs: bool = True, required: bool = False) -> ResourceServer:
    resource = ProtectedResource(resource=API, dpop_bound_access_tokens_required=required)
    verifier = ProofVerifier(MemoryReplays()) if proofs else None
    return ResourceServer(resource, JwtAccessTokens(Issuer(issuer.url), API), verifier)


@pytest.fixture
def server(issuer: ApiIssuer) -> ResourceServer:
    return server_of(issuer)


def call(server: ResourceServer, authorization: str, dpop: str = "", **changes: str) -> str:
    request = {"method": "GET", "url": URL, "authorization": authorization, "dpop": dpop, **changes}
    return server.authorize(Request(**request)).sub


def refused(server: ResourceServer, authorization: str, dpop: str = "", **changes: str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        call(server, authorization, dpop, **changes)
    return caught.value


@pytest.mark.parametrize("alg", ["ES256", "PS256", "EdDSA"])
def test_a_bound_token_with_a_proof_of_its_key_is_served(
    server: ResourceServer, issuer: ApiIssuer, alg: str
) -> None:
    key = client_key(alg, None)
    token = issuer.token(cnf={"jkt": thumbprint(key)})
    assert call(server, f"DPoP {token}", proof(token, URL, key=key)) == "ada"


@pytest.mark.parametrize(
    ("told", "url"),
    [
        (f"{URL}?page=2#top", URL),
        (URL, f"{URL}?page=2"),
        ("HTTPS://API.example.com:443/notes", URL),
        ("https://api.example.com", "https://api.example.com/"),
        ("https://api.example.com/my%20notes", "https://api.example.com/my notes"),
    ],
)
def test_urls_are_compared_as_rfc_9449_has_it(
    server: ResourceServer, issuer: ApiIssuer, told: str, url: str
) -> None:
    token = issuer.token(**BOUND)
    assert call(server, f"DPoP {token}", proof(token, url, htu=told), url=url) == "ada"


BAD: dict[str, dict[str, Any]] = {
    "of another type": {"header": {"typ": "JWT"}},
    "with a private key": {"header": {"jwk": {**KEY.jwk(), "d": "AAAA"}}},
    "with a secret": {"header": {"jwk": {"kty": "oct", "k": "AAAA"}}},
    "without a key": {"header": {"jwk": None}},
    "with a key that is none": {"header": {"jwk": "key"}},
    "with half a key": {"header": {"jwk": KEY.jwk(y=None)}},
    "with another's key": {"header": {"jwk": client_key("ES256", "other").jwk()}},
    "for another method": {"htm": "POST"},
    "for a method in small letters": {"htm": "get"},
    "for another path": {"htu": f"{URL}/1"},
    "for another host": {"htu": "https://other.example.com/notes"},
    "for another port": {"htu": "https://api.example.com:8443/notes"},
    "for http": {"htu": "http://api.example.com/notes"},
    "for no URL": {"htu": "https://["},
    "for no text": {"htu": 7},
    "for another token": {"ath": base64url(hashlib.sha256(b"another").digest())},
    "for no token": {"ath": None},
    "of long ago": {"iat": NOW - 3600},
    "of a time to come": {"iat": NOW + 3600},
    "of no time": {"iat": None},
    "of a time in words": {"iat": "now"},
    "without a name": {"jti": None},
    "with an empty name": {"jti": ""},
    "with a number for a name": {"jti": 7},
    "without end": {"jti": "j" * 9000},
}


@pytest.mark.parametrize("what", BAD)
def test_a_proof_that_does_not_hold_is_refused(server: ResourceServer, issuer: ApiIssuer, what: str) -> None:
    token = issuer.token(**BOUND)
    answer = refused(server, f"DPoP {token}", proof(token, URL, **BAD[what]))
    assert (answer.status, answer.error) == (401, "invalid_dpop_proof")
    assert answer.headers["WWW-Authenticate"].startswith('DPoP error="invalid_dpop_proof"')


def test_an_algorithm_that_is_not_announced_is_refused(server: ResourceServer, issuer: ApiIssuer) -> None:
    key = client_key("RS512", None)
    token = issuer.token(cnf={"jkt": thumbprint(key)})
    answer = refused(server, f"DPoP {token}", proof(token, URL, key=key))
    assert answer.error == "invalid_dpop_proof"


@pytest.mark.parametrize("unsigned", ["nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_proof_is_refused(server: ResourceServer, issuer: ApiIssuer, unsigned: str) -> None:
    assert refused(server, f"DPoP {issuer.token(**BOUND)}", unsigned).error == "invalid_dpop_proof"


def test_one_proof_comes_with_a_token(server: ResourceServer, issuer: ApiIssuer) -> None:
    token = issuer.token(**BOUND)
    two = f"{proof(token, URL)}, {proof(token, URL)}"
    for brought in ("", two):
        answer = refused(server, f"DPoP {token}", brought)
        assert (answer.error, answer.description) == ("invalid_dpop_proof", "One DPoP proof is needed.")


def test_a_good_proof_of_another_key_does_not_help(server: ResourceServer, issuer: ApiIssuer) -> None:
    token, thief = issuer.token(**BOUND), client_key(kid="thief")
    assert refused(server, f"DPoP {token}", proof(token, URL, key=thief)).error == "invalid_token"


def test_a_bound_token_is_no_bearer_token(server: ResourceServer, issuer: ApiIssuer) -> None:
    token = issuer.token(**BOUND)
    assert refused(server, f"Bearer {token}", proof(token, URL)).error == "invalid_token"


def test_a_bearer_token_is_not_bound_by_a_proof(server: ResourceServer, issuer: ApiIssuer) -> None:
    token = issuer.token()
    assert refused(server, f"DPoP {token}", proof(token, URL)).error == "invalid_token"
    assert call(server, f"Bearer {token}") == "ada"


@pytest.mark.parametrize(
    "cnf", [{"x5t#S256": "AAAA"}, {"jkt": thumbprint(), "x5t#S256": "AAAA"}, {}, "jkt", []]
)
def test_any_other_binding_is_refused(server: ResourceServer, issuer: ApiIssuer, cnf: Any) -> None:
    token = issuer.token(cnf=cnf)
    for scheme in ("Bearer", "DPoP"):
        assert refused(server, f"{scheme} {token}", proof(token, URL)).error == "invalid_token"


def test_who_verifies_no_proofs_refuses_every_bound_token(issuer: ApiIssuer) -> None:
    server, token = server_of(issuer, proofs=False), issuer.token(**BOUND)
    assert refused(server, f"Bearer {token}").error == "invalid_token"
    answer = refused(server, f"DPoP {token}", proof(token, URL))
    assert (answer.status, answer.error) == (401, "")
    assert "DPoP" not in answer.headers["WWW-Authenticate"]


def test_who_requires_bound_tokens_takes_no_others(issuer: ApiIssuer) -> None:
    server = server_of(issuer, required=True)
    answer = refused(server, f"Bearer {issuer.token()}")
    assert (answer.status, answer.error) == (401, "")
    assert answer.headers["WWW-Authenticate"].startswith('DPoP algs="ES256 ')
    token = issuer.token(**BOUND)
    assert call(server, f"DPoP {token}", proof(token, URL)) == "ada"
    with pytest.raises(ValueError, match="verify the proofs"):
        server_of(issuer, proofs=False, required=True)


def test_what_it_says_of_dpop_is_what_it_does(issuer: ApiIssuer) -> None:
    algorithms = server_of(issuer).resource.document()["dpop_signing_alg_values_supported"]
    assert "ES256" in algorithms
    assert "dpop_signing_alg_values_supported" not in server_of(issuer, proofs=False).resource.document()


def test_a_proof_is_used_once(server: ResourceServer, issuer: ApiIssuer) -> None:
    token = issuer.token(**BOUND)
    used = proof(token, URL)
    assert call(server, f"DPoP {token}", used) == "ada"
    assert refused(server, f"DPoP {token}", used).error == "invalid_dpop_proof"
    assert call(server, f"DPoP {token}", proof(token, URL)) == "ada"


@pytest.fixture(params=["memory", "dynamodb"])
def replays(request: pytest.FixtureRequest) -> Replays:
    if request.param == "memory":
        return MemoryReplays()
    table = request.getfixturevalue("proofs_table")
    return DynamoDBReplays(boto3.client("dynamodb"), table)


def test_of_many_at_a_time_one_is_the_first(replays: Replays) -> None:
    for number in range(5):
        key = f"raced-for-{number}"
        uses = at_once(lambda key=key: replays.first_use(key, until=NOW + 86_400), 8)  # type: ignore[misc]
        assert sorted(uses) == [False] * 7 + [True]


class Slow(str):
    """A key that takes its time to be found, so that others come meanwhile."""

    __slots__ = ()

    def __hash__(self) -> int:
        time.sleep(0.001)
        return super().__hash__()


def test_nobody_gets_in_between_in_memory() -> None:
    replays, key = MemoryReplays(), Slow("raced for")
    assert sorted(at_once(lambda: replays.first_use(key, until=NOW + 86_400), 8)) == [False] * 7 + [True]


def test_what_is_over_is_forgotten_in_memory() -> None:
    replays = MemoryReplays()
    assert replays.first_use("old", until=NOW - 10)
    assert replays.first_use("new", until=NOW + 86_400)
    assert replays.first_use("old", until=NOW + 86_400)
    assert not replays.first_use("new", until=NOW + 86_400)
