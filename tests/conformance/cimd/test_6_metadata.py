"""draft-ietf-oauth-client-id-metadata-document sections 6 and 8.9: a tenant's own policy."""

import pytest

from tests.support.client_app import ClientApp
from tests.support.client_documents import Publisher
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.refusal import assert_page, last_log
from tests.support.traceability import spec
from tests.support.visit import Visit

OFF = {
    "switched off": {"CLIENT_ID_METADATA_DOCUMENTS": "off"},
    "of a denied domain": {"CLIENT_ID_METADATA_DENIED_DOMAINS": "127.0.0.1"},
    "of no allowed domain": {"CLIENT_ID_METADATA_ALLOWED_DOMAINS": "example.com"},
}


@spec("CIMD-6")
def test_metadata_says_that_there_are_such_clients(caller: Caller) -> None:
    metadata = caller.get("/.well-known/oauth-authorization-server").json
    assert metadata["client_id_metadata_document_supported"] is True


@spec("CIMD-6")
def test_metadata_says_that_there_are_none(caller: Caller) -> None:
    with changed_environment(CLIENT_ID_METADATA_DOCUMENTS="off"):
        metadata = caller.get("/.well-known/oauth-authorization-server").json
    assert metadata["client_id_metadata_document_supported"] is False


@spec("CIMD-8.9")
@pytest.mark.parametrize("case", OFF)
def test_a_client_the_tenant_does_not_take_is_not_fetched(
    here: Visit, publisher: Publisher, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    url = publisher.publish().client_id
    with changed_environment(**OFF[case]):
        assert_page(here.browser.open("/authorize", here.app.request(client_id=url)))
        assert last_log(capsys)["reason"] == "client_unknown"
    assert publisher.fetched(url) == 0


@spec("CIMD-8.9")
@pytest.mark.parametrize("case", OFF)
def test_its_tokens_end_where_the_tenant_takes_it_no_more(
    caller: Caller, here: Visit, publisher: Publisher, case: str
) -> None:
    app = ClientApp(publisher.publish(), caller)
    tokens = app.tokens(here.browser, here.person, scope="openid profile offline_access")
    with changed_environment(**OFF[case]):
        bearer = f"Bearer {tokens['access_token']}"
        assert caller.get("/userinfo", authorization=bearer).status == 401
        assert app.refresh(tokens["refresh_token"]).error == "invalid_client"
    assert app.refresh(tokens["refresh_token"]).status == 200
