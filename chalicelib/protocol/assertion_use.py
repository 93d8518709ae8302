"""Using an assertion, which is good once (RFC 7523 section 3): one conditional write, of the grant it begins.

The grant's id follows from the assertion's issuer and `jti`, so that a second use finds it there.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from chalicelib.protocol.assertion import Assertion, Unacceptable
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import OAuthError, TemporarilyUnavailable
from chalicelib.protocol.grant import Grant

GRANT_ID_BYTES = 16
REDEMPTION_BYTES = 16


class AssertionGrants(Protocol):
    """Where the grants are kept that assertions begin."""

    def begin(self, grant: Grant) -> bool:
        """One conditional write: only where there is none of this id, or its use was undone. True as well
        where this very write was made before: its `redemption` tells. Of parallel ones, one succeeds.
        """

    def undo_begin(self, grant: Grant) -> None:
        """One conditional write, active -> pending, from where `begin` may take it up again: only if this
        very `begin` made it active.
        """


def begun_grant(
    assertion: Assertion,
    *,
    client: Client,
    scope: tuple[str, ...],
    resources: tuple[str, ...],
    exp: int,
    redemption: str,
    now: int,
) -> Grant:
    """The grant an assertion begins, kept until its tokens and the assertion itself have expired."""
    named = f"{assertion.trusted.issuer}\0{assertion.jti}".encode("utf-8", "surrogatepass")
    identifier = hashlib.sha256(named).digest()[:GRANT_ID_BYTES]
    until = max(exp, assertion.exp + 1)
    return Grant(
        grant_id=base64.urlsafe_b64encode(identifier).rstrip(b"=").decode(),
        state="active",
        client_id=client.client_id,
        sub=assertion.sub,
        scope=scope,
        resources=resources,
        exp=until,
        code_exp=until,
        refresh_until=until,
        created_at=now,
        redemption=redemption,
        federated=assertion.trusted.subject == "federated",
    )


@contextmanager
def used_once(grant: Grant, grants: AssertionGrants) -> Iterator[None]:
    """Uses the assertion that begins this grant, and undoes that where what is done meanwhile fails: it can
    be used again then. Raises Unacceptable where it was used before.
    """
    try:
        begun = grants.begin(grant)
    except TemporarilyUnavailable:
        # Whether the write came through is not known.
        _undo(grant, grants)
        raise
    if not begun:
        raise Unacceptable(reason="assertion_replayed", facts={"sub": grant.sub})
    try:
        yield
    except Exception:
        _undo(grant, grants)
        raise


def _undo(grant: Grant, grants: AssertionGrants) -> None:
    # What failed is told, not that undoing it failed too.
    with suppress(OAuthError):
        grants.undo_begin(grant)
