"""draft-ietf-oauth-client-id-metadata-document section 1: from a client's URL to its tokens."""

from tests.support.client_app import ClientApp, verified
from tests.support.client_documents import OPEN, Publisher
from tests.support.http import Caller
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("CIMD-1")
def test_a_client_is_known_by_its_document_alone(caller: Caller, here: Visit, publisher: Publisher) -> None:
    app = ClientApp(publisher.publish(), caller)
    tokens = app.tokens(here.browser, here.person, scope="openid offline_access read", resource=OPEN)
    claims = verified(tokens["access_token"], caller, audience=OPEN)
    assert claims["client_id"] == app.client.client_id
    assert claims["scope"] == "openid offline_access read"
    again = app.refresh(tokens["refresh_token"])
    assert again.status == 200, again.body
    assert publisher.fetched(app.client.client_id) == 1
