"""What the first request of a client that nobody has seen costs: counted on the wire, as all others are."""

from infra.local.stack import LocalStack
from tests.bench.wire import Calls, Tap
from tests.support.client_app import ClientApp
from tests.support.client_documents import Publisher
from tests.support.environment import changed_environment
from tests.support.http import Caller, LambdaTransport
from tests.support.origin import Origin
from tests.support.tenant import Tenant


def test_a_document_is_fetched_with_the_fewest_calls(stack: LocalStack) -> None:
    tap = Tap().attach(stack)
    caller, tenant = Caller(LambdaTransport(stack)), Tenant()
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        app = ClientApp(Publisher(origin, tenant).publish(), caller)
        tap.take()
        assert caller.get("/authorize", app.request(scope="openid")).status == 303
        # The document with the client's record; the turn, two counts and what is kept; the interaction, and
        # the default audience, which this instance has not read.
        assert Calls.of(tap.take()) == Calls(dynamodb=1 + 4 + 2, invocations=1)
        assert caller.get("/authorize", app.request(scope="openid")).status == 303
        assert Calls.of(tap.take()) == Calls(dynamodb=1)
