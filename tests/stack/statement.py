"""A permission of a function, in a form tests can ask about."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

# The one resource that is many: secrets by the beginning of their names, which is the stack's own.
CLIENT_SECRETS = "ClientSecrets"
_CLIENT_SECRETS_ARN = (
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${AWS::StackName}/clients/*"
)


# What every role may do where functions are traced, and only there.
TRACES = {
    "Fn::If": [
        "HasTracing",
        {
            "Sid": "SendTraces",
            "Effect": "Allow",
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            "Resource": "*",
        },
        {"Ref": "AWS::NoValue"},
    ]
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a function's role. A resource is a logical id, with /index/name for an index."""

    function: str
    sid: str
    actions: frozenset[str]
    resources: frozenset[str]
    leading_keys: tuple[str, ...] | None

    def allows(self, action: str, resource: str, key: str = "") -> bool:
        """Whether it lets the function do this with an item of this key."""
        if action not in self.actions or resource not in self.resources:
            return False
        return self.leading_keys is None or any(fnmatchcase(key, pattern) for pattern in self.leading_keys)


def statements_of(function: str, properties: Any, resources: Any) -> list[Statement]:
    """The statements of a function's role; anything in them this does not know fails."""
    role = resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]
    assert set(role) == {"AssumeRolePolicyDocument", "Policies", "PermissionsBoundary"}, function
    return [
        _statement(function, statement)
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement != TRACES
    ]


def _statement(function: str, statement: dict[str, Any]) -> Statement:
    assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}, statement
    assert statement["Effect"] == "Allow"
    condition = statement.get("Condition")
    keys = None
    if condition is not None:
        assert list(condition) == ["ForAllValues:StringLike"], statement
        assert list(condition["ForAllValues:StringLike"]) == ["dynamodb:LeadingKeys"], statement
        keys = tuple(condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
    return Statement(
        function=function,
        sid=statement["Sid"],
        actions=frozenset(_list(statement["Action"])),
        resources=frozenset(_resource(one) for one in _list(statement["Resource"])),
        leading_keys=keys,
    )


def _resource(value: Any) -> str:
    """A resource of this stack by its logical id. Any other, or a wildcard, fails."""
    match value:
        case {"Fn::GetAtt": [str() as name, "Arn"]}:
            return name
        case {"Fn::Sub": str() as text} if text.startswith("${") and ".Arn}/index/" in text:
            name, index = text.removeprefix("${").split(".Arn}/index/")
            assert "*" not in index
            return f"{name}/index/{index}"
        case {"Fn::Sub": str() as text} if text == _CLIENT_SECRETS_ARN:
            return CLIENT_SECRETS
        case _:
            raise AssertionError(f"{value} is no single resource of this stack")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
