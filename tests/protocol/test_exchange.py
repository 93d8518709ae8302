"""Exchanging tokens: rules and parsers on their own, and on any input."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.trusted_issuers import changed_trusted_issuer
from chalicelib.protocol.access_token_request import AccessTokenRequest
from chalicelib.protocol.assertion import Unacceptable
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_metadata import check_client_metadata
from chalicelib.protocol.client_rule import InvalidClientMetadata
from chalicelib.protocol.delegation import (
    MAX_ACTORS,
    Actor,
    DelegationRefused,
    acting,
    actor_chain,
    check_may_act,
)
from chalicelib.protocol.exchange import TokenExchanger, carried_scope, exchange
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.on_behalf_of import on_behalf_of_targets
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.resource_server_metadata import check_resource_server
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.subject_token import Subject
from chalicelib.protocol.supported import JWT_BEARER, OPENID_SCOPES, TOKEN_EXCHANGE
from chalicelib.protocol.trusted_issuer import TrustedIssuer, check_trusted_issuer
from chalicelib.record import replace
from tests.support.properties import ANY_TEXT, JSON
from tests.support.traceability import spec

OWN = "https://issuer.example"
B = "https://b.example/"
SERVER = ResourceServer(resource=B, resource_name="B", scopes={"b": "B"}, exchange_clients=("api",))
API = Client(
    client_id="api",
    client_name="API",
    token_endpoint_auth_method="client_secret_basic",
    client_secret_hashes=("a hash",),
    grant_types=(TOKEN_EXCHANGE, JWT_BEARER),
    response_types=(),
    exchange_audiences=(B,),
)


class Servers:
    def get(self, resource: str) -> ResourceServer | None:
        return SERVER if resource == B else None


@spec("RFC8693-2.1")
def test_what_stems_from_no_grant_is_not_exchanged() -> None:
    unused: Any = None
    issuer = TokenIssuer(
        settings=Settings(issuer=OWN),
        resource_servers=Servers(),
        signer=unused,
        opaque_tokens=unused,
        random=unused,
        subjects=unused,
        users=unused,
    )
    exchanger = TokenExchanger(issuer=issuer, subject_tokens=unused, assertions=unused, grants=unused)
    request = AccessTokenRequest(
        grant_type=TOKEN_EXCHANGE, client=API, parameters=Parameters({}), scope=None, resources=(B,), now=1
    )
    with pytest.raises(Unacceptable) as refused:
        exchange(
            request,
            Subject(sub="ada", issuer=OWN, exp=100),
            actor=None,
            resources=(B,),
            scope=None,
            exchanger=exchanger,
        )
    assert refused.value.reason == "token_of_no_person"


@given(claims=st.fixed_dictionaries({"act": JSON}))
def test_any_act_is_a_chain_or_refused(claims: dict[str, Any]) -> None:
    chain, depth = None, 0
    with suppress(DelegationRefused):
        chain = actor_chain(claims, issuer="https://other.example", own=OWN)
    while chain:
        depth += 1
        assert set(chain) <= {"iss", "sub", "act"}
        assert chain["sub"]
        assert chain.get("iss") != OWN
        chain = chain.get("act")
    assert depth <= MAX_ACTORS


@given(names=st.lists(st.text("abc", min_size=1, max_size=3), max_size=MAX_ACTORS - 1))
def test_who_acts_comes_first_and_nobody_gets_lost(names: list[str]) -> None:
    chain = None
    for name in names:
        chain = acting(Actor(sub=name, issuer=OWN), chain, own=OWN)
    told = []
    while chain:
        told.append(chain["sub"])
        chain = chain.get("act")
    assert told == names[::-1]


@given(may_act=JSON.filter(lambda value: value is not None))
def test_any_may_act_but_the_actors_own_is_refused(may_act: Any) -> None:
    actor = Actor(sub="api", issuer=OWN, client_id="api")
    with pytest.raises(DelegationRefused):
        check_may_act({"may_act": may_act}, actor, issuer=OWN)


@given(
    scope=st.none()
    | st.lists(ANY_TEXT | st.sampled_from([*OPENID_SCOPES, B + "b", B + ".default", ".default"])),
    resources=st.lists(ANY_TEXT, max_size=2),
)
def test_any_scope_of_entras_form_is_read(scope: list[str] | None, resources: list[str]) -> None:
    asked, values = on_behalf_of_targets(
        None if scope is None else tuple(scope),
        resources=tuple(resources),
        audiences=(B, "https://b.example/b"),
    )
    assert set(asked) <= {*resources, B, "https://b.example/b"}
    assert values is None or (values and not set(values) & {*OPENID_SCOPES, ".default"})


ENTRA: dict[str, tuple[str, tuple[str, ...], tuple[str, ...] | None]] = {
    "the longest API counts": (B + "v2/read", (B + "v2",), ("read",)),
    "the shorter, where it is that": (B + "read", (B,), ("read",)),
    "an API alone is no scope of it": (B, (), (B,)),
    "one that only begins so": ("https://b.example.evil/read", (), ("https://b.example.evil/read",)),
    "two scopes of one": (f"{B}a {B}c", (B,), ("a", "c")),
    "all beside one": (f"{B}.default {B}c", (B,), None),
}


@pytest.mark.parametrize("case", ENTRA)
def test_scope_names_the_api_in_entras_form(case: str) -> None:
    scope, resources, values = ENTRA[case]
    audiences = (B, B + "v2")
    assert on_behalf_of_targets(tuple(scope.split()), resources=(), audiences=audiences) == (
        resources,
        values,
    )


@given(
    carried=st.lists(st.sampled_from("abcd")),
    mapping=st.dictionaries(st.sampled_from("xy"), st.lists(st.sampled_from("abcd"), min_size=1).map(tuple)),
)
def test_no_scope_comes_of_nothing(carried: list[str], mapping: dict[str, tuple[str, ...]]) -> None:
    server = replace(SERVER, scopes={"x": "X", "y": "Y", "a": "A"}, exchange_scopes=mapping)
    for scope in carried_scope(None, carried=tuple(carried), servers=(server,)):
        assert set(mapping.get(scope, (scope,))) & set(carried)


TRUSTED = TrustedIssuer(
    issuer="https://idp.example", issuer_name="IdP", jwks_uri="https://idp.example/jwks", scope=("read",)
)
UNTRUSTED: dict[str, tuple[dict[str, Any], str]] = {
    "no issuer": ({"issuer": ""}, "issuer"),
    "a long issuer": ({"issuer": "a" * 513}, "issuer"),
    "an issuer in other letters": ({"issuer": "ключ"}, "issuer"),
    "an issuer that ends another's names": ({"issuer": "https://a.example|b"}, "issuer has no"),
    "no name": ({"issuer_name": " "}, "issuer_name"),
    "no keys": ({"jwks_uri": None}, "one of both"),
    "keys twice": ({"jwks": {"keys": []}}, "one of both"),
    "keys at no URL": ({"jwks_uri": "ftp://idp.example"}, "jwks_uri"),
    "no algorithm": ({"algorithms": ()}, "algorithms"),
    "HS256": ({"algorithms": ("HS256",)}, "algorithms"),
    "none": ({"algorithms": ("none",)}, "algorithms"),
    "another mapping": ({"subject": "any"}, "subject"),
    "no claim": ({"subject_claim": ""}, "subject_claim"),
    "an empty audience": ({"audiences": ("",)}, "audiences"),
    "no lifetime": ({"max_lifetime": 0}, "max_lifetime"),
    "two hours": ({"max_lifetime": 7200}, "max_lifetime"),
    "scope of OpenID": ({"scope": ("openid",)}, "OpenID"),
    "a scope in quotes": ({"scope": ('"',)}, "scope"),
    "grants and software": ({"id_jag": True, "software_statements": True}, "exclude each other"),
}


@pytest.mark.parametrize("case", UNTRUSTED)
def test_an_issuer_is_not_trusted_with_that(case: str) -> None:
    check_trusted_issuer(TRUSTED)
    changes, words = UNTRUSTED[case]
    with pytest.raises(ValueError, match=words):
        check_trusted_issuer(replace(TRUSTED, **changes))


def test_members_of_an_issuer_are_of_their_types() -> None:
    assert changed_trusted_issuer(TRUSTED, {"scope": None}).scope == ()
    for document in ({"jwks": {"keys": [{"d": "x"}]}}, {"clients": "a"}, {"id_jag": "yes"}, {"x": 1}):
        with pytest.raises(InvalidMember):
            changed_trusted_issuer(TRUSTED, document)


ENTRY = {"client_id": "a", "scope": "x y", "resources": ["https://x.example"], "email": True}
CLIENTS: dict[str, tuple[dict[str, Any], str]] = {
    "a public client that exchanges": (
        {"token_endpoint_auth_method": "none", "client_secret_hashes": ()}, "authenticate",
    ),
    "a target that is no URI": ({"exchange_audiences": ("b",)}, "token exchange"),
    "another's tokens that is no URI": ({"exchange_subject_audiences": ("b",)}, "token exchange"),
    "an issuer that is no URL": ({"id_jag_audiences": {"chat": ENTRY}}, "https URL"),
    "an issuer at no address": ({"id_jag_audiences": {"https://[::1": ENTRY}}, "https URL"),
    "an issuer with a query": ({"id_jag_audiences": {"https://chat.example?a": ENTRY}}, "https URL"),
    "an entry that is none": ({"id_jag_audiences": {"https://chat.example": "a"}}, "entry"),
    "an unknown member": ({"id_jag_audiences": {"https://chat.example": {**ENTRY, "x": 1}}}, "entry"),
    **{
        f"a wrong {name}": (
            {"id_jag_audiences": {"https://chat.example": {**ENTRY, name: value}}}, "client_id",
        )
        for name, value in (("client_id", ""), ("scope", ["x"]), ("resources", "x"), ("email", "yes"))
    },
    "resources of other types": (
        {"id_jag_audiences": {"https://chat.example": {**ENTRY, "resources": [1]}}}, "resources",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CLIENTS)
def test_a_client_is_not_registered_with_that(case: str) -> None:
    check_client_metadata(replace(API, id_jag_audiences={"https://chat.example": ENTRY}))
    changes, words = CLIENTS[case]
    with pytest.raises(InvalidClientMetadata, match=words):
        check_client_metadata(replace(API, **changes))


@pytest.mark.parametrize("carriers", [{"c": ("a",)}, {"b": ()}, {"b": ("two words",)}], ids=str)
def test_a_resource_server_is_not_registered_with_that(carriers: dict[str, tuple[str, ...]]) -> None:
    check_resource_server(replace(SERVER, exchange_scopes={"b": ("a",)}))
    with pytest.raises(ValueError, match="exchange_scopes"):
        check_resource_server(replace(SERVER, exchange_scopes=carriers))
