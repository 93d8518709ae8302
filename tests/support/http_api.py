"""An HTTP API of API Gateway before the functions of a template: its routes, payload 2.0 and authorizers.

What is documented of Lambda authorizers is done: an identity source that is missing is 401 without a call,
an exception is 401 where it says Unauthorized and 500 otherwise, and no refusal has a header of its own.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from infra.local.intrinsics import parse_yaml
from tests.support.http import Answer

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]
_INVOKE = "execute-api:Invoke"


@dataclass
class HttpApi:
    """The API of a template whose functions are in `module`, at `domain`."""

    template: Path
    module: ModuleType
    domain: str
    authorized: int = 0

    def __post_init__(self) -> None:
        document = parse_yaml(self.template.read_text(encoding="utf-8"))
        self._resources: dict[str, Any] = {
            name: one["Properties"] for name, one in document["Resources"].items()
        }
        self._routes = {
            one["RouteKey"]: one
            for one in self._resources.values()
            if isinstance(one, dict) and "RouteKey" in one
        }

    def send(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """An answer to a request, whose path comes decoded, as API Gateway has it."""
        parts = urlsplit(url)
        key = f"{method} {unquote(parts.path) or '/'}"
        route = self._routes.get(key)
        if route is None:
            return _gateways(404, "Not Found")
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": key,
            "rawPath": unquote(parts.path) or "/",
            "rawQueryString": parts.query,
            "headers": {name.lower(): value for name, value in (headers or {}).items()},
            "requestContext": {
                "domainName": self.domain,
                "http": {"method": method, "path": parts.path, "protocol": "HTTP/1.1"},
                "stage": "$default",
            },
        }
        if "AuthorizerId" in route:
            refused = self._authorize(self._resources[route["AuthorizerId"]["Ref"]], event)
            if refused is not None:
                return refused
        answer = self._handler(self._integrated(route))(event, None)
        told = {name.lower(): value for name, value in answer["headers"].items()}
        return Answer(answer["statusCode"], told, (), answer["body"])

    def _authorize(self, authorizer: dict[str, Any], event: dict[str, Any]) -> Answer | None:
        names = [one.removeprefix("$request.header.").lower() for one in authorizer["IdentitySource"]]
        if not all(event["headers"].get(name) for name in names):
            return _gateways(401, "Unauthorized")
        arn = (
            f"arn:aws:execute-api:us-east-1:000000000000:api/$default/{event['routeKey'].replace(' /', '/')}"
        )
        asked = {**event, "type": "REQUEST", "routeArn": arn}
        self.authorized += 1
        (name,) = [name for name in self._resources if f"functions/${{{name}.Arn}}" in str(authorizer)]
        try:
            decision = self._handler(name)(asked, None)
        except Exception as error:  # noqa: BLE001 - as API Gateway sees any
            return _gateways(401, "Unauthorized") if str(error) == "Unauthorized" else _gateways(500, "")
        if not allows(decision, arn):
            return _gateways(403, "Forbidden")
        event["requestContext"]["authorizer"] = {"lambda": decision.get("context", {})}
        return None

    def _integrated(self, route: dict[str, Any]) -> str:
        integration = route["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
        uri = self._resources[integration]["IntegrationUri"]["Fn::GetAtt"]
        return str(uri[0])

    def _handler(self, function: str) -> Handler:
        handler: Handler = getattr(self.module, self._resources[function]["Handler"].partition(".")[2])
        return handler


def allows(decision: Mapping[str, Any], arn: str) -> bool:
    """Whether an authorizer's answer, simple or an IAM policy, lets a request to this route pass."""
    if "isAuthorized" in decision:
        return decision["isAuthorized"] is True
    assert decision["principalId"]
    statements = decision["policyDocument"]["Statement"]
    hits = [one["Effect"] for one in statements if (one["Action"], one["Resource"]) == (_INVOKE, arn)]
    return "Allow" in hits and "Deny" not in hits


def _gateways(status: int, message: str) -> Answer:
    return Answer(status, {"content-type": "application/json"}, (), json.dumps({"message": message}))
