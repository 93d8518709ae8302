"""OpenID Connect Back-Channel Logout section 2.1: what discovery says."""

from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.http import Caller
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.tenant import Person
from tests.support.traceability import spec


@pytest.fixture
def metadata(caller: Caller) -> dict[str, Any]:
    document: dict[str, Any] = caller.get("/.well-known/openid-configuration").json
    return document


@spec("OIDC-BackChannel-2.1")
def test_logouts_are_told_and_name_the_session_its_id_token_named(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person, metadata: dict[str, Any]
) -> None:
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True
    app = logouts.app(receiver)
    signed_in = logouts.sign_in(app, browser, person)
    logouts.sign_out(browser, signed_in["token"])
    logouts.deliver()
    assert logouts.claims(receiver.tokens[0], app.client)["sid"] == signed_in["sid"]
