"""OpenID Connect Dynamic Registration section 5, Core section 8.1: the document of a sector."""

import itertools
import json
from typing import Any

import pytest

from chalicelib.aws.pairwise_salt import ITEM_ID
from tests.support.client_app import unverified
from tests.support.origin import Origin
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import WEB, Registrar, app_of, path_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unmade_salt import unmade_salt
from tests.support.visit import Visit

Log = pytest.CaptureFixture[str]
ONE, OTHER = "https://one.example/callback", "https://two.example/callback"
BOTH = [ONE, OTHER]
PAIRWISE: dict[str, Any] = {**WEB, "redirect_uris": BOTH, "subject_type": "pairwise"}
_numbers = itertools.count(1)


def published(origin: Origin, document: Any) -> str:
    """Where a document is: one that nothing else is at."""
    return origin.serve(f"/sector-{next(_numbers)}", json.dumps(document), content_type="application/json")


def clients(tenant: Tenant) -> set[str]:
    return {item["id"] for item in tenant.snapshot()["Clients"] if item["id"].startswith("client#")}


@spec("OIDC-Registration-5")
@pytest.mark.parametrize("method", ["client_secret_basic", "none"])
def test_a_client_whose_redirect_uris_are_in_it_is_registered(
    registrar: Registrar, origin: Origin, method: str
) -> None:
    uri = published(origin, [*BOTH, "https://three.example/"])
    found = registrar.registered(PAIRWISE, sector_identifier_uri=uri, token_endpoint_auth_method=method)
    assert (found["subject_type"], found["sector_identifier_uri"]) == ("pairwise", uri)
    # The same again is known, and nobody is asked anew for that.
    asked = len(origin.seen)
    again = registrar.registered(PAIRWISE, sector_identifier_uri=uri, token_endpoint_auth_method=method)
    assert len(origin.seen) - asked == (0 if method == "none" else 1)
    assert (again["client_id"] == found["client_id"]) is (method == "none")


@spec("OIDC-Core-8.1")
def test_its_host_is_the_sector_of_all_who_are_in_it(
    registrar: Registrar, origin: Origin, here: Visit
) -> None:
    uri = published(origin, BOTH)
    subs = []
    for redirect_uri in BOTH:
        document = {**WEB, "redirect_uris": [redirect_uri], "subject_type": "pairwise"}
        found = registrar.registered(document, sector_identifier_uri=uri)
        app = app_of(found, here.app.caller)
        code = here.browser.authorize(here.person, app.request(scope="openid")).query["code"]
        subs.append(unverified(app.redeem(code).json["id_token"])[1]["sub"])
    assert subs[0] == subs[1] != here.person.sub


@spec("OIDC-Core-8.1")
def test_without_one_pairwise_subjects_are_of_one_host(
    registrar: Registrar, tenant: Tenant, capsys: Log
) -> None:
    alone = registrar.registered(PAIRWISE, redirect_uris=[ONE, "https://one.example/other"])
    assert alone["subject_type"] == "pairwise"
    before = clients(tenant)
    assert_json_error(registrar.register(PAIRWISE), "invalid_client_metadata")
    line = last_log(capsys)
    assert (line["reason"], line["member"]) == ("metadata_invalid", "sector_identifier_uri")
    assert clients(tenant) == before


DOCUMENTS: dict[str, bytes] = {
    "without one of them": json.dumps([ONE]).encode(),
    "with one that is nearly the same": json.dumps([ONE, OTHER + "/"]).encode(),
    "of nothing": b"[]",
    "that is an object": json.dumps({"redirect_uris": BOTH}).encode(),
    "that is a text of them": json.dumps(" ".join(BOTH)).encode(),
    "that is null": b"null",
    "that is empty": b"",
    "that is a page": b"<html>" + ONE.encode() + OTHER.encode(),
    "that is cut off": json.dumps(BOTH).encode()[:-1],
    "in other bytes": b"\xff\xfe[]",
    "nested without end": b"[" * 60_000,
    "of lists of them": json.dumps([BOTH]).encode(),
    "too large": b"[" + b" " * 70_000 + b"]",
}


def refused(registrar: Registrar, tenant: Tenant, uri: str, **changes: Any) -> None:
    """By a sentence that names the member; nothing is kept of it."""
    before = clients(tenant)
    answer = registrar.register(PAIRWISE, sector_identifier_uri=uri, **changes)
    assert_json_error(answer, "invalid_client_metadata")
    assert "sector_identifier_uri" in answer.json["error_description"]
    assert clients(tenant) == before


@spec("OIDC-Registration-5")
@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_that_does_not_say_so_is_none(
    registrar: Registrar, tenant: Tenant, origin: Origin, capsys: Log, case: str
) -> None:
    refused(registrar, tenant, origin.serve(f"/sector-{next(_numbers)}", DOCUMENTS[case]))
    assert last_log(capsys)["reason"] == "metadata_invalid"


def redirected(origin: Origin) -> str:
    good = published(origin, BOTH)
    return origin.serve(f"/sector-{next(_numbers)}", "", status="302 Found", location=good)


HOSTILE: dict[str, Any] = {
    "nobody's": lambda origin: origin.address + "/nothing-is-here",
    "one that fails": lambda origin: origin.serve("/sector-fault", json.dumps(BOTH), status="500 Fault"),
    "one that leads elsewhere": redirected,
    "one that is packed": lambda origin: origin.serve(
        "/sector-packed", json.dumps(BOTH), content_encoding="gzip"
    ),
    "one that hangs up": lambda origin: origin.write("/sector-gone", lambda connection: connection.close()),
    "this very network": lambda _: "https://127.0.0.1/",
    "this network by another name": lambda _: "https://localhost/",
    "instance metadata": lambda _: "https://169.254.169.254/latest/meta-data/",
    "instance metadata by IPv6": lambda _: "https://[fd00:ec2::254]/latest/meta-data/",
    "an IPv4 address in an IPv6 one": lambda _: "https://[::ffff:127.0.0.1]/",
    "a network of ours": lambda _: "https://10.0.0.1/",
    "an address as a number": lambda _: "https://2130706433/",
    "another port of this machine": lambda _: "http://127.0.0.1:1/",
}


@spec("OIDC-Registration-5")
@pytest.mark.parametrize("case", HOSTILE)
def test_a_host_that_does_not_answer_or_must_not_be_asked_is_refused(
    registrar: Registrar, tenant: Tenant, origin: Origin, capsys: Log, case: str
) -> None:
    refused(registrar, tenant, HOSTILE[case](origin))
    line = last_log(capsys)
    assert (line["reason"], line["member"]) == ("metadata_invalid", "sector_identifier_uri")
    assert line["sector_error"]


@spec("OIDC-Registration-2")
@pytest.mark.parametrize(
    "uri", ["http://a.example/s", "file:///etc/passwd", "https://a:b@a.example/", "https://a.example/#s", ""]
)
def test_what_is_no_https_url_is_not_even_asked_for(
    registrar: Registrar, tenant: Tenant, capsys: Log, uri: str
) -> None:
    refused(registrar, tenant, uri)
    assert "sector_error" not in last_log(capsys)


@spec("OIDC-Registration-5")
def test_a_client_that_changes_where_it_returns_to_is_looked_at_again(
    registrar: Registrar, origin: Origin
) -> None:
    uri = published(origin, BOTH)
    found = registrar.registered(PAIRWISE, redirect_uris=[ONE], sector_identifier_uri=uri)
    document = {**PAIRWISE, "client_id": found["client_id"], "sector_identifier_uri": uri}

    def put(token: str, **changes: Any) -> Any:
        return registrar.send("PUT", path_of(found), {**document, **changes}, token=token)

    asked = len(origin.seen)
    changed = put(found["registration_access_token"])
    assert (changed.status, len(origin.seen) - asked) == (200, 1)
    named = put(changed.json["registration_access_token"], client_name="Another")
    assert (named.status, len(origin.seen) - asked) == (200, 1)
    away = put(named.json["registration_access_token"], redirect_uris=[*BOTH, "https://three.example/"])
    assert_json_error(away, "invalid_client_metadata")
    stands = registrar.send("GET", path_of(found), token=named.json["registration_access_token"])
    assert stands.json["redirect_uris"] == BOTH


@spec("OIDC-Core-8.1")
def test_the_first_client_of_pairwise_subjects_brings_the_tenants_salt(registrar: Registrar) -> None:
    document = {**WEB, "subject_type": "pairwise"}
    with unmade_salt() as clients:
        registrar.registered(document)
        made = clients.at(id=ITEM_ID)
        assert made is not None
        registrar.registered(document)
        assert clients.at(id=ITEM_ID) == made


@spec("OIDC-Core-8.1")
def test_one_that_comes_to_them_later_brings_it_as_well(registrar: Registrar) -> None:
    found = registrar.registered()
    document = {**WEB, "client_id": found["client_id"], "subject_type": "pairwise"}
    with unmade_salt() as clients:
        answer = registrar.send("PUT", path_of(found), document, token=found["registration_access_token"])
        assert answer.status == 200, answer.body
        assert clients.at(id=ITEM_ID) is not None
