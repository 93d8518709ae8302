"""OpenID Connect Core section 12: refreshing, and the ID token that comes of it. Rotation is in rfc6749."""

import pytest

from tests.support.client_app import unverified
from tests.support.refusal import assert_json_error
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("OIDC-Core-12")
@spec("OIDC-Core-12.1")
def test_a_refresh_token_brings_tokens_of_the_same_sign_in(known: Visit) -> None:
    first = known.app.redeem(known.code()).json
    answer = known.app.refresh(first["refresh_token"])
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    second = answer.json
    before, after = (unverified(one["id_token"])[1] for one in (first, second))
    same = ("iss", "sub", "aud", "auth_time", "acr", "amr", "sid")
    assert [before[name] for name in same] == [after[name] for name in same]
    assert after["iat"] >= before["iat"]
    # Section 12.2: a nonce is of the authentication request.
    assert "nonce" not in after


@spec("OIDC-Core-12.3")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"refresh_token": "x" * 22 + ".1." + "y" * 43}, "invalid_grant"),
        ({"refresh_token": ""}, "invalid_request"),
        ({"scope": "openid profile email phone"}, "invalid_scope"),
    ],
)
def test_what_can_not_be_refreshed_is_told_as_any_token_error(
    known: Visit, changes: dict[str, str], error: str
) -> None:
    tokens = known.app.redeem(known.code(scope="openid profile offline_access")).json
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **changes}
    assert_json_error(known.app.token(fields), error)
    assert known.app.refresh(tokens["refresh_token"]).status == 200
