"""The certification profiles RP-Initiated, Back-Channel and Front-Channel Logout OP and Session Management
OP. Each test plays a module of the OpenID Foundation's plans.
"""

import json
import re
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from jwcrypto.jwt import JWT

from infra.local.stack import LocalStack
from tests.certification.conftest import Parties
from tests.certification.relying_party import REDIRECT_URI, RelyingParty, added
from tests.support.http import Answer, Caller
from tests.support.logout_receiver import Receiver
from tests.support.origin import Origin
from tests.support.traceability import spec

LOGOUT_URI = "https://rp.example.org/signed-out"
FRONT_URI = "https://rp.example.org/front-channel"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def leave(rp: RelyingParty, **parameters: str) -> Answer:
    return rp.browser.open(rp.path("end_session_endpoint"), parameters)


def signed_out(rp: RelyingParty) -> bool:
    members = rp.received(rp.begin(prompt="none")).members
    return members.get("error") in {"login_required", "interaction_required"}


@pytest.fixture
def signed_in(party: Parties) -> tuple[RelyingParty, str]:
    """A party whose person is signed in, and their ID token."""
    rp = party(post_logout_redirect_uris=[LOGOUT_URI])
    return rp, rp.tokens(rp.authorize())["id_token"]


@spec("OIDC-RPInitiated-2.1")
def test_discovery_endpoint_verification(caller: Caller) -> None:
    found = caller.get("/.well-known/openid-configuration").json
    for name in ("end_session_endpoint", "check_session_iframe"):
        assert found[name].startswith(found["issuer"])
    for name in ("backchannel", "frontchannel"):
        assert found[f"{name}_logout_supported"] is True
        assert found[f"{name}_logout_session_supported"] is True


@spec("OIDC-RPInitiated-3.1")
@pytest.mark.parametrize("state", [{"state": "a state"}, {}])
def test_rp_initiated_logout(signed_in: tuple[RelyingParty, str], state: dict[str, str]) -> None:
    rp, hint = signed_in
    answer = leave(rp, id_token_hint=hint, post_logout_redirect_uri=LOGOUT_URI, **state)
    assert after_logout(rp, answer) == (LOGOUT_URI, state)
    assert signed_out(rp)


def after_logout(rp: RelyingParty, answer: Answer) -> tuple[str, dict[str, str]]:
    """Where the person ends up at the party: by a redirect, or by the page's own refresh or link."""
    if answer.status == 200:
        found = re.search(r'http-equiv="refresh" content="[0-9]+; *url=([^"]+)"', answer.body)
        assert found, answer.body
        location = unescape(found[1])
    else:
        assert answer.status in {302, 303}
        location = answer.location
    assert location.startswith(rp.information["post_logout_redirect_uris"][0])
    base, _, query = location.partition("?")
    return base, dict(parse_qsl(query))


@pytest.mark.parametrize(
    "changes",
    [
        {"post_logout_redirect_uri": LOGOUT_URI + "/other"},
        {"post_logout_redirect_uri": added(LOGOUT_URI, foo="bar")},
        {"id_token_hint": "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"},
        {"id_token_hint": "not a token"},
    ],
)
def test_bad_request_goes_nowhere(signed_in: tuple[RelyingParty, str], changes: dict[str, str]) -> None:
    rp, hint = signed_in
    good = {"id_token_hint": hint, "post_logout_redirect_uri": LOGOUT_URI, "state": "a state"}
    answer = leave(rp, **{**good, **changes})
    assert (answer.status, "location" in answer.headers) == (400, False)
    assert not signed_out(rp)


def test_modified_id_token_hint(signed_in: tuple[RelyingParty, str]) -> None:
    rp, hint = signed_in
    header, payload, signature = hint.split(".")
    changed = ".".join((header, payload, signature[:-8] + ("A" * 8)))
    assert leave(rp, id_token_hint=changed, post_logout_redirect_uri=LOGOUT_URI).status == 400
    assert not signed_out(rp)


@pytest.mark.parametrize("parameters", [{}, {"state": "a state"}, {"post_logout_redirect_uri": LOGOUT_URI}])
def test_without_a_hint_the_person_is_asked(
    signed_in: tuple[RelyingParty, str], parameters: dict[str, str]
) -> None:
    rp, _ = signed_in
    answer = leave(rp, **parameters)
    assert answer.status == 200
    answer = rp.browser.fill(("decision", "sign_out"))
    assert answer.status == 200
    assert signed_out(rp)


def test_no_post_logout_redirect_uri(signed_in: tuple[RelyingParty, str]) -> None:
    rp, hint = signed_in
    assert leave(rp, id_token_hint=hint).status == 200
    assert signed_out(rp)


def test_frontchannel_rp_initiated_logout(party: Parties) -> None:
    rp = party(
        post_logout_redirect_uris=[LOGOUT_URI],
        frontchannel_logout_uri=added(FRONT_URI, own="1"),
        frontchannel_logout_session_required=True,
    )
    tokens = rp.tokens(rp.authorize())
    answer = leave(rp, id_token_hint=tokens["id_token"], post_logout_redirect_uri=LOGOUT_URI, state="a state")
    assert answer.status == 200
    (frame,) = [unescape(src) for src in re.findall(r'<iframe[^>]* src="([^"]+)"', answer.body)]
    assert frame.startswith(FRONT_URI + "?")
    assert parse_qs(urlsplit(frame).query) == {
        "own": ["1"],
        "iss": [rp.metadata["issuer"]],
        "sid": [tokens["claims"]["sid"]],
    }
    assert "frame-src https://rp.example.org" in answer.headers["content-security-policy"]
    assert after_logout(rp, answer) == (LOGOUT_URI, {"state": "a state"})
    assert signed_out(rp)


def test_session_management(party: Parties, caller: Caller) -> None:
    """session_state is hash.salt, is the same while the person stays, and another one after they left."""
    rp = party(post_logout_redirect_uris=[LOGOUT_URI])
    first = rp.authorize()
    hint = rp.tokens(first)["id_token"]
    assert re.fullmatch(r"[A-Za-z0-9_=-]+\.[A-Za-z0-9_-]+", first["session_state"])
    frame = caller.get(rp.path("check_session_iframe"))
    assert (frame.status, frame.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert "x-frame-options" not in frame.headers
    before = dict(rp.browser.cookies)
    assert any("state" in name.lower() or "session" in name.lower() for name in before)
    leave(rp, id_token_hint=hint, post_logout_redirect_uri=LOGOUT_URI)
    assert rp.browser.cookies != before
    # Section 2: what the frame computes is hash.salt, of another state from now on.
    rp.go_on(rp.begin())
    assert rp.browser.cookies != before
    assert rp.authorize()["session_state"] != first["session_state"]


@pytest.fixture
def receiver(stack: LocalStack, origin: Origin) -> Iterator[Receiver]:
    stack.later.forget()
    receiver = Receiver(origin, "/certification/logout")
    receiver.answer("200 OK")
    yield receiver
    stack.later.forget()


def test_backchannel_rp_initiated_logout(party: Parties, stack: LocalStack, receiver: Receiver) -> None:
    rp = party(
        post_logout_redirect_uris=[LOGOUT_URI],
        backchannel_logout_uri=receiver.uri,
        backchannel_logout_session_required=True,
    )
    tokens = rp.tokens(rp.authorize())
    leave(rp, id_token_hint=tokens["id_token"], post_logout_redirect_uri=LOGOUT_URI)
    stack.later.run(time.time() + 1)
    (text,) = receiver.tokens
    token = JWT(jwt=text, key=rp.keys(), algs=["RS256"], check_claims={})
    claims = json.loads(token.claims)
    assert json.loads(token.header).get("typ", "logout+jwt") == "logout+jwt"
    assert claims["iss"] == rp.metadata["issuer"]
    assert claims["aud"] in (rp.client_id, [rp.client_id])
    assert claims["sid"] == tokens["claims"]["sid"]
    assert claims.get("sub", tokens["claims"]["sub"]) == tokens["claims"]["sub"]
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims
    assert isinstance(claims["jti"], str)
    assert claims["iat"] <= claims["exp"]
    assert signed_out(rp)


def test_redirect_uri_is_of_no_use_for_logout(signed_in: tuple[RelyingParty, str]) -> None:
    rp, hint = signed_in
    assert leave(rp, id_token_hint=hint, post_logout_redirect_uri=REDIRECT_URI).status == 400
