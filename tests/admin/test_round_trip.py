"""What is exported is what is parsed, for any record that can be registered."""

import json
from typing import Any

import pytest
from hypothesis import assume, example, given, reject
from hypothesis import strategies as st

from chalicelib.accounts.password import normalize_login
from chalicelib.accounts.user import User
from chalicelib.administration.client_document import check_client
from chalicelib.administration.refusals import AdministrationRefused
from chalicelib.administration.registry import Registered
from chalicelib.administration.resource_servers import changed_resource_server
from chalicelib.administration.user_claims import changed_claims
from chalicelib.administration.users import checked_login
from chalicelib.aws.attribute_values import from_item, to_item
from chalicelib.aws.records import to_members, to_record, to_set_members
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.supported import CLIENT_AUTH_METHODS, CONTENT_ENCRYPTIONS
from chalicelib.record import replace
from infra.admin.export_lines import ExportRefused, export_lines, parse_export
from tests.support.properties import ANY_TEXT, JSON, UNICODE
from tests.support.tenant import hash_of

URIS = st.lists(
    st.sampled_from(["https://a.example/", "https://b.example/?x=1", "http://127.0.0.1/"]), unique=True
)
WORDS = st.lists(st.sampled_from(["openid", "read", "a:b", "write"]), unique=True).map(tuple)
NAMES = UNICODE.filter(lambda text: bool(text.strip()))
RESOURCES: Any = st.none() | st.lists(st.sampled_from(["urn:a", "https://a.example/"]), unique=True).map(
    tuple
)


@st.composite
def clients(draw: st.DrawFn) -> Client:
    """Any client that can be registered."""
    method: Any = draw(st.sampled_from(CLIENT_AUTH_METHODS))
    secret = method.startswith("client_secret")
    by_keys: Any = draw(
        st.sampled_from(
            [{"jwks": {"keys": [{"kty": "EC", "crv": "P-256"}]}}, {"jwks_uri": "https://a.example/k"}]
        )
    )
    secrets = draw(st.integers(1, 2)) if secret else 0
    client = Client(
        client_id=draw(st.text("abc-_.~ ", min_size=1, max_size=20)),
        client_name=draw(NAMES),
        token_endpoint_auth_method=method,
        registration=draw(st.sampled_from(["operator", "dynamic", "metadata_document"])),
        application_type=draw(st.sampled_from(["web", "native"])),
        client_id_issued_at=draw(st.integers(0, 2**33)),
        client_secret_hashes=(hash_of("a"), hash_of("b"))[:secrets],
        client_secret_ciphertexts=("YQ==", "Yg==")[:secrets] if method == "client_secret_jwt" else (),
        former_secrets_expire_at=draw(st.none() | st.integers(1, 2**33)) if secret else None,
        redirect_uris=tuple(draw(URIS)),
        post_logout_redirect_uris=tuple(draw(URIS)),
        grant_types=draw(
            st.sampled_from([(), ("authorization_code",), ("refresh_token", "client_credentials")])
        ),
        response_types=draw(st.sampled_from([(), ("code",)])),
        scope=draw(WORDS),
        client_uri=draw(st.none() | st.just("https://a.example")),
        id_token_signed_response_alg=draw(st.sampled_from(["RS256", "ES256"])),
        introspection_signed_response_alg=draw(st.sampled_from(["RS256", "PS256", "EdDSA"])),
        resources=draw(RESOURCES) or (),
        allowed_resources=draw(RESOURCES),
        logo_uri=draw(st.none() | st.just("https://a.example/logo.png")),
        contacts=draw(st.sampled_from([(), ("ada@example.com",)])),
        software_id=draw(st.none() | NAMES),
        software_statement=draw(st.none() | st.just("a.b.c")),
        localized=draw(st.sampled_from([{}, {"client_name#fr": "É", "tos_uri#pt-BR": "https://a.example"}])),
        registration_access_token_hashes=draw(st.sampled_from([(), (hash_of("a"),)])),
        expires_at=draw(st.none() | st.integers(1, 2**33)),
        rotate_refresh_tokens=draw(st.none() | st.booleans()),
        subject_type=draw(st.sampled_from(["public", "pairwise"])),
        sector_identifier_uri=draw(st.none() | st.just("https://a.example/sector")),
        userinfo_signed_response_alg=draw(st.sampled_from([None, "ES256", "none"])),
        request_object_signing_alg=draw(st.sampled_from([None, "none"])),
        request_object_encryption_alg=(alg := draw(st.sampled_from([None, "ECDH-ES"]))),
        request_object_encryption_enc=draw(st.sampled_from(CONTENT_ENCRYPTIONS)) if alg else None,
        request_uris=draw(st.sampled_from([(), ("https://a.example/r#hash",)])),
        default_max_age=draw(st.none() | st.integers(0, 86_400)),
        require_auth_time=draw(st.booleans()),
        default_acr_values=draw(st.sampled_from([(), ("b", "a")])),
        initiate_login_uri=draw(st.none() | st.just("https://a.example/login")),
        backchannel_logout_uri=draw(st.none() | st.just("https://a.example/out")),
        backchannel_logout_session_required=draw(st.booleans()),
        frontchannel_logout_session_required=draw(st.booleans()),
        **(by_keys if method == "private_key_jwt" else {}),
    )
    try:
        check_client(client, migration=())
    except AdministrationRefused:
        reject()
    return client


@st.composite
def resource_servers(draw: st.DrawFn) -> ResourceServer:
    """Any resource server that can be registered."""
    document: dict[str, Any] = {
        "resource_name": draw(NAMES),
        "scopes": draw(st.dictionaries(st.text("abc:.", min_size=1), NAMES, max_size=3)),
        "access_token_lifetime": draw(st.none() | st.integers(1, 86_400)),
        "access_token_signing_alg": draw(st.sampled_from(["ES256", "RS256", "PS256", "EdDSA"])),
        "access_token_format": draw(st.sampled_from(["jwt", "opaque"])),
        "authorization_details_types": draw(
            st.dictionaries(
                st.text("abc:", min_size=1), st.just({"type": "object", "maxProperties": 1}), max_size=3
            )
        ),
    }
    resource = draw(st.sampled_from(["urn:a", "https://a.example/", "https://b.example/x?y"]))
    return changed_resource_server(ResourceServer(resource=resource, resource_name=""), document)


@st.composite
def users(draw: st.DrawFn) -> User:
    """Any person that can be made."""
    try:
        claims = changed_claims({}, draw(st.dictionaries(UNICODE, JSON, max_size=4)))
        login = draw(st.none() | UNICODE.map(checked_login))
    except AdministrationRefused:
        reject()
    return User(
        sub=draw(st.text("abc|", min_size=1)), login=login, claims=claims, disabled=draw(st.booleans())
    )


OWNERS = st.none() | st.just("arn:aws:cloudformation:eu-central-1:1:stack/app/1 Client")


@given(st.data())
def test_what_is_exported_is_what_is_parsed(data: st.DataObject) -> None:
    servers = {one.resource: one for one in data.draw(st.lists(resource_servers(), max_size=2))}
    apps = {one.client_id: one for one in data.draw(st.lists(clients(), max_size=3))}
    people = {one.sub: one for one in data.draw(st.lists(users(), max_size=3))}
    logins = [one.login for one in people.values() if one.login]
    assume(len(set(logins)) == len(logins))
    owner = data.draw(OWNERS)
    lines = list(
        export_lines(
            issuer="https://a.example",
            secrets_key="arn:aws:kms:a",
            resource_servers=[Registered(record=one, owner=owner) for one in servers.values()],
            clients=[Registered(record=one, owner=owner) for one in apps.values()],
            trusted_issuers=(),
            users=[Registered(record=one) for one in people.values()],
            password_hashes={},
            now=1,
        )
    )
    assert all("\n" not in line for line in lines)
    parsed = parse_export(lines)
    assert parsed.secrets_key == "arn:aws:kms:a"
    assert {name: one.record for name, one in parsed.resource_servers.items()} == servers
    assert {name: one.record for name, one in parsed.clients.items()} == apps
    assert {name: one.record for name, one in parsed.users.items()} == people
    assert {one.owner for one in parsed.clients.values()} <= {owner}
    assert {one.owner for one in parsed.resource_servers.values()} <= {owner}
    for one in (*servers.values(), *apps.values(), *people.values()):
        assert to_record(type(one), from_item(to_item(to_members(one)))) == one
        assert to_record(type(one), from_item(to_item(to_set_members(one)))) == one


@given(UNICODE)
@example("ﬃ İ ǰ ΐ ẞ ͅ")
def test_a_login_name_that_is_kept_is_kept_as_it_is(text: str) -> None:
    assert normalize_login(normalize_login(text)) == normalize_login(text)


@given(st.lists(ANY_TEXT | JSON.map(json.dumps), max_size=4))
def test_any_file_is_parsed_or_refused_in_sentences(lines: list[str]) -> None:
    first = '{"keyturn_export":{"format":1}}'
    for text in (lines, [first, *lines], [first, *(f'{{"client":{line}}}' for line in lines)]):
        with pytest.raises(ExportRefused, match=r"line \d+: "):
            parse_export(text)


KINDS = st.sampled_from(["client", "user", "resource_server"])
MEMBERS = st.sampled_from(
    [
        *("client_id", "sub", "resource", "claims", "disabled", "login", "scopes", "jwks"),
        *("client_secret_hashes", "client_secret_ciphertexts"),
    ]
)


@given(KINDS, st.dictionaries(MEMBERS, JSON, max_size=5))
def test_any_record_is_parsed_or_refused_in_sentences(kind: str, members: dict[str, Any]) -> None:
    lines = ['{"keyturn_export":{"format":1}}', json.dumps({kind: members})]
    with pytest.raises(ExportRefused, match=r"line \d+: "):
        parse_export(lines)


def test_a_login_name_stands_there_once() -> None:
    user = Registered(record=User(sub="a", login="a@example.com"))
    two = Registered(record=replace(user.record, sub="b"))
    twice = export_lines(
        issuer="a",
        secrets_key="arn:aws:kms:a",
        resource_servers=[],
        clients=[],
        trusted_issuers=[],
        users=[user, two],
        password_hashes={},
        now=1,
    )
    with pytest.raises(ExportRefused, match="twice"):
        parse_export(list(twice))
