"""What comes next in an authorization: who signed in, how, and whom the client expects."""

import json

import pytest

from chalicelib.accounts.session import Session
from chalicelib.protocol.authentication_request import parse_authentication_request
from chalicelib.protocol.authorization_request import AuthorizationRequest
from chalicelib.protocol.authorization_step import Step, next_step
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import LoginRequired, UnmetAuthenticationRequirements
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.redirect_uri import RedirectTarget
from chalicelib.protocol.subject import Subjects

NOW = 1_800_000_000
HERE = "the interaction under way"
CLIENT = Client(client_id="client", client_name="Client", token_endpoint_auth_method="none")
ESSENTIAL = json.dumps({"id_token": {"acr": {"essential": True, "value": "urn:keyturn:acr:pwd"}}})


def request_of(scope: tuple[str, ...] = ("openid",), **parameters: str) -> AuthorizationRequest:
    given = Parameters({name: (value,) for name, value in parameters.items()})
    return AuthorizationRequest(
        **vars(parse_authentication_request(given, CLIENT)),
        client=CLIENT,
        response_type=frozenset({"code"}),
        target=RedirectTarget("https://app.example.com/callback", None, "https://login.example.com"),
        redirect_uri="https://app.example.com/callback",
        scope=scope,
        servers=(),
        code_challenge=None,
    )


def session_of(*amr: str) -> Session:
    return Session(
        session_hash="hash",
        sub="person",
        sid="sid",
        auth_time=NOW,
        amr=amr,
        exp=NOW + 9,
        idle_exp=NOW + 9,
        login_interaction=HERE,
    )


def step(
    request: AuthorizationRequest,
    session: Session,
    *,
    interaction: str | None = None,
    expected: frozenset[str] | None = None,
) -> Step:
    return next_step(
        request,
        session=session,
        consent=None,
        expected=expected,
        subjects=Subjects(bytes),
        interaction=interaction,
        now=NOW,
    )


@pytest.mark.parametrize(
    "request_",
    [request_of(claims=ESSENTIAL), request_of(scope=("read",), acr_values="phr urn:keyturn:acr:pwd")],
)
def test_a_sign_in_of_another_class_is_made_again_and_then_refused(request_: AuthorizationRequest) -> None:
    """Today there is one class; a session of another kind is what another sign-in would make."""
    assert step(request_, session_of("pwd")) is Step.CONSENT
    for amr in ((), ("swk",)):
        weak = session_of(*amr)
        assert step(request_, weak) is Step.LOGIN
        assert step(request_, weak, interaction="another") is Step.LOGIN
        with pytest.raises(UnmetAuthenticationRequirements):
            step(request_, weak, interaction=HERE)


def test_silently_it_is_login_required_as_signing_in_would_help() -> None:
    with pytest.raises(LoginRequired) as refused:
        step(request_of(claims=ESSENTIAL, prompt="none"), session_of("swk"))
    assert refused.value.reason == "acr_unmet"


def test_a_wish_makes_nobody_sign_in_again() -> None:
    wished = json.dumps({"id_token": {"acr": {"value": "urn:keyturn:acr:pwd"}}})
    for request in (request_of(claims=wished), request_of(acr_values="urn:keyturn:acr:pwd")):
        assert step(request, session_of("swk")) is Step.CONSENT


def test_whom_the_client_expects_signs_in_or_nobody() -> None:
    session = session_of("pwd")
    assert step(request_of(), session, expected=frozenset({"person", "another"})) is Step.CONSENT
    for expected in (frozenset({"another"}), frozenset[str]()):
        assert step(request_of(), session, expected=expected) is Step.LOGIN
        with pytest.raises(LoginRequired):
            step(request_of(), session, expected=expected, interaction=HERE)
