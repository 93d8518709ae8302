"""OpenID Connect Discovery section 2: from somebody's account to the issuer (WebFinger, RFC 7033)."""

from urllib.parse import urlsplit

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.issuers import issuer
from tests.support.refusal import last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import listening

PATH = "/.well-known/webfinger"
ISSUER = "http://openid.net/specs/connect/1.0/issuer"


def host(caller: Caller) -> str:
    return urlsplit(caller.issuer).netloc


@spec("OIDC-Discovery-2.2.2")
@spec("OIDC-Discovery-2.2.3")
@spec("OIDC-Discovery-2.2.4")
@spec("OIDC-Discovery-2")
@spec("OIDC-Discovery-2.2")
@pytest.mark.parametrize("form", ["acct:joe@{}", "acct:joe%40other.example@{}", "acct:{}", "https://{}/joe"])
def test_an_account_of_this_host_leads_to_the_issuer(caller: Caller, form: str) -> None:
    resource = form.format(host(caller))
    answer = caller.get(PATH, {"resource": resource, "rel": ISSUER}, origin="https://app.example.com")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/jrd+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json == {"subject": resource, "links": [{"rel": ISSUER, "href": caller.issuer}]}


@spec("OIDC-Discovery-2.2.1")
@pytest.mark.parametrize(
    ("resource", "known"),
    [
        ("acct:joe@login.example.com", True),
        ("acct:joe@LOGIN.example.com", True),
        ("https://login.example.com/joe", True),
        ("https://login.example.com", True),
        ("https://login.example.com:443/", True),
        ("https://login.example.com:8443/", False),
        ("https://example.com/joe", False),
        ("acct:joe@example.com", False),
        ("acct:joe@login.example.com.evil.example", False),
        ("acct://login.example.com/", False),
        ("https://login.example.com@evil.example/", False),
    ],
)
def test_the_host_is_the_issuers_however_it_is_written(
    stack: LocalStack, resource: str, *, known: bool
) -> None:
    with issuer(stack, "https://login.example.com") as caller:
        answer = caller.get(PATH, {"resource": resource})
    assert answer.status == (200 if known else 404)
    if known:
        assert answer.json["links"] == [{"rel": ISSUER, "href": "https://login.example.com"}]


@spec("OIDC-Discovery-2")
def test_nobody_learns_whether_there_is_such_an_account(
    caller: Caller, tenant: Tenant, stack: LocalStack
) -> None:
    login = tenant.person().login.partition("@")[0]
    resources = [f"acct:{name}@{host(caller)}" for name in (login, "nobody-at-all")]
    with listening(stack) as wire:
        there, absent = (caller.get(PATH, {"resource": resource}) for resource in resources)
    assert wire.seen == []
    assert there.json["links"] == absent.json["links"]
    assert there.status == absent.status
    assert set(there.headers) == set(absent.headers)
    assert there.headers["cache-control"] == absent.headers["cache-control"]


@spec("OIDC-Discovery-2")
@pytest.mark.parametrize(
    ("rels", "links"),
    [([], 1), ([ISSUER], 1), (["author"], 0), (["author", ISSUER], 1), ([ISSUER + "/"], 0)],
)
def test_only_relations_that_are_asked_for_are_told(caller: Caller, rels: list[str], links: int) -> None:
    """RFC 7033 section 4.3."""
    answer = caller.get(PATH, {"resource": f"acct:joe@{host(caller)}", "rel": rels})
    assert (answer.status, len(answer.json["links"])) == (200, links)


REFUSED: dict[str, tuple[dict[str, str | list[str]], int, str]] = {
    "no resource": ({"rel": ISSUER}, 400, "parameter_missing"),
    "an empty resource": ({"resource": ""}, 400, "parameter_missing"),
    "two resources": ({"resource": ["acct:a@b.example", "acct:c@d.example"]}, 400, "parameter_repeated"),
    "no URI": ({"resource": "joe@example.com"}, 400, "resource_malformed"),
    "no host": ({"resource": "https://["}, 400, "resource_malformed"),
    "a scheme alone": ({"resource": "acct:"}, 400, "resource_malformed"),
    "another host": ({"resource": "acct:joe@other.example"}, 404, "resource_unknown"),
}


@spec("OIDC-Discovery-2")
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_of_this_host_is_refused(
    caller: Caller, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    """RFC 7033 sections 4.2 and 4.4."""
    fields, status, reason = REFUSED[case]
    answer = caller.get(PATH, fields, origin="https://app.example.com")
    assert (answer.status, answer.error) == (status, "invalid_request")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert last_log(capsys)["reason"] == reason


@spec("OIDC-Discovery-2")
def test_it_is_asked_by_get(caller: Caller) -> None:
    refused = caller.post(PATH)
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
