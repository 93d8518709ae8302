"""RFC 8252 section 8.6: an app that another on the device could pass for is asked about each time."""

import pytest

from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import visit

LOOPBACK = "http://127.0.0.1/callback"
SCHEME = "com.example.app:/callback"
CLAIMED = "https://app.example.com/callback"


@spec("OIDC-Registration-9.2")
@spec("RFC8252-8.6")
@pytest.mark.parametrize(
    ("redirect_uri", "asked"),
    [(LOOPBACK, True), (SCHEME, True), (CLAIMED, False)],
    ids=["loopback", "scheme", "https"],
)
def test_consent_is_remembered_only_where_the_redirect_uri_is_the_apps_own(
    caller: Caller, tenant: Tenant, redirect_uri: str, *, asked: bool
) -> None:
    client = tenant.native_client(redirect_uris=(LOOPBACK, SCHEME, CLAIMED))
    here = visit(caller, tenant, client)
    here.answer(redirect_uri=redirect_uri)
    assert here.browser.at("/consent") == asked
    silent = here.answer(redirect_uri=redirect_uri, prompt="none")
    assert silent.query.get("error") == ("consent_required" if asked else None)
