"""RFC 8628 section 3.2: the device authorization response."""

import json
import re
import time

import pytest

from chalicelib.protocol.grant import hash_secret
from tests.support.device import Device
from tests.support.refusal import last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec


@spec("RFC8628-3.2")
def test_the_response_holds_what_a_device_needs(tv: Device) -> None:
    answer = tv.authorize()
    issuer = tv.app.caller.issuer
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    members = answer.json
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", members.pop("device_code"))
    user_code = members.pop("user_code")
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", user_code)
    assert members == {
        "verification_uri": f"{issuer}/device",
        "verification_uri_complete": f"{issuer}/device?user_code={user_code}",
        "expires_in": 600,
        "interval": 5,
    }


@spec("RFC8628-3.2")
def test_every_answer_has_codes_of_its_own(tv: Device) -> None:
    answers = [tv.ask().asked for _ in range(3)]
    assert len({answer["device_code"] for answer in answers}) == 3
    assert len({answer["user_code"] for answer in answers}) == 3


@spec("RFC8628-3.2")
def test_the_grant_is_nobodys_and_keeps_no_code(
    tv: Device, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    device_code = tv.ask().asked["device_code"]
    secret = device_code.partition(".")[2]
    grant = tv.grant
    assert grant["state"] == "pending"
    assert "sub" not in grant
    assert grant["device_code_hash"] == hash_secret(secret)
    assert abs(grant["exp"] - time.time() - 600) < 300
    kept = json.dumps(tenant.snapshot(), default=str)
    assert secret not in kept
    assert tv.user_code not in kept
    assert tv.user_code.replace("-", "") not in kept
    line = last_log(capsys, secret, tv.user_code, tv.user_code.replace("-", ""))
    assert (line["outcome"], line["grant_id"]) == ("device_code", tv.grant_id)


@spec("RFC8628-3.2")
def test_both_items_are_swept_after_their_time(tv: Device, tenant: Tenant) -> None:
    tv.ask()
    grant = tv.grant
    (code,) = [item for item in tenant.table("Requests").items() if item.get("grant_id") == tv.grant_id]
    assert code["id"].startswith("user_code#")
    assert code["exp"] == grant["exp"]
    assert code["purge_at"] > code["exp"]
    assert grant["purge_at"] > grant["exp"]
