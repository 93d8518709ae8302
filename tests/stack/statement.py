"""A permission of a function, in a form tests can ask about."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

# The one resource that is many: secrets by the beginning of their names, which is the stack's own.
CLIENT_SECRETS = "ClientSecrets"
_CLIENT_SECRETS_ARN = (
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${AWS::StackName}/clients/*"
)
# The schedules of the stack's own group.
RETRIES = "LogoutRetries"
_RETRIES_ARN = (
    "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${AWS::StackName}-logouts/*"
)
# What a role may be passed for, where one may be at all.
PASSED = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
FIRST_KEYS = ("SigningKeyEs256", "SigningKeyRsa")
LATER_KEYS = "the signing keys made later"
NEW_KEYS = "new keys"
SECRETS_KEY = "SecretsKey"
REQUEST_KEYS = ("RequestObjectKeyRsa", "RequestObjectKeyEc")
# By what a role is given a use of these keys.
USES = {
    SECRETS_KEY: "kms:EncryptionContext:purpose",
    "RequestObjectKeyRsa": "kms:EncryptionAlgorithm",
    "RequestObjectKeyEc": "kms:KeyAgreementAlgorithm",
}
# A condition on the tags of keys, and the keys of this stack that it is about. No other is known here.
STACK = {"Ref": "AWS::StackName"}
KEY_CONDITIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    ({"StringEquals": {"aws:ResourceTag/keyturn:stack": STACK}}, (*FIRST_KEYS, LATER_KEYS)),
    (
        {
            "StringEquals": {"aws:ResourceTag/keyturn:stack": STACK},
            "StringLike": {"aws:ResourceTag/keyturn:made-for": "?*"},
        },
        (LATER_KEYS,),
    ),
)
# What has no key to name, and how it must be narrowed instead.
SPECS = {"kms:KeySpec": ["ECC_NIST_P256", "ECC_NIST_EDWARDS25519", "RSA_2048"], "kms:KeyUsage": "SIGN_VERIFY"}
OF_NEW_KEYS: dict[str, Any] = {
    "kms:CreateKey": {"StringEquals": {**SPECS, "aws:RequestTag/keyturn:stack": STACK}},
    "kms:ListKeys": None,
    "kms:TagResource": {
        "StringEquals": {"aws:RequestTag/keyturn:stack": STACK},
        "StringLike": {"aws:RequestTag/keyturn:made-for": "?*"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["keyturn:stack", "keyturn:made-for"]},
        "ForAllValues:StringLike": {"kms:ResourceAliases": {"Fn::Sub": "alias/${AWS::StackName}/*"}},
        "StringEqualsIfExists": {**SPECS, "aws:ResourceTag/keyturn:stack": STACK},
    },
}
ANY_KEY = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"


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


# What those that issue tokens may do where there is a policy hook, and only there.
POLICY_HOOK = {
    "Fn::If": [
        "HasPolicyHook",
        {
            "Sid": "AskPolicyHook",
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction"],
            "Resource": {"Ref": "PolicyHookArn"},
        },
        {"Ref": "AWS::NoValue"},
    ]
}


# The same for the function whose tokens leave with the authorization response, if any do.
POLICY_HOOK_OF_IMPLICIT = {"Fn::If": ["HasImplicitGrantAndPolicyHook", *POLICY_HOOK["Fn::If"][1:]]}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a function's role. A resource is a logical id, with /index/name for an index; of keys
    also LATER_KEYS, those key_rotation made, and NEW_KEYS, those that are to be made. `leading_keys` are
    which items of a table, and of a key that is no signing key what it is used for, or how. `switch` is the
    condition of the template under which it is there, None where it always is.
    """

    function: str
    sid: str
    actions: frozenset[str]
    resources: frozenset[str]
    leading_keys: tuple[str, ...] | None
    attributes: tuple[str, ...] | None = None
    switch: str | None = None

    def allows(self, action: str, resource: str, key: str = "") -> bool:
        """Whether it lets the function do this with an item of this key."""
        if action not in self.actions or resource not in self.resources:
            return False
        return self.leading_keys is None or any(fnmatchcase(key, pattern) for pattern in self.leading_keys)


def who(statements: list[Statement], action: str, resource: str, key: str = "") -> set[str]:
    """The functions that may do this with an item of this key."""
    return {one.function for one in statements if one.allows(action, resource, key)}


def statements_of(function: str, properties: Any, resources: Any) -> list[Statement]:
    """The statements of a function's role; anything in them this does not know fails."""
    role = resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]
    assert set(role) == {"AssumeRolePolicyDocument", "Policies", "PermissionsBoundary"}, function
    return [
        _statement(function, statement)
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement not in (TRACES, POLICY_HOOK, POLICY_HOOK_OF_IMPLICIT)
    ]


def _statement(function: str, statement: dict[str, Any]) -> Statement:
    switch = None
    if "Fn::If" in statement:
        switch, statement, otherwise = statement["Fn::If"]
        assert otherwise == {"Ref": "AWS::NoValue"}, statement
    assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}, statement
    assert statement["Effect"] == "Allow"
    actions, resource, condition = statement["Action"], statement["Resource"], statement.get("Condition")
    keys, attributes = None, None
    if resource == "*":
        (action,) = actions
        assert condition == OF_NEW_KEYS[action], statement
        resources = frozenset({NEW_KEYS})
    elif resource == {"Fn::Sub": ANY_KEY}:
        (kinds,) = (kinds for one, kinds in KEY_CONDITIONS if one == condition)
        resources = frozenset(kinds)
    else:
        resources = frozenset(_resource(one) for one in _list(resource))
        if actions == ["iam:PassRole"]:
            assert condition == PASSED, statement
            condition = None
        attributes, condition = _attributes(statement, condition)
        keys = _use(condition) if resources & USES.keys() else _leading_keys(statement, condition)
    return Statement(
        function=function,
        sid=statement["Sid"],
        actions=frozenset(_list(actions)),
        resources=resources,
        leading_keys=keys,
        attributes=attributes,
        switch=switch,
    )


def _attributes(statement: Any, condition: Any) -> tuple[tuple[str, ...] | None, Any]:
    """The attributes of items that an update may reach, None for all, and what else the condition says."""
    if condition is None or "ForAllValues:StringEquals" not in condition:
        return None, condition
    assert statement["Action"] == ["dynamodb:UpdateItem"], statement
    others = {**condition}
    ((key, names),) = others.pop("ForAllValues:StringEquals").items()
    assert key == "dynamodb:Attributes", statement
    return tuple(names), others


def _leading_keys(statement: Any, condition: Any) -> tuple[str, ...] | None:
    if condition is None:
        return None
    assert list(condition) == ["ForAllValues:StringLike"], statement
    assert list(condition["ForAllValues:StringLike"]) == ["dynamodb:LeadingKeys"], statement
    return tuple(condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def _use(condition: Any) -> tuple[str, ...] | None:
    """What a key may be used for, or by which algorithm; None where there is but one use."""
    if condition is None:
        return None
    assert list(condition) == ["StringEquals"], condition
    ((name, value),) = condition["StringEquals"].items()
    assert name in USES.values(), condition
    return (value,)


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
        case {"Fn::Sub": str() as text} if text == _RETRIES_ARN:
            return RETRIES
        case _:
            raise AssertionError(f"{value} is no single resource of this stack")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
