"""RFC 7592 section 2.3: a client deletes itself, and all that was issued to it ends."""

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.race import at_once
from tests.support.refusal import last_log
from tests.support.registration import OPEN_API, Registrar, app_of, path_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("RFC7592-2.3")
def test_a_deleted_client_and_its_grants_are_gone(
    registrar: Registrar, caller: Caller, here: Visit, tenant: Tenant
) -> None:
    _, api = tenant.resource_server(OPEN_API, open_to_unverified_clients=True, scopes={"other:read": "Read"})
    made = registrar.registered()
    app = app_of(made, caller)
    here.browser.open("/authorize", app.request(scope="openid offline_access other:read", resource=OPEN_API))
    tokens = app.redeem(here.browser.consent().query["code"]).json
    introspect = {"token": tokens["access_token"]}
    assert ClientApp(api, caller).post("/introspect", introspect).json["active"] is True
    answer = registrar.send("DELETE", path_of(made), token=made["registration_access_token"])
    assert (answer.status, answer.body) == (204, "")
    assert answer.headers["cache-control"] == "no-store"
    assert tenant.table("Clients").at(id=f"client#{made['client_id']}") is None
    assert ClientApp(api, caller).post("/introspect", introspect).json == {"active": False}
    again = registrar.send("DELETE", path_of(made), token=made["registration_access_token"])
    assert again.status == 401


@spec("RFC7592-2.3")
def test_of_several_deletions_at_once_one_deletes(registrar: Registrar) -> None:
    made = registrar.registered()
    token = made["registration_access_token"]
    answers = at_once(lambda: registrar.send("DELETE", path_of(made), token=token), 4)
    # Whoever came a moment later is told that nothing is there.
    assert {answer.status for answer in answers} <= {204, 401}
    assert 204 in {answer.status for answer in answers}


@spec("RFC7592-2.3")
def test_a_deletion_is_told_to_the_audit_trail(
    registrar: Registrar, capsys: pytest.CaptureFixture[str]
) -> None:
    made = registrar.registered()
    registrar.send("DELETE", path_of(made), token=made["registration_access_token"])
    event = last_log(capsys, made["registration_access_token"])["audit"]
    assert (event["type"], event["client_id"]) == ("client_deleted", made["client_id"])
