"""RFC 8628 section 5.2: a device code is no user code: nobody types it, so it can't be guessed."""

from tests.support.device import Device
from tests.support.refusal import assert_json_error
from tests.support.traceability import spec


@spec("RFC8628-5.2")
def test_a_device_code_has_256_bits_of_its_own_beside_the_grants_name(tv: Device) -> None:
    codes = [tv.ask().asked["device_code"] for _ in range(3)]
    secrets = [code.partition(".")[2] for code in codes]
    assert len(set(secrets)) == 3
    assert all(len(secret) * 6 >= 256 for secret in secrets)


@spec("RFC8628-5.2")
def test_the_user_code_or_the_grants_name_alone_brings_nothing(tv: Device) -> None:
    tv.ask()
    grant_id, _, secret = tv.asked["device_code"].partition(".")
    for guess in (tv.user_code, grant_id, secret, f"{grant_id}.{'A' * 43}", f"{grant_id}.{tv.user_code}"):
        assert_json_error(tv.poll(device_code=guess), "invalid_grant")
    assert_json_error(tv.poll(), "authorization_pending")
    assert tv.grant["interval"] == 5
