"""A grant: what a person allowed a client once, from the code to the last refresh.

One item, four states: pending (a device waits) -> approved (a code is out) -> active (tokens are
out) -> revoked. A transition is one conditional write. A code, and a device code, is `<grant_id>.<secret>`,
a refresh token `<grant_id>.<generation>.<secret>`; of the secrets only hashes are kept.
"""

import hashlib
import re
from typing import Literal, Protocol

from chalicelib.record import Record

State = Literal["pending", "approved", "active", "revoked"]

_CODE = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")


class Grant(Record, kw_only=True):
    """A grant as it stands. Times are seconds since the epoch.

    `exp` is when the code expires while approved, when the refresh tokens do once active: it takes
    its two values from `code_exp` and `refresh_until`. `refreshable` says whether refresh tokens are given
    out at all, `offline` whether they outlive the person's session. `redemption` names the write
    that redeemed the code, `rotation_nonce` the one that made the present generation, at `rotated_at`
    (later, where the grace window is held open).

    A pending grant is a device's, and nobody's yet: `sub` is empty. `next_state` is what the next poll makes
    of it, which may come at `next_poll_at`, `interval` seconds after the one before; `approval` names the
    interaction in which a person decided.

    `claims` are those asked for one by one, as protocol/claims_request.py keeps them, `claims_locales` the
    languages preferred for them.

    One that a trusted issuer's assertion began is active at once; with `federated`, its `sub` is of a person
    only that issuer knows.
    """

    grant_id: str
    state: State
    client_id: str
    sub: str = ""
    scope: tuple[str, ...]
    resources: tuple[str, ...]
    exp: int
    code_exp: int
    refresh_until: int
    created_at: int
    code_hash: str | None = None
    device_code_hash: str | None = None
    redirect_uri: str | None = None
    code_challenge: str | None = None
    nonce: str | None = None
    auth_time: int | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()
    sid: str | None = None
    offline: bool = False
    refreshable: bool = False
    redemption: str | None = None
    generation: int = 0
    family_hash: str | None = None
    refresh_hash: str | None = None
    refresh_exp: int | None = None
    rotation_nonce: str | None = None
    rotated_at: int | None = None
    next_state: State | None = None
    interval: int | None = None
    next_poll_at: int | None = None
    approval: str | None = None
    federated: bool = False
    claims: str | None = None
    claims_locales: tuple[str, ...] = ()


class Refused(Record):
    """A transition that did not happen, and the grant as it stood then; None where there is none."""

    found: Grant | None


def grant_facts(grant: Grant | None) -> dict[str, str]:
    """What the log line says of a grant."""
    if grant is None:
        return {}
    return {"grant_id": grant.grant_id, "sub": grant.sub} if grant.sub else {"grant_id": grant.grant_id}


class GrantRevocation(Protocol):
    """Ends grants."""

    def revoke(self, grant_id: str) -> None:
        """One write: the grant is revoked, whatever its state; nothing happens where there is none."""


def hash_secret(secret: str) -> str:
    """What is kept of a code's or refresh token's secret. 256 bits of it are random: no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Code(Record):
    """An authorization code, or a device code, taken apart."""

    grant_id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.grant_id}.{self.secret}"


def parse_code(text: str) -> Code | None:
    """The code, None for what this server never made."""
    match = _CODE.fullmatch(text)
    return Code(match[1], match[2]) if match else None
