"""The functions of template.yaml: an API with two routes, protected in the two ways there are."""

import json
import os
from typing import Any

import boto3

from keyturn_resource_server import (
    AccessToken,
    AccessTokens,
    IntrospectedAccessTokens,
    Issuer,
    JwtAccessTokens,
    JwtOrOpaqueAccessTokens,
    ProofVerifier,
    ProtectedResource,
    ResourceServer,
    authorizer,
    metadata_handler,
    protected,
)
from keyturn_resource_server.api_gateway import Event, answer
from keyturn_resource_server.replays import DynamoDBReplays

RESOURCE = os.environ["RESOURCE"]


def access_tokens(issuer: Issuer, secret_arn: str) -> AccessTokens:
    """JWTs alone or, where the API has a client to introspect with, opaque tokens too. The secret is what
    Keyturn keeps for a client that a stack declares: {"client_id": ..., "client_secret": ...}.
    """
    jwts = JwtAccessTokens(issuer, RESOURCE)
    if not secret_arn:
        return jwts
    kept = boto3.client("secretsmanager").get_secret_value(SecretId=secret_arn)["SecretString"]
    return JwtOrOpaqueAccessTokens(jwts, IntrospectedAccessTokens(issuer, RESOURCE, **json.loads(kept)))


# Once for each start of an instance, as keys and connections are kept.
SERVER = ResourceServer(
    ProtectedResource(
        resource=RESOURCE,
        authorization_servers=(os.environ["ISSUER"],),
        scopes_supported=("notes:read", "reports:read"),
        resource_name="Notes API",
    ),
    access_tokens(Issuer(os.environ["ISSUER"]), os.environ.get("INTROSPECTION_SECRET_ARN", "")),
    ProofVerifier(DynamoDBReplays(boto3.client("dynamodb"), os.environ["PROOFS_TABLE"])),
)

metadata = metadata_handler(SERVER)
authorize = authorizer(SERVER, {"GET /reports": ["reports:read"]})


@protected(SERVER, "notes:read")
def notes(_event: Event, token: AccessToken) -> dict[str, Any]:
    """Behind the decorator: refusals are answered here, with their challenge."""
    return answer(200, {"notes": [], "for": token.sub})


def reports(event: Event, _context: Any) -> dict[str, Any]:
    """Behind the authorizer: knows nothing of tokens, and finds the caller in the event."""
    caller = event["requestContext"]["authorizer"]["lambda"]
    return answer(200, {"reports": [], "for": caller["sub"]})
