"""OpenID Connect Dynamic Registration section 5: what the document of a sector has to say."""

import json
from typing import Any

import pytest

from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.registration_refusals import refuse
from chalicelib.administration.sector import SectorUnreadable, check_sector
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidMetadata, TemporarilyUnavailable
from chalicelib.record import replace
from tests.administration.scripted import Scripted, Uses, register, registration
from tests.support.traceability import spec

APP = Client(
    client_id="app",
    client_name="App",
    token_endpoint_auth_method="none",
    sector_identifier_uri="https://sector.example/uris",
    redirect_uris=("https://app.example/cb",),
)


class Sector:
    """One document, whatever is asked for."""

    def __init__(self, said: bytes | None) -> None:
        self.said = said

    def read(self, uri: str) -> bytes:
        assert uri == APP.sector_identifier_uri
        if self.said is None:
            raise SectorUnreadable("the answer is 404")
        return self.said


@spec("OIDC-Registration-5")
def test_a_document_with_all_redirect_uris_will_do() -> None:
    check_sector(APP, APP.redirect_uris, Sector(json.dumps([1, *APP.redirect_uris]).encode()))
    check_sector(replace(APP, sector_identifier_uri=None), APP.redirect_uris, Sector(None))


@spec("OIDC-Registration-5")
@pytest.mark.parametrize("said", [b"[]", b"{}", b"no JSON", b"[" * 60_000, b'["https://app.example/"]'])
def test_any_other_will_not(said: bytes) -> None:
    with pytest.raises(InvalidMember) as refused:
        check_sector(APP, APP.redirect_uris, Sector(said))
    assert refused.value.member == "sector_identifier_uri"


@spec("OIDC-Registration-5")
def test_why_none_could_be_read_is_for_the_log_alone() -> None:
    with pytest.raises(InvalidMember) as unreadable:
        check_sector(APP, APP.redirect_uris, Sector(None))
    with pytest.raises(InvalidMetadata) as refused:
        refuse(unreadable.value)
    assert refused.value.facts == {"member": "sector_identifier_uri", "sector_error": "the answer is 404"}
    assert "404" not in refused.value.description


class Slow:
    """A sector whose host too many wait for."""

    def read(self, uri: str) -> bytes:
        raise TemporarilyUnavailable("Try again.", reason="sector_unavailable", facts={"uri": uri})


@spec("OIDC-Registration-5")
@pytest.mark.parametrize(
    ("sectors", "error"), [(Slow(), TemporarilyUnavailable), (Sector(b"[]"), InvalidMetadata)]
)
@pytest.mark.parametrize("method", ["none", "client_secret_basic"])
def test_what_the_sector_keeps_from_being_registered_uses_no_initial_access_token_up(
    sectors: Any, error: type[Exception], method: str
) -> None:
    clients, uses = Scripted(None, writes=True), Uses()
    document = {
        "redirect_uris": ["https://app.example/cb"],
        "sector_identifier_uri": APP.sector_identifier_uri,
        "token_endpoint_auth_method": method,
    }
    with pytest.raises(error):
        register(replace(registration(clients, uses), sectors=sectors), document)
    assert (uses.count, clients.written) == (0, [])
