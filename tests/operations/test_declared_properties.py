"""What a template may say, and the one sentence its author reads where it may not."""

import re
from typing import Any

import pytest

from chalicelib.administration import members
from chalicelib.administration.client_document import MEMBERS
from chalicelib.administration.clients import MAX_FORMER_SECONDS
from chalicelib.administration.declared_properties import declared_members
from chalicelib.administration.refusals import InvalidMember
from chalicelib.gateway.cloudformation import MAX_REASON
from tests.operations.conftest import Records, app_client, client, resource_server, trusted_issuer
from tests.support.cloudformation import CloudFormation

JWKS = {"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "1"}]}

REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a property there is none of": (client(colour="red"), "colour", "docs/clients.md"),
    "one misspelt": (client(redirect_uri="https://a.example/"), "redirect_uri", "mean redirect_uris?"),
    "one in CloudFormation's manner": (client(ClientName="App"), "ClientName", "Did you mean client_name?"),
    "one that is empty": (client(client_uri=""), "client_uri", "leave it out"),
    "no name": (client(client_name=" "), "client_name", "needed"),
    "text for a list": (app_client(redirect_uris="https://a.example/"), "redirect_uris", "a list"),
    "a list for text": (client(client_name=["a", "b"]), "client_name", "a string"),
    "a list of lists": (app_client(redirect_uris=[["https://a.example/"]]), "redirect_uris", "strings"),
    "something twice": (client(grant_types=["client_credentials"] * 2), "grant_types", "twice"),
    "neither true nor false": (client(rotate_refresh_tokens="yes"), "rotate_refresh_tokens", "true or false"),
    "true in capitals": (client(rotate_refresh_tokens="True"), "rotate_refresh_tokens", "true or false"),
    "a number in words": (client(former_secret_lifetime="a day"), "former_secret_lifetime", "whole number"),
    "half a number": (client(former_secret_lifetime="1.5"), "former_secret_lifetime", "whole number"),
    "a negative number": (client(former_secret_lifetime=-1), "former_secret_lifetime", "whole number"),
    "a number behind a zero": (client(former_secret_lifetime="060"), "former_secret_lifetime", "number"),
    "a number of another script": (client(former_secret_lifetime="٣"), "former_secret_lifetime", "number"),
    "a large number": (
        client(former_secret_lifetime=10**9), "former_secret_lifetime", str(MAX_FORMER_SECONDS),
    ),
    "a list for a number": (client(former_secret_lifetime=["1"]), "former_secret_lifetime", "0 to"),
    "a version that is a list": (client(secret_version=["1"]), "secret_version", "a number, or a word"),
    "a client_id with spaces": (client(client_id="a b"), "client_id", "letters, digits"),
    "a client_id of a path": (client(client_id="../other"), "client_id", "letters, digits"),
    "a client_id of a person's form": (client(client_id="9bR1tfdGdt3Y7cZPA6yQ4w"), "client_id", "a person's"),
    "a grant type not served": (client(grant_types=["saml"]), "grant_types", "client_credentials"),
    "an authentication not served": (
        client(token_endpoint_auth_method="tls_client_auth"), "token_endpoint_auth_method", "private_key_jwt",
    ),
    "no place to return to": (app_client(redirect_uris=[]), "redirect_uris", "needed"),
    "a place over http": (app_client(redirect_uris=["http://a.example/"]), "redirect_uris", "loopback"),
    "a place after signing out": (
        app_client(post_logout_redirect_uris=["http://a.example/"]), "post_logout_redirect_uris", "loopback",
    ),
    "an app's scheme": (app_client(redirect_uris=["com.example:/"]), "redirect_uris", "application_type"),
    "a public service": (client(token_endpoint_auth_method="none"), "grant_types", "authenticate"),
    "keys and no keys": (client(token_endpoint_auth_method="private_key_jwt"), "jwks", "needed"),
    "keys twice": (
        client(
            token_endpoint_auth_method="private_key_jwt", jwks=JWKS, jwks_uri="https://a.example/",
        ), "jwks", "one of both",
    ),
    "keys that are none": (
        client(token_endpoint_auth_method="private_key_jwt", jwks={"keys": "x"}), "jwks", "JWKs",
    ),
    "a private key": (
        client(token_endpoint_auth_method="private_key_jwt", jwks={"keys": [{"kty": "EC", "d": "d"}]}),
        "jwks", "public keys alone",
    ),
    "a scope value twice": (client(scope="read read"), "scope", "twice"),
    "a resource that is no URI": (client(allowed_resources=["api"]), "allowed_resources", "absolute URI"),
    "an algorithm": (client(id_token_signed_response_alg="HS1"), "id_token_signed_response_alg", "RS256"),
    "no resource": ({"Type": "Custom::KeyturnResourceServer"}, "resource", "https://api.example.com/"),
    "a resource that is a path": (resource_server("/api"), "resource", "absolute URI"),
    "a resource that is long": (resource_server("https://a.example/" + "a" * 1024), "resource", "identifier"),
    "scopes without words": (resource_server("urn:a", scopes=["read"]), "scopes", "words a person reads"),
    "a scope with empty words": (resource_server("urn:a", scopes={"read": " "}), "scopes", "words"),
    "a scope of two words": (resource_server("urn:a", scopes={"re ad": "Read"}), "scopes", "one word"),
    "a scope of OpenID's": (resource_server("urn:a", scopes={"openid": "You"}), "scopes", "OpenID"),
    "a format there is none of": (
        resource_server("urn:a", access_token_format="xml"), "access_token_format", "jwt, opaque",
    ),
    "a schema that is text": (
        resource_server("urn:a", authorization_details_types={"a": "true"}),
        "authorization_details_types", "objects",
    ),
    "types that are text": (
        resource_server("urn:a", authorization_details_types="a"), "authorization_details_types", "objects",
    ),
    "a schema's keyword misspelt": (
        resource_server("urn:a", authorization_details_types={"a": {"type": "object", "items": [{}]}}),
        "items", "a schema is an object",
    ),
    "a length in words": (
        resource_server("urn:a", authorization_details_types={"a": {"type": "object", "maxLength": "a"}}),
        "maxLength", "can't have",
    ),
    "a lifetime of days": (
        resource_server("urn:a", access_token_lifetime=86_401), "access_token_lifetime", "86400",
    ),
    "a lifetime in words": (
        resource_server("urn:a", access_token_lifetime="1h"), "access_token_lifetime", "whole number",
    ),
    "a client's property": (resource_server("urn:a", scope="read"), "scope", "Did you mean scopes?"),
    "no issuer": ({"Type": "Custom::KeyturnTrustedIssuer"}, "issuer", "its assertions have in iss"),
    "an issuer that is long": (trusted_issuer("https://a.example/" + "a" * 512), "issuer", "in iss"),
    "an issuer without a name": (trusted_issuer("https://a.example", issuer_name=" "), "issuer_name", "need"),
    "an issuer of a word for itself": (trusted_issuer("https://a.example|b"), "issuer", "people's names"),
    "its keys twice": (
        trusted_issuer("https://a.example", jwks=JWKS, jwks_uri="https://a.example/"), "jwks", "one of both",
    ),
    "a scope of OpenID's for it": (trusted_issuer("https://a.example", scope="openid"), "scope", "sign in"),
    "neither grants nor statements": (
        trusted_issuer("https://a.example", id_jag="yes"), "id_jag", "true or false",
    ),
    "a type there is none of": ({"Type": "Custom::KeyturnScope"}, "Custom::KeyturnScope", "only Custom::"),
}  # fmt: skip


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_property_fails_the_stack_with_a_sentence_that_names_it(
    app: CloudFormation, case: str
) -> None:
    resource, name, way_out = REFUSED[case]
    assert app.create({"One": resource}) == "ROLLBACK_COMPLETE"
    (reason,) = app.reasons
    assert re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", reason), reason
    assert way_out in reason
    assert reason[0].isalnum()
    assert reason.endswith((".", "?"))
    assert len(reason) < 600


@pytest.mark.usefixtures("nothing_left")
def test_an_update_to_wrong_properties_is_rolled_back_and_says_why(
    app: CloudFormation, records: Records
) -> None:
    app.create({"Api": resource_server("urn:declared-api"), "Spa": app_client()})
    before = records.ids()
    wrong = {"Api": resource_server("urn:declared-api", scopes={}), "Spa": app_client(scope="a a")}
    assert app.update(wrong) == "UPDATE_ROLLBACK_COMPLETE"
    assert app.reasons == ["scope names something twice."]
    api = records.resource_server("urn:declared-api")
    assert api
    assert (records.ids(), api["scopes"]) == (before, {"notes:read": "Read your notes"})
    app.delete()


def test_text_becomes_what_a_member_is() -> None:
    known = {**MEMBERS, "seconds": members.number}
    given = {"rotate_refresh_tokens": "false", "seconds": "3600", "scope": "a b", "grant_types": ["x"]}
    assert declared_members({**given, "ServiceToken": "arn", "ServiceTimeout": "60"}, known, kind="X") == {
        "rotate_refresh_tokens": False,
        "seconds": 3600,
        "scope": "a b",
        "grant_types": ["x"],
    }
    assert declared_members({"rotate_refresh_tokens": True}, known, kind="X") == {
        "rotate_refresh_tokens": True
    }


def test_a_very_long_value_is_not_repeated_whole() -> None:
    for properties in ({"rotate_refresh_tokens": "x" * 5000}, {"x" * 5000: "1"}):
        with pytest.raises(InvalidMember) as raised:
            declared_members(properties, MEMBERS, kind="Custom::KeyturnClient")
        assert len(str(raised.value)) < MAX_REASON


def test_the_one_flag_of_an_identity_assertion_audience_is_no_text() -> None:
    entry = {"client_id": "true", "email": "true"}
    given = {"id_jag_audiences": {"https://a.example": entry, "https://b.example": "x"}}
    typed = declared_members(given, MEMBERS, kind="X")["id_jag_audiences"]
    assert typed == {"https://a.example": {"client_id": "true", "email": True}, "https://b.example": "x"}
    untyped = {"https://a.example": {"email": "yes"}}
    assert declared_members({"id_jag_audiences": untyped}, MEMBERS, kind="X")["id_jag_audiences"] == untyped
