"""Clients known by their URL and the faults of what their documents are fetched and kept with: no answer but
"try again", and nothing that would keep the next try from it.
"""

import pytest

from infra.local.template import ACCOUNT, REGION
from tests.support.client_app import ClientApp
from tests.support.client_documents import Publisher
from tests.support.environment import changed_environment
from tests.support.faults import Aws, Kind
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.refusal import assert_json_error, assert_page
from tests.support.tenant import Tenant
from tests.support.visit import visit

TABLE = "Documents"


@pytest.mark.parametrize("kind", ["throttled", "cut", "unavailable"])
@pytest.mark.parametrize("operation", ["BatchGetItem", "UpdateItem", "PutItem"])
def test_a_store_that_fails_is_told_and_the_next_request_is_served(
    aws: Aws, caller: Caller, tenant: Tenant, kind: Kind, operation: str
) -> None:
    here = visit(caller, tenant)
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        publisher = Publisher(origin, tenant)
        app = ClientApp(publisher.publish(), caller)
        with aws.dynamodb.failing(kind, operation, table=TABLE):
            assert_page(here.browser.open("/authorize", app.request(scope="openid")), status=503)
        # A turn that somebody took and lost is over after a while.
        publisher.tenant.table(TABLE).delete(id=f"document#{app.client.client_id}")
        assert here.browser.open("/authorize", app.request(scope="openid")).status == 200


@pytest.mark.parametrize("lost", ["lost", "torn"])
def test_answers_that_are_lost_cost_nothing(aws: Aws, caller: Caller, tenant: Tenant, lost: Kind) -> None:
    here = visit(caller, tenant)
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        publisher = Publisher(origin, tenant)
        app = ClientApp(publisher.publish(), caller)
        for operation in ("UpdateItem", "PutItem"):
            with aws.dynamodb.failing(lost, operation, times=1, table=TABLE):
                answer = here.browser.open("/authorize", app.request(scope="openid"))
            assert answer.status == 200
            app = ClientApp(publisher.publish(), caller)


def test_a_function_that_is_not_there_is_told(aws: Aws, caller: Caller, tenant: Tenant) -> None:
    del aws
    here = visit(caller, tenant)
    missing = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:nothing"
    with (
        Origin() as origin,
        changed_environment(FETCH_ALLOWED_ORIGINS=origin.address, CLIENT_METADATA_DOCUMENT_FUNCTION=missing),
    ):
        url = Publisher(origin, tenant).publish().client_id
        assert_page(here.browser.open("/authorize", here.app.request(client_id=url)), status=503)
        answer = caller.post("/device_authorization", {"client_id": url, "scope": "openid"})
        assert_json_error(answer, "temporarily_unavailable", status=503)
        assert answer.headers["retry-after"]
