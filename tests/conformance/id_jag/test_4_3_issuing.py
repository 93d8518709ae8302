"""draft-ietf-oauth-identity-assertion-authz-grant-04 section 4.3: grants for other authorization servers."""

from typing import Any

import pytest

from chalicelib.protocol.supported import TOKEN_EXCHANGE
from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp, unverified, verified
from tests.support.exchange import ACCESS_TOKEN, ID_JAG, ID_TOKEN, REFRESH_TOKEN
from tests.support.forged_tokens import FORGED
from tests.support.forgery import resign_as_server
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

CHAT = "https://chat.example"
FILES = "https://chat.example/files"
AUDIENCES = {
    CHAT: {
        "client_id": "wiki-at-chat",
        "scope": "chat.read chat.history",
        "resources": [FILES],
        "email": True,
    },
    "https://quiet.example": {"client_id": "wiki-at-quiet"},
}
SCOPE = "openid email offline_access read"


class Wiki:
    """An app of ours that calls another company's, and the tokens of a person at it."""

    def __init__(self, here: Visit) -> None:
        self.here = here
        self.tokens: dict[str, Any] = here.app.redeem(here.code(scope=SCOPE, resource=API)).json

    def ask(self, token: str | None = None, **changes: Any) -> Answer:
        fields = {
            "grant_type": TOKEN_EXCHANGE,
            "requested_token_type": ID_JAG,
            "audience": CHAT,
            "subject_token": token or self.tokens["id_token"],
            "subject_token_type": ID_TOKEN,
            **changes,
        }
        return self.here.app.token({name: value for name, value in fields.items() if value is not None})


@pytest.fixture
def wiki(caller: Caller, tenant: Tenant) -> Wiki:
    client = tenant.client(
        grant_types=(TOKEN_EXCHANGE, "authorization_code", "refresh_token"), id_jag_audiences=AUDIENCES
    )
    return Wiki(visit(caller, tenant, client))


@spec("ID-JAG-4.3")
def test_an_id_token_is_exchanged_for_a_grant_elsewhere(caller: Caller, wiki: Wiki) -> None:
    answer = wiki.ask(resource=FILES)
    assert answer.status == 200, answer.body
    grant = answer.json["access_token"]
    header, claims = unverified(grant)
    assert (header["typ"], header["alg"]) == ("oauth-id-jag+jwt", "RS256")
    assert verified(grant, caller, audience=CHAT) == claims
    said = unverified(wiki.tokens["id_token"])[1]
    expected: dict[str, Any] = {
        "iss": caller.issuer,
        "sub": wiki.here.person.sub,
        "aud": CHAT,
        "client_id": "wiki-at-chat",
        "resource": FILES,
        "scope": "chat.read chat.history",
        "email": "ada@example.com",
        "email_verified": True,
        **{name: said[name] for name in ("auth_time", "acr", "amr") if name in said},
    }
    made = {name: claims[name] for name in ("jti", "iat", "exp")}
    assert claims == expected | made
    assert claims["exp"] - claims["iat"] == answer.json["expires_in"] <= 300
    assert answer.json == {
        "access_token": grant,
        "issued_token_type": ID_JAG,
        "token_type": "N_A",
        "expires_in": answer.json["expires_in"],
        "scope": "chat.read chat.history",
    }


@spec("ID-JAG-4.3")
def test_a_refresh_token_is_taken_as_well_and_not_spent(wiki: Wiki) -> None:
    for _ in range(2):
        answer = wiki.ask(wiki.tokens["refresh_token"], subject_token_type=REFRESH_TOKEN, scope="chat.read")
        assert answer.status == 200, answer.body
        claims = unverified(answer.json["access_token"])[1]
        assert (claims["sub"], claims["scope"]) == (wiki.here.person.sub, "chat.read")
        assert "auth_time" in claims
    assert wiki.here.app.refresh(wiki.tokens["refresh_token"]).status == 200


@spec("ID-JAG-4.3")
def test_no_more_is_said_than_the_clients_record_allows(wiki: Wiki) -> None:
    claims = unverified(wiki.ask(audience="https://quiet.example").json["access_token"])[1]
    assert not {"scope", "resource", "email"} & set(claims)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no audience": ({"audience": None}, "invalid_request", "audience_malformed"),
    "two audiences": ({"audience": [CHAT, "https://quiet.example"]}, "invalid_request", "audience_malformed"),
    "an audience nobody allowed": (
        {"audience": "https://other.example"}, "invalid_target", "audience_not_allowed",
    ),
    "an audience with a slash more": ({"audience": CHAT + "/"}, "invalid_target", "audience_not_allowed"),
    "a resource nobody allowed": ({"resource": API}, "invalid_target", "resource_not_allowed"),
    "a scope nobody allowed": ({"scope": "chat.read admin"}, "invalid_scope", "scope_not_allowed"),
    "the ID token as an access token": (
        {"subject_token_type": ACCESS_TOKEN}, "invalid_request", "subject_token_type",
    ),
    "the ID token as a refresh token": (
        {"subject_token_type": REFRESH_TOKEN}, "invalid_request", "refresh_token_malformed",
    ),
}  # fmt: skip


@spec("ID-JAG-4.3.4")
@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_is_refused(
    wiki: Wiki, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, error, reason = REFUSED[case]
    capsys.readouterr()
    with nothing_written(stack):
        answer = wiki.ask(**changes)
    assert_json_error(answer, error)
    assert last_log(capsys, wiki.tokens["id_token"], SECRET)["reason"] == reason


@spec("ID-JAG-4.3.3")
@pytest.mark.parametrize("case", FORGED)
def test_a_forged_id_token_is_refused(
    caller: Caller, wiki: Wiki, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    forged = FORGED[case](caller, wiki.tokens["id_token"])
    capsys.readouterr()
    assert_json_error(wiki.ask(forged), "invalid_request")
    assert last_log(capsys)["reason"] == "token_malformed"


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"exp": 1}, "token_expired"),
    "without an end": ({"exp": None}, "token_expired"),
    "without a beginning": ({"iat": None}, "token_expired"),
    "for another client": ({"aud": "client-0"}, "token_of_another"),
    "for several": ({"aud": ["client-0"]}, "token_of_another"),
    "about nobody": ({"sub": None}, "token_malformed"),
    "about somebody who is gone": ({"sub": "nobody"}, "token_revoked"),
}


@spec("ID-JAG-4.3.3")
@pytest.mark.parametrize("case", CLAIMS)
def test_an_id_token_that_does_not_count_is_refused(
    caller: Caller, wiki: Wiki, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = CLAIMS[case]
    token = resign_as_server(caller, wiki.tokens["id_token"], **changes)
    capsys.readouterr()
    assert_json_error(wiki.ask(token), "invalid_request")
    assert last_log(capsys, token)["reason"] == reason


@spec("ID-JAG-4.3")
def test_there_is_no_actor(wiki: Wiki, capsys: pytest.CaptureFixture[str]) -> None:
    answer = wiki.ask(actor_token=wiki.tokens["access_token"], actor_token_type=ACCESS_TOKEN)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys)["reason"] == "audience_malformed"


@spec("ID-JAG-9.3")
def test_this_server_is_no_audience_whatever_the_record_says(
    caller: Caller, tenant: Tenant, wiki: Wiki
) -> None:
    own = {caller.issuer: {"client_id": "wiki"}}
    client = tenant.client(grant_types=wiki.here.app.client.grant_types, id_jag_audiences=own)
    own_wiki = Wiki(visit(caller, tenant, client))
    assert_json_error(own_wiki.ask(audience=caller.issuer), "invalid_target")


@spec("ID-JAG-9.1")
def test_a_public_client_gets_none(caller: Caller, tenant: Tenant, wiki: Wiki) -> None:
    public = ClientApp(tenant.public_client(grant_types=(TOKEN_EXCHANGE,)), caller)
    fields = {"grant_type": TOKEN_EXCHANGE, "requested_token_type": ID_JAG, "audience": CHAT}
    fields |= {"subject_token": wiki.tokens["id_token"], "subject_token_type": ID_TOKEN}
    assert_json_error(public.token(fields), "unauthorized_client")


@spec("ID-JAG-7")
def test_the_metadata_tells_of_both_sides(caller: Caller) -> None:
    metadata = caller.get("/.well-known/oauth-authorization-server").json
    assert metadata["identity_chaining_requested_token_types_supported"] == [ID_JAG]
    assert metadata["authorization_grant_profiles_supported"] == [
        "urn:ietf:params:oauth:grant-profile:id-jag"
    ]
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" in metadata["grant_types_supported"]
