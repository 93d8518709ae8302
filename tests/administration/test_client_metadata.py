"""What a client can't be registered with, and what the operator is told."""

from typing import Any

import pytest

from chalicelib.administration.clients import (
    ClientAdministration,
    check_metadata,
)
from chalicelib.administration.refusals import AdministrationRefused, InvalidMember
from tests.administration.documents import SERVICE, SPA
from tests.stores.fresh import NOW, name

WRONG: list[tuple[dict[str, Any], str | None]] = [
    ({"client_nam": "A"}, "client_nam"),
    ({"client_id": "a"}, "client_id"),
    ({"client_secret_hashes": ["a"]}, "client_secret_hashes"),
    ({"client_name": 1}, "client_name"),
    ({"redirect_uris": "https://a.example"}, "redirect_uris"),
    ({"redirect_uris": ["https://a.example", "https://a.example"]}, "redirect_uris"),
    ({"redirect_uris": [1]}, "redirect_uris"),
    ({"scope": "read read"}, "scope"),
    ({"scope": ["a b"]}, None),
    ({"scope": 'a"b'}, None),
    ({"rotate_refresh_tokens": "true"}, "rotate_refresh_tokens"),
    ({"jwks": {"keys": "none"}}, "jwks"),
    ({"jwks": []}, "jwks"),
    ({"jwks": {"keys": [{"kty": "EC", "d": "private"}]}}, "jwks"),
    ({"jwks": {"keys": [{"kty": "oct", "k": "secret"}]}}, "jwks"),
    ({"localized": ["client_name#fr"]}, "localized"),
    ({"localized": {"client_name#fr": 1}}, "localized"),
    ({"localized": {"client_name": "A"}}, None),
    ({"application_type": "desktop"}, None),
    ({"jwks_uri": "http://a.example/jwks"}, None),
    ({"resources": ["no uri"]}, None),
    ({"redirect_uris": ["http://a.example/"]}, "redirect_uris"),
    ({"grant_types": ["implicit"]}, None),
    ({"client_name": None}, None),
]


@pytest.mark.parametrize(("wrong", "member"), WRONG, ids=[str(wrong) for wrong, _ in WRONG])
def test_what_can_not_be_registered_is_said_in_a_sentence(
    clients: ClientAdministration, wrong: dict[str, Any], member: str | None
) -> None:
    client_id = name()
    with pytest.raises(InvalidMember) as raised:
        clients.register({**SPA, **wrong}, client_id=client_id, secret=None, now=NOW)
    assert raised.value.member == member
    assert str(raised.value).endswith(".")
    with pytest.raises(InvalidMember):
        check_metadata({**SPA, **wrong}, client_id=client_id)
    with pytest.raises(AdministrationRefused):
        clients.find(client_id)


def test_a_clients_public_keys_are_kept(clients: ClientAdministration) -> None:
    keys = {"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}
    metadata = {**SERVICE, "token_endpoint_auth_method": "private_key_jwt", "jwks": keys}
    made = clients.register(metadata, client_id=name(), secret=None, now=NOW).record
    assert clients.find(made.client_id).record.jwks == keys
