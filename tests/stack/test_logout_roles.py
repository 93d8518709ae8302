"""Who tells clients of logouts, who has it do so, and by whom it is called again."""

from typing import Any

from tests.stack.statement import Statement, who
from tests.stack.test_roles import WRITES


def test_next_tries_are_made_by_the_scheduler_of_this_stacks_own_group(resources: dict[str, Any]) -> None:
    role = resources["LogoutRetriesRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    # Else a schedule of anybody in the account could act as it.
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"},
            "aws:SourceArn": {"Fn::GetAtt": ["LogoutRetries", "Arn"]},
        }
    }
    given = [
        (statement["Action"], statement["Resource"])
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    own = resources["BackchannelLogout"]["Properties"]["FunctionName"]["Fn::Sub"]
    function = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:" + own
    assert given == [
        (["lambda:InvokeFunction"], {"Fn::Sub": function}),
        (["sqs:SendMessage"], {"Fn::GetAtt": ["LogoutDeadLetters", "Arn"]}),
    ]


def test_what_tells_of_logouts_schedules_its_own_next_tries_and_writes_counts_alone(
    functions: dict[str, Any], statements: list[Statement]
) -> None:
    own = [one for one in statements if one.function == "BackchannelLogout"]
    assert frozenset[str]().union(*(one.actions for one in own)) & WRITES == {"dynamodb:UpdateItem"}
    assert who(statements, "scheduler:CreateSchedule", "LogoutRetries") == {"BackchannelLogout"}
    assert who(statements, "iam:PassRole", "LogoutRetriesRole") == {"BackchannelLogout"}
    assert who(statements, "lambda:InvokeFunction", "BackchannelLogout") == {"EndSession", "Login"}
    variables = functions["BackchannelLogout"]["Environment"]["Variables"]
    assert variables["LOGOUT_RETRIES"] == {"Ref": "LogoutRetries"}
    assert variables["LOGOUT_RETRIES_ROLE"] == {"Fn::GetAtt": ["LogoutRetriesRole", "Arn"]}


def test_grants_are_listed_where_sessions_end_alone_and_through_the_index(
    statements: list[Statement],
) -> None:
    queries = [one for one in statements if "dynamodb:Query" in one.actions]
    index = "Grants/index/by_sub"
    listing = {("BackchannelLogout", index), ("EndSession", index)}
    assert {(one.function, *one.resources) for one in queries} == listing
