"""infra/template.yaml as the laptop needs it: tables, keys, functions and routes.

Reads the hand-written SAM template and the fully expanded one alike.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from infra.local.intrinsics import Resolver, TemplateError, parse_yaml
from infra.local.names import (
    ACCOUNT,
    FUNCTION_TYPES,
    PSEUDO_PARAMETERS,
    REGION,
    STACK_NAME,
    api_address,
    arn,
    is_true,
    key_id,
    parameter_values,
)
from infra.local.resources import EventBus, Function, Key, Policies, Queue, Route, Table, Template
from infra.rooms import handler_of

__all__ = ["ACCOUNT", "EVERYTHING_ON", "REGION", "STACK_NAME", "TEMPLATE", "read_policies", "read_template"]

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
# Parameters with which every function is there that the template has.
_SWITCHES = (
    "Playground",
    "PasswordGrant",
    "ImplicitGrant",
    "EdDsaKey",
    "SessionManagement",
    "RequestObjectEncryption",
)
EVERYTHING_ON: Mapping[str, str] = {**dict.fromkeys(_SWITCHES, "on"), "DynamicRegistration": "open"}

# What create_table takes under the name the template has for it; the rest is the service's business.
_TABLE_ARGUMENTS = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
# Of a role, what says nothing about what it may do; anything else but its own policies would.
_ROLE_MEMBERS = {
    "AssumeRolePolicyDocument",
    "Description",
    "MaxSessionDuration",
    "Path",
    "Policies",
    "RoleName",
    "Tags",
}
_POLICY_TYPES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy", "AWS::KMS::Grant")


def read_template(
    path: Path = TEMPLATE, *, parameters: Mapping[str, str] | None = None, address: str = ""
) -> Template:
    """What a template says, with its parameters' defaults overridden by `parameters`.

    `address`, where given, is the URL at which its API is reached, in place of the one AWS would give
    it, wherever a function's environment has that. Raises TemplateError and OSError.
    """
    return _Reader(parse_yaml(path.read_text(encoding="utf-8")), parameters or {}, address).read()


def read_policies(path: Path = TEMPLATE, *, parameters: Mapping[str, str] | None = None) -> Policies:
    """What the template's roles and keys allow. Raises TemplateError, also where a role may do more than
    its own policies say, and OSError.
    """
    return _Reader(parse_yaml(path.read_text(encoding="utf-8")), parameters or {}, "").read_policies()


class _Reader:
    def __init__(self, document: Any, parameters: Mapping[str, str], address: str) -> None:
        if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
            raise TemplateError("The template has no Resources.")
        self._resources: dict[str, dict[str, Any]] = document["Resources"]
        self._globals = document.get("Globals", {}).get("Function", {})
        self._address = address
        values = PSEUDO_PARAMETERS | parameter_values(document.get("Parameters", {}), parameters)
        self._resolver = Resolver(
            values=values, conditions=document.get("Conditions", {}), find=self._find_attribute
        )

    def read(self) -> Template:
        functions = [self._function(name) for kind in FUNCTION_TYPES for name in self._of_type(kind)]
        return Template(
            tables=tuple(self._table(name) for name in self._of_type("AWS::DynamoDB::Table")),
            keys=tuple(self._key(name) for name in self._of_type("AWS::KMS::Key")),
            functions=tuple(functions),
            routes=tuple(self._route(name) for name in self._of_type("AWS::ApiGatewayV2::Route")),
            event_buses=tuple(
                EventBus(name, self._find_attribute(name, "Arn"))
                for name in self._of_type("AWS::Events::EventBus")
            ),
            queues=tuple(
                Queue(name, self._find_attribute(name, "Arn"), self._find_attribute(name, ""))
                for name in self._of_type("AWS::SQS::Queue")
            ),
        )

    def read_policies(self) -> Policies:
        elsewhere = [name for kind in _POLICY_TYPES for name in self._of_type(kind)]
        if elsewhere:
            raise TemplateError(f"{elsewhere[0]} gives permissions outside the roles.")
        roles = {self._find_attribute(name, "Arn"): name for name in self._of_type("AWS::IAM::Role")}
        functions = [name for kind in FUNCTION_TYPES for name in self._of_type(kind)]
        owners = {name: roles.get(self._property(name, "Role")) for name in functions}
        keys = {self._find_attribute(name, "Arn"): name for name in self._of_type("AWS::KMS::Key")}
        return Policies(
            of_functions={
                name: (str(role), self._role_statements(name, role)) for name, role in owners.items()
            },
            of_keys={
                arn: tuple(self._property(name, "KeyPolicy", {"Statement": []})["Statement"])
                for arn, name in keys.items()
            },
        )

    def _role_statements(self, function: str, role: str | None) -> tuple[dict[str, Any], ...]:
        if role is None:
            raise TemplateError(f"{function} has no role of this template.")
        members = self._resolver.resolve(self._resources[role]["Properties"])
        other = sorted(set(members) - _ROLE_MEMBERS)
        if other:
            raise TemplateError(f"{role} has {other[0]}, which is not understood here.")
        policies = members.get("Policies", [])
        return tuple(statement for policy in policies for statement in policy["PolicyDocument"]["Statement"])

    def _of_type(self, kind: str) -> list[str]:
        return [
            name
            for name, resource in self._resources.items()
            if resource.get("Type") == kind
            and ("Condition" not in resource or self._resolver.holds(resource["Condition"]))
        ]

    def _property(self, name: str, key: str, default: Any = None) -> Any:
        return self._resolver.resolve(self._resources[name].get("Properties", {}).get(key, default))

    def _table(self, name: str) -> Table:
        arguments = {key: self._property(name, key) for key in _TABLE_ARGUMENTS}
        arguments = {key: value for key, value in arguments.items() if value}
        # Capacity means nothing here, and a provisioned one would be asked for at every index.
        for index in arguments.get("GlobalSecondaryIndexes", []):
            index.pop("ProvisionedThroughput", None)
            index.pop("OnDemandThroughput", None)
            index.pop("ContributorInsightsSpecification", None)
        arguments |= {"TableName": self._find_attribute(name, ""), "BillingMode": "PAY_PER_REQUEST"}
        ttl = self._property(name, "TimeToLiveSpecification") or {}
        return Table(name, arguments, ttl["AttributeName"] if is_true(ttl.get("Enabled")) else None)

    def _key(self, name: str) -> Key:
        key_id = self._find_attribute(name, "")
        arn = self._find_attribute(name, "Arn")
        aliases = [
            str(self._property(alias, "AliasName"))
            for alias in self._of_type("AWS::KMS::Alias")
            if self._property(alias, "TargetKeyId") in {key_id, arn}
        ]
        spec = self._property(name, "KeySpec", "SYMMETRIC_DEFAULT")
        usage = self._property(name, "KeyUsage", "ENCRYPT_DECRYPT")
        tags = {tag["Key"]: tag["Value"] for tag in self._property(name, "Tags", [])}
        policy = json.dumps(self._property(name, "KeyPolicy", {}))
        return Key(name, key_id, spec, usage, tuple(aliases), tags, policy)

    def _function(self, name: str) -> Function:
        handler = self._property(name, "Handler") or handler_of(name)
        variables = {
            **self._resolver.resolve(self._globals.get("Environment", {}).get("Variables", {})),
            **(self._property(name, "Environment") or {}).get("Variables", {}),
        }
        return Function(
            name,
            handler,
            {key: self._variable(value) for key, value in variables.items()},
            timeout=self._number(name, "Timeout", 3),
            memory_size=self._number(name, "MemorySize", 128),
            name=self._function_name(name),
            **self._event_invoke_config(name),
        )

    def _function_name(self, name: str) -> str:
        return str(self._property(name, "FunctionName") or name)

    def _event_invoke_config(self, name: str) -> dict[str, Any]:
        """As SAM has it in the function, and CloudFormation beside it."""
        found = [self._property(name, "EventInvokeConfig")]
        found += [
            self._resolver.resolve(self._resources[one]["Properties"])
            for one in self._of_type("AWS::Lambda::EventInvokeConfig")
            if self._property(one, "FunctionName") in {name, self._function_name(name)}
        ]
        (config,) = [one for one in found if one] or [{}]
        destination = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        return {"retries": int(config.get("MaximumRetryAttempts", 2)), "on_failure": destination}

    def _number(self, function: str, key: str, default: int) -> int:
        return int(self._property(function, key) or self._resolver.resolve(self._globals.get(key, default)))

    def _variable(self, value: Any) -> str:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        for api in self._of_type("AWS::ApiGatewayV2::Api") if self._address else ():
            text = text.replace(api_address(api), self._address)
        return text

    def _route(self, name: str) -> Route:
        target = str(self._property(name, "Target"))
        integration = target.removeprefix("integrations/")
        if integration not in self._of_type("AWS::ApiGatewayV2::Integration"):
            raise TemplateError(f"{name} leads to {target}, which is no integration.")
        uri = str(self._property(integration, "IntegrationUri"))
        for kind in FUNCTION_TYPES:
            for function in self._of_type(kind):
                if re.search(rf":function:{re.escape(function)}(?![\w-])", uri):
                    return Route(str(self._property(name, "RouteKey")), function)
        raise TemplateError(f"{integration} calls {uri}, which is no function of this template.")

    def _find_attribute(self, name: str, attribute: str) -> str:
        """What Ref (attribute "") or Fn::GetAtt gives for a resource. Raises KeyError."""
        owner, _, member = name.partition(".")  # SAM: Ref Token.Alias
        kind, attribute = self._resources[owner].get("Type", ""), attribute or member
        identify: Callable[[str], str] = {
            "AWS::DynamoDB::Table": self._table_name,
            "AWS::Events::EventBus": lambda bus: str(self._property(bus, "Name")),
            "AWS::KMS::Key": key_id,
            "AWS::KMS::Alias": lambda alias: str(self._property(alias, "AliasName")),
            **dict.fromkeys(FUNCTION_TYPES, self._function_name),
            "AWS::SQS::Queue": lambda queue: f"{STACK_NAME}-{queue}",
            "AWS::Scheduler::ScheduleGroup": lambda group: str(self._property(group, "Name")),
            "AWS::Lambda::Alias": lambda alias: f"{self._property(alias, 'FunctionName')}:local",
        }.get(kind, str)
        identity = identify(owner)
        attributes = {"": identity, "Arn": arn(kind, identity)}
        if kind == "AWS::Lambda::Alias":
            attributes[""] = attributes["Arn"]
        if kind == "AWS::SQS::Queue":
            attributes["QueueName"] = identity
            attributes[""] = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{identity}"
        if kind in FUNCTION_TYPES:
            attributes["Alias"] = f"{attributes['Arn']}:local"
        if kind == "AWS::ApiGatewayV2::Api":
            attributes["ApiEndpoint"] = api_address(owner)
        return attributes[attribute]

    def _table_name(self, name: str) -> str:
        return str(self._property(name, "TableName") or f"{STACK_NAME}-{name}")
