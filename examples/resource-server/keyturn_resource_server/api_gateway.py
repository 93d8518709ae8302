"""Before Lambda functions behind an HTTP API of API Gateway, payload format 2.0.

`protected` wraps a function and answers refusals in full. `authorizer` makes a Lambda authorizer, for
functions that are to stay as they are: API Gateway answers its refusals, without a challenge.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from keyturn_resource_server.access_token import AccessToken
from keyturn_resource_server.challenge import RefusedError
from keyturn_resource_server.resource_server import Request, ResourceServer
from keyturn_resource_server.step_up import SignIn

Event = Mapping[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


class UnauthorizedError(Exception):
    """By this word, and no other, API Gateway answers 401 for an authorizer."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def protected(
    server: ResourceServer, *scopes: str, sign_in: SignIn | None = None
) -> Callable[[Callable[[Event, AccessToken], dict[str, Any]]], Handler]:
    """A decorator: the function is called with the event and the caller's token, and only where the token
    holds and has these scope values, of a person who signed in as `sign_in` demands. All else is answered
    here, with its challenge.
    """

    def decorate(function: Callable[[Event, AccessToken], dict[str, Any]]) -> Handler:
        @wraps(function)
        def handler(event: Event, _context: Any) -> dict[str, Any]:
            try:
                token = server.authorize(request_of(event), *scopes, sign_in=sign_in)
            except RefusedError as refused:
                return answer(refused.status, refused.document, refused.headers)
            return function(event, token)

        return handler

    return decorate


def authorizer(
    server: ResourceServer, scopes: Mapping[str, Sequence[str]], *, simple: bool = True
) -> Callable[[Event, Any], dict[str, Any]]:
    """The handler of a Lambda authorizer. `scopes` says for each route ("GET /notes") what it needs; a route
    that is not among them is denied. `simple` as the authorizer's EnableSimpleResponses: False answers with
    an IAM policy, for this route alone.

    Denied (403) is who has too little scope. Raises UnauthorizedError (401) for a token that does not hold,
    and RefusedError (500) where the issuer cannot be asked. The function behind finds sub, client_id, scope
    and exp in event["requestContext"]["authorizer"]["lambda"].
    """

    def handler(event: Event, _context: Any) -> dict[str, Any]:
        needed = scopes.get(event["routeKey"])
        try:
            token = server.authorize(request_of(event), *(needed or ()))
        except RefusedError as refused:
            if refused.status in {400, 401}:
                raise UnauthorizedError from refused
            if refused.status != 403:  # noqa: PLR2004 - Forbidden
                raise
            return _decision(event, None, simple=simple)
        return _decision(event, token if needed is not None else None, simple=simple)

    return handler


def metadata_handler(server: ResourceServer) -> Handler:
    """The handler of the route that `resource.metadata_url` leads to (RFC 9728 section 3.1). Apps in
    browsers may read it as well.
    """

    def handler(_event: Event, _context: Any) -> dict[str, Any]:
        headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
        return answer(200, server.resource.document(), headers)

    return handler


def request_of(event: Event) -> Request:
    """The request of an event. The host is the one API Gateway was reached by, not what a header says."""
    context, headers = event["requestContext"], event["headers"]
    return Request(
        method=context["http"]["method"],
        url=f"https://{context['domainName']}{event['rawPath']}",
        authorization=headers.get("authorization", ""),
        dpop=headers.get("dpop", ""),
    )


def answer(status: int, document: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a function returns: JSON."""
    told = {"Content-Type": "application/json", **(headers or {})}
    return {"statusCode": status, "headers": told, "body": json.dumps(document)}


def _decision(event: Event, token: AccessToken | None, *, simple: bool) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if token is not None:
        told = {
            "sub": token.sub,
            "client_id": token.client_id,
            "scope": " ".join(sorted(token.scope)),
            "exp": token.exp,
        }
    if simple:
        return {"isAuthorized": token is not None, "context": told}
    effect = "Allow" if token is not None else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["routeArn"]}
    return {
        "principalId": token.sub if token is not None else "nobody",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": told,
    }
