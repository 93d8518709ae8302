"""Keys that the rotation made after the stack: reached by their tags, as the roles say, and no others."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.enforcement.front import EnforcedAws, Upstreams
from infra.local.kms import EmbeddedKms
from infra.local.kms_keys import KeyRecord
from infra.local.template import STACK_NAME, read_template
from tests.enforcement.conftest import Upstream
from tests.support.signed import AwsAnswer, Sender, sign

STACK = {"keyturn:stack": STACK_NAME}
MADE = {**STACK, "keyturn:made-for": "a-nonce"}
SIGNERS = {"BackchannelLogout", "Introspection", "Token", "Userinfo"}
READERS = (
    "Authorization",
    "BackchannelLogout",
    "EndSession",
    "Introspection",
    "Jwks",
    "Revocation",
    "Token",
    "Userinfo",
)


class Account:
    """The stack's roles over an embedded KMS that has the stack's keys and others."""

    def __init__(self, template: Path, sender: Sender) -> None:
        self.kms = EmbeddedKms()
        read = read_template(template)
        self.policy = read.keys[0].policy
        for key in read.keys:
            self.kms.create_key(key.key_spec, key_id=key.key_id, tags=key.tags, policy=key.policy)
        self.first = [key.key_id for key in read.keys]
        other = Upstream()
        self.aws = EnforcedAws(template, Upstreams(other, self.kms, other, other, other, other))
        self._sender = sender

    def key(self, tags: dict[str, str], *, policy: str | None = None) -> KeyRecord:
        """A key made later, by whomever."""
        return self.kms.create_key(
            "ECC_NIST_P256", tags=tags, policy=self.policy if policy is None else policy
        )

    def ask(self, function: str, operation: str, **body: Any) -> AwsAnswer:
        return self._sender.send(*sign(self.aws, self.aws.keys[function], f"kms:{operation}", body))

    def sign(self, function: str, key_id: str) -> AwsAnswer:
        return self.ask(function, "Sign", KeyId=key_id, Message="bQ==", SigningAlgorithm="ECDSA_SHA_256")


@pytest.fixture(scope="module")
def account(expanded_file: Path, sender: Sender) -> Iterator[Account]:
    account = Account(expanded_file, sender)
    yield account
    account.aws.close()


def refused(answer: AwsAnswer) -> bool:
    return (answer.status, answer.json.get("__type")) == (400, "AccessDeniedException")


def test_who_signs_does_so_with_a_key_made_later_and_all_that_verify_read_it(account: Account) -> None:
    key = account.key(MADE)
    assert account.sign("Token", key.arn).status == 200
    assert account.sign("Token", key.key_id).status == 200
    for function in READERS:
        assert account.ask(function, "GetPublicKey", KeyId=key.arn).status == 200, function
    for function in (*READERS, "KeyRotation", "Login"):
        assert (function in SIGNERS) is not refused(account.sign(function, key.arn)), function


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"keyturn:stack": "keyturn-another-prod"},
        {"keyturn:stack": STACK_NAME + "x"},
        {"keyturn:stack": STACK_NAME.upper()},
        {"Keyturn:stack": STACK_NAME},
        {"keyturn:made-for": "a-nonce"},
    ],
    ids=str,
)
def test_a_key_without_this_stacks_tag_is_nobodys(account: Account, tags: dict[str, str]) -> None:
    key = account.key(tags)
    assert refused(account.sign("Token", key.arn))
    assert refused(account.ask("Jwks", "GetPublicKey", KeyId=key.arn))
    for operation in ("DisableKey", "ListResourceTags", "ScheduleKeyDeletion"):
        assert refused(account.ask("KeyRotation", operation, KeyId=key.arn)), operation
    assert key.state == "Enabled"


def test_a_tagged_key_whose_own_policy_gives_nothing_away_is_nobodys_either(account: Account) -> None:
    statement = {
        "Sid": "One",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "kms:GetPublicKey",
        "Resource": "*",
    }
    other = account.key(MADE, policy=json.dumps({"Statement": [statement]}))
    assert refused(account.sign("Token", other.arn))
    assert account.ask("Token", "GetPublicKey", KeyId=other.arn).status == 200


def test_a_key_there_is_not_is_refused(account: Account) -> None:
    assert refused(account.sign("Token", "arn:aws:kms:us-east-1:000000000000:key/nobody"))


def test_only_a_key_of_the_rotations_making_can_be_deleted(account: Account) -> None:
    made, tagged = account.key(MADE), account.key(STACK)
    assert account.ask("KeyRotation", "ScheduleKeyDeletion", KeyId=made.arn).status == 200
    for key_id in (tagged.arn, *account.first):
        assert refused(account.ask("KeyRotation", "ScheduleKeyDeletion", KeyId=key_id))
    assert account.ask("KeyRotation", "DisableKey", KeyId=tagged.arn).status == 200


def creation(tags: dict[str, str], **changes: Any) -> dict[str, Any]:
    given = [{"TagKey": name, "TagValue": value} for name, value in tags.items()]
    return {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY", "Tags": given, **changes}


def test_the_rotation_makes_signing_keys_of_this_stack(account: Account) -> None:
    answer = account.ask("KeyRotation", "CreateKey", **creation(MADE, Policy=account.policy))
    assert answer.status == 200
    assert account.kms.all_keys()[-1].tags == MADE
    assert refused(account.ask("Token", "CreateKey", **creation(MADE)))


@pytest.mark.parametrize(
    "body",
    [
        creation({}),
        creation(STACK),
        creation({"keyturn:made-for": "a-nonce"}),
        creation({**MADE, "keyturn:stack": "keyturn-another-prod"}),
        creation({**MADE, "keyturn:made-for": ""}),
        creation({**MADE, "team": "identity"}),
        creation(MADE, KeySpec="RSA_4096"),
        creation(MADE, KeyUsage="ENCRYPT_DECRYPT"),
        creation(MADE, BypassPolicyLockoutSafetyCheck=True),
        creation(MADE, Origin="EXTERNAL"),
        creation(MADE, Tags=[{"TagKey": "keyturn:stack"}]),
        {"Tags": []},
    ],
    ids=range(12),
)
def test_any_other_key_it_may_not_make(account: Account, body: dict[str, Any]) -> None:
    before = len(account.kms.all_keys())
    assert refused(account.ask("KeyRotation", "CreateKey", **body))
    assert len(account.kms.all_keys()) == before


def test_a_key_of_another_stack_or_of_another_use_cannot_be_taken_by_tagging_it(account: Account) -> None:
    tags = [{"TagKey": name, "TagValue": value} for name, value in MADE.items()]
    others = account.key({"keyturn:stack": "keyturn-another-prod"})
    large = account.kms.create_key("RSA_4096", policy=account.policy)
    for key in (others, large):
        for function in ("KeyRotation", "Token"):
            assert refused(account.ask(function, "TagResource", KeyId=key.arn, Tags=tags))
    named = account.key({})
    account.kms.create_alias("alias/an-app-of-somebody", named.key_id)
    assert refused(account.ask("KeyRotation", "TagResource", KeyId=named.arn, Tags=tags))
    # Tagging is a part of making a key: IAM can't tell it from tagging one that has no stack and no name.
    bare = account.key({})
    assert not refused(account.ask("KeyRotation", "TagResource", KeyId=bare.arn, Tags=tags))
    assert refused(account.ask("KeyRotation", "TagResource", KeyId=bare.arn, Tags=tags[:1]))
    assert refused(account.ask("Token", "TagResource", KeyId=bare.arn, Tags=tags))
