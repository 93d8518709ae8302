"""OpenID Connect Discovery section 4 and RFC 8414 section 3: how the document is got."""

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import unverified
from tests.support.http import Caller
from tests.support.issuers import issuer
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import visit
from tests.support.wire import listening

PATHS = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]


@spec("OIDC-Discovery-4.2")
@spec("RFC8414-3.2")
@pytest.mark.parametrize("path", PATHS)
def test_the_document_is_json_to_be_kept_an_hour_by_every_origin(caller: Caller, path: str) -> None:
    answer = caller.get(path, origin="https://app.example.com")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.cookies == ()
    assert isinstance(answer.json, dict)


@spec("OIDC-Discovery-4.1")
@spec("RFC8414-5")
def test_the_document_is_the_same_at_both_places(caller: Caller) -> None:
    first, second = (caller.get(path) for path in PATHS)
    assert first.body == second.body
    assert first.headers["content-type"] == second.headers["content-type"]


@spec("OIDC-Core-16.15")
@spec("OIDC-Discovery-7.2")
@spec("OIDC-Discovery-5")
@spec("OIDC-Discovery-4.3")
@spec("RFC8414-3.3")
def test_its_issuer_is_the_one_that_was_asked_and_that_tokens_name(caller: Caller, tenant: Tenant) -> None:
    """By Unicode code points, a character at a time."""
    told = caller.get(PATHS[0]).json["issuer"]
    known = visit(caller, tenant, tenant.public_client())
    answer = known.answer()
    id_token = known.app.redeem(answer.query["code"]).json["id_token"]
    assert told == caller.issuer == answer.query["iss"] == unverified(id_token)[1]["iss"]


@spec("OIDC-Discovery-4.3")
def test_under_a_domain_of_its_own_it_speaks_of_that_domain_alone(stack: LocalStack) -> None:
    with issuer(stack, "https://login.example.com") as caller:
        answer = caller.get(PATHS[1])
        assert answer.json["issuer"] == "https://login.example.com"
        assert answer.json["token_endpoint"] == "https://login.example.com/token"
        assert stack.issuer not in answer.body
        # Whoever asks under another name is not told that this is theirs.
        assert caller.send("GET", PATHS[1], headers={"host": "evil.example"}).status == 400


@spec("RFC8414-3.2")
@pytest.mark.parametrize("path", PATHS)
def test_head_and_preflight_are_answered_and_no_other_method(caller: Caller, path: str) -> None:
    head, get = caller.send("HEAD", path), caller.get(path)
    assert head.status == 200
    for name in ("content-type", "cache-control", "access-control-allow-origin"):
        assert head.headers[name] == get.headers[name]
    preflight = caller.send("OPTIONS", path, headers={"origin": "https://app.example.com"})
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    refused = caller.post(path)
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    assert refused.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [*PATHS, "/jwks"])
def test_it_costs_no_read(caller: Caller, stack: LocalStack, path: str) -> None:
    caller.get(path)
    with listening(stack) as wire:
        assert caller.get(path, {"any": "query"}).status == 200
    assert wire.seen == []
