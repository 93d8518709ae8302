"""Grants for migration only: a client gets them where its tenant has them on, and from nobody else."""

import secrets
from typing import Any

import pytest

from chalicelib.administration.clients import ClientAdministration, check_metadata, made_client
from chalicelib.administration.refusals import InvalidMember
from chalicelib.aws.registries import ClientRegistry
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_metadata import check_client_metadata
from chalicelib.protocol.client_rule import InvalidClientMetadata
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import MIGRATION_GRANT_TYPES
from chalicelib.record import replace
from tests.administration.documents import SERVICE, SPA, secret
from tests.stores.fresh import NOW, name, table

PASSWORD = {**SERVICE, "grant_types": ["password", "refresh_token"]}
IMPLICIT = {**SPA, "grant_types": ["implicit"]}


def administration(*on: str) -> ClientAdministration:
    registry = ClientRegistry(table("Clients"))
    return ClientAdministration(clients=registry, random=secrets.token_urlsafe, migration=on)


@pytest.mark.parametrize(("metadata", "on"), [(PASSWORD, "implicit"), (IMPLICIT, "password"), (IMPLICIT, "")])
def test_a_tenant_that_has_it_off_registers_nobody_for_it(metadata: dict[str, Any], on: str) -> None:
    client_id = name()
    kept = administration(*MIGRATION_GRANT_TYPES)
    given = secret() if metadata is PASSWORD else None
    with pytest.raises(InvalidMember, match="for migration only and off at this tenant"):
        administration(on).register(metadata, client_id=client_id, secret=given, now=NOW)
    assert kept.clients.find(client_id) is None
    kept.register(SERVICE, client_id=client_id, secret=secret(), now=NOW)
    with pytest.raises(InvalidMember, match="off at this tenant"):
        administration(on).update(client_id, {"grant_types": metadata["grant_types"]}, now=NOW)
    with pytest.raises(InvalidMember, match="off at this tenant"):
        check_metadata(metadata, client_id=client_id)


def test_one_that_has_it_on_does_and_response_types_follow() -> None:
    on = administration(*MIGRATION_GRANT_TYPES)
    by_password = on.register(PASSWORD, client_id=name(), secret=secret(), now=NOW).record
    assert (by_password.grant_types, by_password.response_types) == (("password", "refresh_token"), ())
    implicit = on.register(IMPLICIT, client_id=name(), secret=None, now=NOW).record
    assert (implicit.grant_types, implicit.response_types) == (("implicit",), ("token",))
    both = on.update(implicit.client_id, {"grant_types": ["authorization_code", "implicit"]}, now=NOW).record
    assert both.response_types == ("code", "token")
    check_metadata(PASSWORD, client_id="a", migration=on.migration)


def test_once_it_is_off_the_client_loses_it_with_its_next_change() -> None:
    on, off = administration(*MIGRATION_GRANT_TYPES), administration()
    client_id = on.register(IMPLICIT, client_id=name(), secret=None, now=NOW).record.client_id
    with pytest.raises(InvalidMember, match="ImplicitGrant"):
        off.update(client_id, {"client_name": "B"}, now=NOW)
    after = off.update(client_id, {"client_name": "B", "grant_types": ["authorization_code"]}, now=NOW)
    assert after.record.response_types == ("code",)


@pytest.mark.parametrize("metadata", [PASSWORD, IMPLICIT])
def test_nobody_registers_for_it_themselves_where_it_is_off(metadata: dict[str, Any]) -> None:
    blank = Client(client_id="", client_name="", token_endpoint_auth_method="none", registration="dynamic")
    with pytest.raises(InvalidMember, match="off at this tenant"):
        made_client(blank, metadata, secret=secret(), settings=Settings(issuer="https://login.example"))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"response_types": ()}, "response_types has one with token or id_token"),
        ({"response_types": ("code",)}, "response_types has one with token or id_token"),
        ({"redirect_uris": ()}, "redirect_uris are needed"),
        ({"grant_types": ("authorization_code",), "response_types": ("code", "token")}, "only where"),
        ({"grant_types": ("implicit", "password")}, "clients that authenticate"),
    ],
)
def test_what_does_not_agree_is_refused(changes: dict[str, Any], word: str) -> None:
    client = Client(
        client_id="a",
        client_name="A",
        token_endpoint_auth_method="none",
        redirect_uris=("https://a.example/",),
        grant_types=("implicit",),
        response_types=("token",),
    )
    check_client_metadata(client, migration=MIGRATION_GRANT_TYPES)
    with pytest.raises(InvalidClientMetadata, match=word):
        check_client_metadata(replace(client, **changes), migration=MIGRATION_GRANT_TYPES)
