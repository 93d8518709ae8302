"""A file that is no whole and right export is refused, with every line at fault in a sentence."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.accounts.user import User
from chalicelib.administration.registry import Registered
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from infra.admin.export_lines import ExportRefused, export_lines, parse_export
from tests.support.tenant import ADA, hash_of

KEPT = "$argon2id$v=19$m=19456,t=2,p=1$G+EAD68GlkYQYex+9IzqcA$EP4C6QFHYMQZsVj8CCQWhl6vMh9CKeVdkyhh3/Bl/pE"


def good() -> list[str]:
    """An export of one record of each kind."""
    service = Client(
        client_id="a",
        client_name="A",
        token_endpoint_auth_method="client_secret_basic",
        client_secret_hashes=(hash_of("a"),),
        grant_types=("client_credentials",),
    )
    server = ResourceServer(resource="urn:a", resource_name="A", scopes={"read": "Read"})
    return list(
        export_lines(
            issuer="https://a.example",
            secrets_key="arn:aws:kms:a",
            resource_servers=[Registered(record=server)],
            clients=[Registered(record=service)],
            trusted_issuers=(),
            users=[Registered(record=User(sub="a", login="a@example.com", claims=ADA))],
            password_hashes={"a@example.com": KEPT},
            now=1,
        )
    )


def line_changed(change: Callable[[dict[str, Any]], None]) -> Callable[[list[str]], list[str]]:
    def changed(lines: list[str]) -> list[str]:
        documents = [json.loads(line) for line in lines]
        for document in documents:
            change(document)
        return [json.dumps(document) for document in documents]

    return changed


def in_kind(kind: str, **members: Any) -> Callable[[list[str]], list[str]]:
    return line_changed(lambda document: document.get(kind, {}).update(members))


BROKEN: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "cut off": (lambda lines: lines[:-1], "ends too early"),
    "a line less": (lambda lines: [*lines[:2], *lines[3:]], "Lines are missing"),
    "a line twice": (lambda lines: [*lines[:2], lines[1], *lines[2:]], "twice"),
    "no JSON": (lambda lines: [*lines[:1], "{", *lines[1:]], "line 2: This is no JSON."),
    "another file": (lambda lines: ["{}", *lines], "no record of an export"),
    "no first line": (lambda lines: lines[1:], "no export"),
    "empty": (lambda _: [], "ends too early"),
    "another format": (in_kind("keyturn_export", format=2), "format is 2"),
    "an unknown kind": (lambda lines: [*lines[:1], '{"key": {}}', *lines[1:]], "no record"),
    "after the end": (lambda lines: [*lines, lines[-1]], "after the end"),
    "a wrong client": (in_kind("client", grant_types=["saml"]), "grant_types are"),
    "an unknown member": (in_kind("client", colour="red"), "colour"),
    "a secret": (in_kind("client", client_secret_hashes=["in clear"]), "SHA-256"),
    "a hash too many": (
        in_kind("client", token_endpoint_auth_method="none", grant_types=[]),
        "without a secret",
    ),
    "a wrong scope": (in_kind("resource_server", scopes={"openid": "A"}), "openid"),
    "a wrong claim": (in_kind("user", claims={"email_verified": "yes"}), "email_verified"),
    "a null claim": (in_kind("user", claims={"email": None}), "null"),
    "a wrong sub": (in_kind("user", sub="ключ"), "ASCII"),
    "a number as sub": (in_kind("user", sub=5), "another type"),
    "an unknown member of a user": (in_kind("user", password="a"), "no member password"),
    "a login name as typed": (in_kind("user", login="Ada@Example.com"), "as it would be kept"),
    **{
        f"a hash of {costs}": (in_kind("user", password_hash=KEPT.replace("m=19456,t=2,p=1", costs)), "costs")
        for costs in (
            "m=4194304,t=2,p=1",
            "m=19456,t=4000000000,p=1",
            "m=65536,t=4,p=1",
            "m=19456,t=2,p=200",
            "m=8,t=1,p=1",
            "m=19456,t=1,p=1",
        )
    },
    "a hash without its parts": (in_kind("user", password_hash=f"$argon2id$v=19$m={'1' * 60}"), "Argon2id"),
    "a private key": (
        in_kind(
            "client",
            token_endpoint_auth_method="private_key_jwt",
            client_secret_hashes=[],
            jwks={"keys": [{"kty": "RSA", "n": "a", "e": "AQAB", "p": "a", "q": "a"}]},
        ),
        "private",
    ),
    "three secrets": (in_kind("client", client_secret_hashes=[hash_of(one) for one in "abc"]), "two"),
    "nested too deeply": (
        lambda lines: [*lines[:1], '{"user":{"claims":' + "[" * 100_000, *lines[1:]],
        "line 2: This is no JSON.",
    ),
    "a fraction in a key": (
        in_kind(
            "client",
            token_endpoint_auth_method="private_key_jwt",
            client_secret_hashes=[],
            jwks={"keys": [{"kty": "EC", "x": 1.5}]},
        ),
        "can't be kept",
    ),
    "half a character": (in_kind("client", client_name="\ud800"), "can't be kept"),
    "half a character as a name": (in_kind("user", claims={"\ud800": "a"}), "can't be kept"),
    "a number of 39 digits": (in_kind("user", claims={"shoe_size": 10**38}), "can't be kept"),
    "a number for hashes": (in_kind("client", client_secret_hashes=5), "another type"),
    "null for hashes": (in_kind("client", client_secret_hashes=None), "secret"),
    "another kind of hash": (in_kind("user", password_hash="$2b$10$abcdefghijklmnopqrstuv"), "Argon2id"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_refused(how: str) -> None:
    assert parse_export(good()).password_hashes == {"a@example.com": KEPT}
    change, said = BROKEN[how]
    with pytest.raises(ExportRefused) as raised:
        parse_export(change(good()))
    assert said in str(raised.value)


def test_of_very_many_faults_the_first_are_told() -> None:
    lines = [*good()[:1], *["{"] * 100]
    with pytest.raises(ExportRefused) as raised:
        parse_export(lines)
    assert len(str(raised.value).splitlines()) == 21
    assert "80 more" in str(raised.value)
