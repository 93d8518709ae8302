"""Clients that authenticate while KMS or DynamoDB fail: nobody is let in, and nobody is refused, for that."""

import os

import pytest

from chalicelib.aws.secrets_key import KEPT_SECONDS, MAX_KEPT, ClientSecretDecryption, ClientSecretEncryption
from chalicelib.protocol.errors import TemporarilyUnavailable
from infra.local.stack import LocalStack
from tests.support.client_key import assertion_claims, present
from tests.support.client_secret import HMAC_SECRET, ciphertext, hmac_assertion, hmac_client
from tests.support.failing_clients import counted, counts, fail
from tests.support.faults import Aws, Kind
from tests.support.http import Caller, LambdaTransport
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant

SOURCE_IP = "192.0.2.77"


@pytest.fixture
def caller(stack: LocalStack, aws: Aws) -> Caller:
    """From an address that nobody calls from besides."""
    del aws
    return Caller(LambdaTransport(stack, SOURCE_IP))


@pytest.mark.parametrize("kind", ["throttled", "unavailable", "lost"])
def test_a_secret_that_can_not_be_decrypted_now_is_no_wrong_one(
    aws: Aws, caller: Caller, tenant: Tenant, kind: Kind
) -> None:
    client = hmac_client(tenant)
    assertion = hmac_assertion(assertion_claims(caller, client))
    with aws.kms.failing(kind, "Decrypt"):
        answer = present(caller, assertion)
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert counted(tenant, counts(client.client_id, SOURCE_IP)[1]) is None
    # It was not used up.
    assert present(caller, assertion).status == 200


def test_one_fault_of_a_decryption_is_not_noticed(aws: Aws, caller: Caller, tenant: Tenant) -> None:
    client = hmac_client(tenant)
    with aws.kms.failing("throttled", "Decrypt", times=1) as fault:
        assert present(caller, hmac_assertion(assertion_claims(caller, client))).status == 200
    assert fault.left == 0


def test_a_secret_is_decrypted_once_and_kept(aws: Aws, caller: Caller, tenant: Tenant) -> None:
    client = hmac_client(tenant)
    aws.kms.calls.clear()
    for _ in range(3):
        assert present(caller, hmac_assertion(assertion_claims(caller, client))).status == 200
    assert aws.kms.calls.count("Decrypt") == 1
    # A wrong HMAC needs no other one, so that who guesses has KMS asked no more often.
    for _ in range(3):
        forged = hmac_assertion(assertion_claims(caller, client), "wrong" * 20)
        assert present(caller, forged).status == 401
    assert aws.kms.calls.count("Decrypt") == 1


def test_a_disabled_key_lets_nobody_in_and_refuses_nobody(
    aws: Aws, caller: Caller, tenant: Tenant, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    client = hmac_client(tenant)
    key = next(one for one in stack.kms.all_keys() if one.arn == os.environ["SECRETS_KEY"])
    key.enabled = False
    try:
        answer = present(caller, hmac_assertion(assertion_claims(caller, client)))
        assert_json_error(answer, "temporarily_unavailable", status=503)
        assert last_log(capsys, HMAC_SECRET)["reason"] == "secrets_key_unusable"
        with pytest.raises(TemporarilyUnavailable):
            ClientSecretEncryption(key.arn).encrypt("one", HMAC_SECRET)
    finally:
        key.enabled = True


@pytest.mark.parametrize("kind", ["throttled", "cut", "lost"])
def test_a_failure_that_can_not_be_counted_is_refused_all_the_same(
    aws: Aws, caller: Caller, tenant: Tenant, kind: Kind
) -> None:
    client = tenant.client()
    with aws.dynamodb.failing(kind, "UpdateItem"):
        assert_json_error(fail(caller, client.client_id), "invalid_client", status=401)


class Kept:
    """Decryption before a clock that the test moves."""

    def __init__(self, aws: Aws) -> None:
        self.now = 1000.0
        self._calls = aws.kms.calls
        self.decryption = ClientSecretDecryption(os.environ["SECRETS_KEY"], lambda: self.now)

    def asked(self, client_id: str, kept: str) -> tuple[str | None, int]:
        """What comes out, and how often KMS was asked for it."""
        self._calls.clear()
        return self.decryption.decrypt(client_id, kept), self._calls.count("Decrypt")


def test_a_secret_is_kept_for_a_minute(aws: Aws) -> None:
    kept, one = Kept(aws), ciphertext("one")
    assert kept.asked("one", one) == (HMAC_SECRET, 1)
    kept.now += KEPT_SECONDS - 1
    assert kept.asked("one", one) == (HMAC_SECRET, 0)
    kept.now += 1
    assert kept.asked("one", one) == (HMAC_SECRET, 1)


def test_what_opens_nothing_is_kept_as_that_for_its_client(aws: Aws) -> None:
    kept, one = Kept(aws), ciphertext("one")
    assert kept.asked("two", one) == (None, 1)
    assert kept.asked("two", one) == (None, 0)
    assert kept.asked("one", one) == (HMAC_SECRET, 1)


def test_so_many_are_kept_and_no_more(aws: Aws) -> None:
    kept, one = Kept(aws), ciphertext("one")
    kept.asked("one", one)
    for number in range(MAX_KEPT):
        kept.decryption._kept[str(number), ""] = (kept.now, None)
    kept.asked("two", one)
    assert len(kept.decryption._kept) == MAX_KEPT
    assert kept.asked("one", one) == (HMAC_SECRET, 1)
