"""The keys of a tenant from the command line: seen, rotated ahead of time, taken out in an emergency."""

import json
import os
from collections.abc import Iterator

import boto3
import pytest

from chalicelib.aws.signing_keys import ITEM_ID
from infra.local.stack import LocalStack, _forget
from tests.admin.conftest import Run
from tests.admin.operators_aws import OPERATOR, OperatorsAws
from tests.support.http import Caller, LambdaTransport


@pytest.fixture(autouse=True)
def fresh(stack: LocalStack) -> Iterator[None]:
    """The stack's keys are afterwards as they were before: other tests sign with them."""
    client, table = boto3.client("dynamodb"), os.environ["CLIENTS_TABLE"]
    before = client.get_item(TableName=table, Key={"id": {"S": ITEM_ID}})["Item"]
    yield
    client.put_item(TableName=table, Item=before)
    for key in stack.kms.all_keys():
        key.enabled, key.deletion_days = True, None
    _forget()


def published(stack: LocalStack) -> set[str]:
    """By an instance that was just started."""
    _forget()
    keys = Caller(LambdaTransport(stack)).get("/jwks").json["keys"]
    return {key["kid"] for key in keys if key["use"] == "sig"}


def test_the_list_shows_each_key_and_what_is_next_in_80_columns(run: Run, stack: LocalStack) -> None:
    run("keys", "rotate", "--alg", "ES256")
    shown = run("keys", "list")
    lines = shown.out.splitlines()
    assert lines[0].split() == ["kid", "type", "state", "when"]
    assert [line.split()[1:4] for line in lines[2:]] == [
        ["EC", "signing", "since"],
        ["RSA", "signing", "since"],
        ["OKP", "signing", "since"],
        ["EC", "made", "signs"],
    ]
    assert all(len(line) <= 80 for line in lines)
    assert {line.split()[0] for line in lines[2:5]} == published(stack)


def test_machines_get_every_time_and_name(run: Run) -> None:
    run("keys", "rotate")
    document = run("keys", "list", "--json").json
    assert len(document["keys"]) == 6
    for key in document["keys"]:
        assert set(key) == {"kid", "kty", "algs", "phase", "sign_from", "published_until", "key_id"}
        assert key["key_id"].startswith("arn:aws:kms:")
    assert (document["making"], document["ending"]) == ([], [])


def test_an_emergency_is_one_command_that_says_what_it_means(run: Run, stack: LocalStack) -> None:
    before = published(stack)
    ran = run("keys", "revoke", "--yes")
    assert not published(stack) & before
    assert "refused by this server within a minute" in ran.said
    assert "nobody has to sign in again" in ran.said
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def test_an_emergency_asks_first(run: Run, stack: LocalStack) -> None:
    before = published(stack)
    ran = run("keys", "revoke", typed="no\n", code=1)
    assert "cannot be taken back" in ran.said
    assert "Nothing was changed." in ran.said
    assert published(stack) == before
    run("keys", "revoke", "--alg", "RS256", typed="yes\n")
    assert len(published(stack) & before) == 2


def test_one_key_is_taken_out_by_its_kid_and_an_unknown_one_is_refused(run: Run, stack: LocalStack) -> None:
    run("keys", "rotate")
    kid = run("keys", "list", "--json").json["keys"][0]["kid"]
    ran = run("keys", "revoke", "--kid", "nobody", "--yes", code=1)
    assert "There is no key nobody. `keys list` shows those there are." in ran.said
    run("keys", "revoke", "--kid", kid, "--yes")
    assert kid not in published(stack)


def test_the_trail_names_the_operator(run: Run, aws: OperatorsAws) -> None:
    run("keys", "rotate", "--alg", "ES256")
    lines = map(json.loads, aws.function_log.getvalue().splitlines())
    (event,) = [line["audit"] for line in lines if "audit" in line]
    assert (event["type"], event["actor"]) == ("key_announced", {"kind": "operator", "id": OPERATOR})


def test_one_that_may_not_be_invoked_or_is_not_there_is_told(run: Run, aws: OperatorsAws) -> None:
    aws.denied = {"InvokeFunction"}
    ran = run("keys", "list", code=1)
    assert "These credentials may not do that" in ran.said
    aws.denied = set()
    aws.rotates = False
    ran = run("keys", "list", code=1)
    assert "no key rotation yet" in ran.said
