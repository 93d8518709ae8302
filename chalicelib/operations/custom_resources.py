"""Custom::KeyturnClient, -ResourceServer and -TrustedIssuer: what an application's own stack declares here.

CloudFormation calls this function with an event for each resource it creates, updates or deletes, and reads
the answer where the event's ResponseURL leads. Whoever may invoke it may declare clients, so that is an IAM
permission of the account (docs/clients.md). Lambda calls it again where it fails: every event may come twice.
"""

import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

from chalicelib.administration import declared_client, declared_resource_server, declared_trusted_issuer
from chalicelib.administration.clients import ClientAdministration
from chalicelib.administration.declaration import DeclarationEvent, DeclaredKind, Made, make, name_for, remove
from chalicelib.administration.declared_client import DeclaredClient
from chalicelib.administration.declared_resource_server import DeclaredResourceServer
from chalicelib.administration.declared_trusted_issuer import DeclaredTrustedIssuer
from chalicelib.administration.refusals import AdministrationRefused
from chalicelib.administration.resource_servers import ResourceServerAdministration
from chalicelib.administration.trusted_issuers import TrustedIssuerAdministration
from chalicelib.aws.client_secrets import ClientSecretStore
from chalicelib.aws.registries import ClientRegistry, ResourceServerRegistry, TrustedIssuerRegistry
from chalicelib.aws.response_url import NotDelivered, UnfitResponseUrl, check_response_url, put_response
from chalicelib.aws.secrets_key import ClientSecretEncryption
from chalicelib.composition.subjects import ensure_salt
from chalicelib.deadline import deadline
from chalicelib.gateway.cloudformation import UnfitEvent, failed, parse_declaration, response_url, succeeded
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.log import describe_fault, log_request
from chalicelib.gateway.security_events import log_event
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.security_event import Actor, SecurityEvent

# Seconds kept for handing the answer over, and of these for ending: without an answer, CloudFormation waits
# for an hour.
ANSWER_SECONDS = 9.0
LAST_SECONDS = 0.5

BUSY = "AWS was too busy, or did not answer in time. Nothing is lost: deploy the stack again."
FAULT = (
    "Something went wrong in Keyturn. Its log has the reason under the request {}; deploy the stack again."
)


# By which member of a security event each is named.
_NAMED_BY: dict[str, Literal["client_id", "resource", "trusted_issuer"]] = {
    declared_client.TYPE: "client_id",
    declared_resource_server.TYPE: "resource",
    declared_trusted_issuer.TYPE: "trusted_issuer",
}


@cache
def kinds() -> dict[str, Callable[[int], DeclaredKind]]:
    """What can be declared, by resource type; each is made for a time."""
    clients = ClientAdministration(
        clients=ClientRegistry(required("CLIENTS_TABLE"), ensure_salt),
        random=random_text,
        encryption=ClientSecretEncryption(required("SECRETS_KEY")),
        migration=settings().migration_grant_types,
    )
    secrets = ClientSecretStore(required("CLIENT_SECRETS"))
    servers = ResourceServerAdministration(
        resource_servers=ResourceServerRegistry(required("CLIENTS_TABLE")), random=random_text
    )
    trusted_issuers = TrustedIssuerAdministration(
        trusted_issuers=TrustedIssuerRegistry(required("CLIENTS_TABLE")), random=random_text
    )
    issuer = settings().issuer
    return {
        declared_client.TYPE: lambda now: DeclaredClient(
            administration=clients, secrets=secrets, issuer=issuer, random=random_text, now=now
        ),
        declared_resource_server.TYPE: lambda now: DeclaredResourceServer(
            administration=servers, issuer=issuer, now=now
        ),
        declared_trusted_issuer.TYPE: lambda now: DeclaredTrustedIssuer(
            administration=trusted_issuers, issuer=issuer, now=now
        ),
    }


def handler(event: Any, context: Any) -> None:
    """One event of CloudFormation's."""
    started = time.perf_counter()
    fields: dict[str, object] = {"operation": "custom_resources"}
    try:
        url = response_url(event)
        check_response_url(url, os.environ)
        declared = parse_declaration(event)
    except (UnfitEvent, UnfitResponseUrl) as error:
        # Nobody to answer, and nothing a second time could change.
        log_request({**fields, "outcome": "refused", "fault": type(error).__name__, "why": str(error)})
        return
    fields |= {
        "request_id": declared.request_id,
        "request_type": declared.request_type,
        "resource_type": declared.resource_type,
        "stack_id": declared.stack_id,
        "logical_resource_id": declared.logical_resource_id,
    }
    with deadline(_seconds_left(context, ANSWER_SECONDS)):
        answer = serve(declared, fields, now=int(time.time()))
    try:
        with deadline(_seconds_left(context, LAST_SECONDS)):
            put_response(url, answer)
    except NotDelivered as error:
        # Raised, so that Lambda tries again: by then CloudFormation still waits.
        fields |= {"outcome": "not_delivered", "why": str(error)}
        raise
    finally:
        log_request({**fields, "ms": round((time.perf_counter() - started) * 1000, 2)})


def serve(declared: DeclarationEvent, fields: dict[str, object], *, now: int) -> bytes:
    """The answer to an event. Whatever goes wrong is one, in a sentence; `fields` are the log's."""
    name: str | None = None
    try:
        if declared.request_type == "Delete":
            name = declared.physical_resource_id
            # Of a type there is none of, nothing was ever made.
            known = declared.resource_type in kinds()
            made = remove(declared, _kind(declared.resource_type, now)) if known else Made()
        else:
            kind = _kind(declared.resource_type, now)
            name = name_for(declared, kind)
            made = make(declared, kind, name=name)
    except AdministrationRefused as refused:
        return _fail(declared, fields, name, str(refused), outcome="refused", fault=type(refused).__name__)
    except TemporarilyUnavailable as error:
        return _fail(declared, fields, name, BUSY, outcome="unavailable", why=error.reason)
    except Exception as error:  # noqa: BLE001 - any fault is told, or CloudFormation waits for an hour
        reason = FAULT.format(declared.request_id)
        return _fail(declared, fields, name, reason, outcome="fault", **describe_fault(error))
    fields |= {"outcome": "done", "name": name}
    if made.drift:
        fields["drift"] = made.drift
    for event in _events(declared, made, name or "", now):
        log_event(event)
    return succeeded(declared, name=name or "", attributes=made.attributes)


def _kind(resource_type: str, now: int) -> DeclaredKind:
    found = kinds().get(resource_type)
    if found is None:
        known = ", ".join(kinds())
        raise AdministrationRefused(f"There is no resource type {resource_type} here, only {known}.")
    return found(now)


def _fail(
    declared: DeclarationEvent, fields: dict[str, object], name: str | None, sentence: str, **more: object
) -> bytes:
    fields.update(more)
    # An update that fails leaves the resource what it was, under its name.
    kept = name if declared.request_type == "Create" else None
    return failed(declared, name=kept, reason=sentence)


def _events(declared: DeclarationEvent, made: Made, name: str, now: int) -> list[SecurityEvent]:
    """What the audit trail is told; the same event again has the same ids."""
    return [
        SecurityEvent(
            type=kind,
            id=f"{declared.request_id}.{kind}",
            time=now,
            issuer=settings().issuer,
            actor=Actor("stack", declared.stack_id),
            members=members,
            **{_NAMED_BY[declared.resource_type]: name},
        )
        for kind, members in made.events
    ]


def _seconds_left(context: Any, kept: float) -> float | None:
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining is None else remaining() / 1000 - kept
