"""Wrong ways to present a code, and whether what was issued on it still counts."""

from collections.abc import Callable
from typing import Any

from tests.support.http import Answer, Caller
from tests.support.tenant import SECRET, Tenant
from tests.support.visit import Visit

A_VERIFIER = "a-verifier-of-somebody-else-0123456789-0123456789"
OTHER_URI = "https://app.example.com/other"


def _of_another_client(here: Visit, code: str) -> Answer:
    other = here.tenant.public_client()
    return here.app.caller.post("/token", {**_request(here, code), "client_id": other.client_id})


def _of_an_authenticated_client(here: Visit, code: str) -> Answer:
    other = here.tenant.client()
    return here.app.caller.post("/token", _request(here, code), auth=(other.client_id, SECRET))


def _request(here: Visit, code: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": here.app.redirect_uri,
        "code_verifier": here.app.code_verifier,
    }


# What is wrong with the request, how it is sent, and the reason in the log.
WRONG_USES: dict[str, tuple[Callable[[Visit, str], Answer], str]] = {
    "another verifier": (lambda v, c: v.app.redeem(c, code_verifier=A_VERIFIER), "code_verifier_mismatch"),
    "no verifier": (lambda v, c: v.app.redeem(c, code_verifier=None), "code_verifier_mismatch"),
    "empty verifier": (lambda v, c: v.app.redeem(c, code_verifier=""), "code_verifier_mismatch"),
    "malformed verifier": (lambda v, c: v.app.redeem(c, code_verifier="short"), "code_verifier_mismatch"),
    "another redirect_uri": (lambda v, c: v.app.redeem(c, redirect_uri=OTHER_URI), "redirect_uri_mismatch"),
    "a slash more": (
        lambda v, c: v.app.redeem(c, redirect_uri=v.app.redirect_uri + "/"),
        "redirect_uri_mismatch",
    ),
    "no redirect_uri": (lambda v, c: v.app.redeem(c, redirect_uri=None), "redirect_uri_mismatch"),
    "empty redirect_uri": (lambda v, c: v.app.redeem(c, redirect_uri=""), "redirect_uri_mismatch"),
    "another client": (_of_another_client, "code_of_another_client"),
    "another client that authenticates": (_of_an_authenticated_client, "code_of_another_client"),
    "guessed secret": (lambda v, c: v.app.redeem(c.partition(".")[0] + "." + "A" * 43), "code_unknown"),
    "last letter changed": (
        lambda v, c: v.app.redeem(c[:-1] + ("A" if c[-1] != "A" else "E")),
        "code_unknown",
    ),
    "another grant's id": (lambda v, c: v.app.redeem("A" * 22 + c[22:]), "code_unknown"),
    "id and secret swapped": (lambda v, c: v.app.redeem(".".join(reversed(c.split(".")))), "code_malformed"),
    "one letter less": (lambda v, c: v.app.redeem(c[:-1]), "code_malformed"),
    "one letter more": (lambda v, c: v.app.redeem(c + "A"), "code_malformed"),
    "a line feed more": (lambda v, c: v.app.redeem(c + "\n"), "code_malformed"),
    "padding": (lambda v, c: v.app.redeem(c + "="), "code_malformed"),
    "the grant's id alone": (lambda v, c: v.app.redeem(c.partition(".")[0]), "code_malformed"),
}


def live_at(here: Visit, tokens: dict[str, Any], api: tuple[str, str]) -> tuple[bool, bool]:
    """Whether userinfo answers to the access token, and whether the API (its client) is told it is active."""
    caller: Caller = here.app.caller
    userinfo = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    assert userinfo.status in {200, 401}
    introspection = caller.post("/introspect", {"token": tokens["access_token"]}, auth=api)
    return userinfo.status == 200, introspection.json["active"]


def the_api(tenant: Tenant) -> tuple[str, str]:
    """The example API's client_id and secret."""
    _, client = tenant.resource_server()
    return client.client_id, SECRET
