"""RFC 9700 section 4.14.2: a refresh that gave the client nothing is no use of its token."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import OTHER_API, Tenant
from tests.support.traceability import spec


def age_rotation(tenant: Tenant, refresh_token: str) -> None:
    """As if the last rotation was an hour ago, where its window was not held open."""
    grants = tenant.table("Grants")
    grant = grants.find(grant_id=refresh_token.partition(".")[0])
    if grant["rotated_at"] < grant["exp"]:
        grants.change(grant, rotated_at=grant["rotated_at"] - 3_600)


@spec("RFC9700-4.14.2")
@pytest.mark.parametrize(
    ("refused", "error"),
    [({"scope": "openid write"}, "invalid_scope"), ({"resource": OTHER_API}, "invalid_target")],
    ids=["scope wider than granted", "resource not granted"],
)
def test_a_refused_refresh_leaves_its_token_good_for_longer_than_the_grace(
    refused: dict[str, str], error: str, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    tokens = app.tokens(browser, tenant.person(), scope="openid email offline_access")
    refresh_token = tokens["refresh_token"]
    assert app.refresh(refresh_token, **refused).error == error
    age_rotation(tenant, refresh_token)
    again = app.refresh(refresh_token)
    assert again.status == 200, again.body
    # Once the successor is used, the window is closed: the old token is reuse.
    successor = again.json["refresh_token"]
    assert app.refresh(successor).status == 200
    assert app.refresh(refresh_token).error == "invalid_grant"
    assert tenant.table("Grants").find(grant_id=refresh_token.split(".")[0])["state"] == "revoked"
