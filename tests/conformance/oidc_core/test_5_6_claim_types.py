"""OpenID Connect Core section 5.6: normal claims (section 5.6.1), which a provider has to support; aggregated
and distributed ones (section 5.6.2) are optional. There are none here, as every claim is this tenant's own:
no signature or endpoint of anybody else stands behind one.
"""

import json

import pytest

from tests.support.client_app import unverified
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("OIDC-Core-5.6")
@spec("OIDC-Core-5.6.1")
@spec("OIDC-Core-5.6.2")
@pytest.mark.parametrize("place", ["userinfo", "id_token"])
def test_claims_are_normal_ones_and_nothing_points_elsewhere(known: Visit, place: str) -> None:
    asked = {"address": None, "_claim_names": None, "_claim_sources": {"essential": True}}
    caller = known.app.caller
    tokens = known.app.redeem(known.code(claims=json.dumps({place: asked}), scope="openid address")).json
    bearer = f"Bearer {tokens['access_token']}"
    userinfo, id_token = caller.get("/userinfo", authorization=bearer).json, unverified(tokens["id_token"])[1]
    told = userinfo if place == "userinfo" else id_token
    assert "address" in told
    assert not {"_claim_names", "_claim_sources"} & {*userinfo, *id_token}
    metadata = caller.get("/.well-known/openid-configuration").json
    assert metadata["claim_types_supported"] == ["normal"]
