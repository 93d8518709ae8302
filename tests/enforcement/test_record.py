"""What was used of the roles, and what was not: the half of the proof that they are not too wide."""

from pathlib import Path

from infra.enforcement.front import EnforcedAws, Upstreams
from infra.enforcement.record import Record, Refusal
from tests.enforcement.conftest import Upstream
from tests.support.signed import Sender, sign

JTI = {"TableName": "keyturn-local-Requests", "Item": {"id": {"S": "jti#one"}}}


def test_used_and_refused_calls_are_told_by_role_statement_and_action(
    expanded_file: Path, sender: Sender
) -> None:
    upstream = Upstream()
    aws = EnforcedAws(expanded_file, Upstreams(upstream, upstream, upstream, upstream, upstream, upstream))
    try:
        before = [line for line in aws.too_wide() if line.startswith("RevocationRole, SpendAssertions")]
        for _ in range(2):
            assert sender.send(*sign(aws, aws.keys["Revocation"], "dynamodb:PutItem", JTI)).status == 200
        assert sender.send(*sign(aws, aws.keys["Login"], "dynamodb:PutItem", JTI)).status == 400
        after = [line for line in aws.too_wide() if line.startswith("RevocationRole, SpendAssertions")]
    finally:
        aws.close()
    sid, table = "RevocationRole, SpendAssertionsAndTokens", "arn:aws:dynamodb:us-east-1:000000000000:table/"
    assert before == [
        f"{sid}: {table}keyturn-local-Requests",
        f"{sid}: dynamodb:PutItem",
        f"{sid}: jti#*",
        f"{sid}: revoked_token#*",
    ]
    assert after == [f"{sid}: revoked_token#*"]
    assert aws.record.allowed == {("RevocationRole", "SpendAssertionsAndTokens", "dynamodb:PutItem"): 2}
    why = "because no identity-based policy allows the dynamodb:PutItem action"
    refusal = Refusal("LoginRole", "dynamodb:PutItem", f"{table}keyturn-local-Requests", why)
    assert aws.record.refused == {refusal: 1}


def test_logs_are_not_asked_for_here_and_so_not_called_too_wide(aws: EnforcedAws) -> None:
    assert not [line for line in aws.too_wide() if "logs:" in line or "MetadataRole" in line]


def test_a_refusal_is_told_when_it_happens() -> None:
    told: list[Refusal] = []
    refusal = Refusal("TokenRole", "kms:Sign", "a key", "because no statement allows it")
    Record(told.append).refuse(refusal)
    assert told == [refusal]
    assert str(refusal) == "TokenRole: kms:Sign on a key because no statement allows it"
