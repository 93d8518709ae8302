"""Records of their own for each test: what a store must keep, under names nobody else uses."""

import os
import secrets
from typing import Any

from chalicelib.accounts.session import Session
from chalicelib.aws.device_decisions import DeviceDecisionStore
from chalicelib.aws.device_grants import DeviceGrantStore
from chalicelib.aws.grants import GrantStore
from chalicelib.protocol.approval import Approval
from chalicelib.protocol.device_grant import DeviceApproval
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.grants.authorization_code import CodeRedemption
from chalicelib.protocol.grants.device_code import Poll
from chalicelib.protocol.grants.refresh_token import Rotation

NOW = 1_900_000_000


def name() -> str:
    """As long as the identifiers this server makes."""
    return secrets.token_urlsafe(16)


def table(which: str) -> str:
    """One of the stack's tables: Clients, Users, Sessions, Grants, Requests."""
    return os.environ[f"{which.upper()}_TABLE"]


def grants() -> GrantStore:
    return GrantStore(table("Grants"))


def approved(**changes: Any) -> Grant:
    """A grant whose code is out for another minute."""
    fields: dict[str, Any] = {
        "grant_id": name(),
        "state": "approved",
        "client_id": "client-a",
        "sub": "person-a",
        "scope": ("openid", "read"),
        "resources": ("https://api.example.com/",),
        "exp": NOW + 60,
        "code_exp": NOW + 60,
        "refresh_until": NOW + 10_000,
        "created_at": NOW,
        "code_hash": "code-hash",
        "redirect_uri": "https://app.example.com/callback",
        "code_challenge": "challenge",
        "nonce": "a nonce",
        "auth_time": NOW - 5,
        "amr": ("pwd",),
        "sid": "a-session",
        "offline": True,
        "refreshable": True,
        **changes,
    }
    return Grant(**fields)


def redemption(grant: Grant, **changes: Any) -> CodeRedemption:
    """A redemption of the grant's code in which everything is right."""
    fields: dict[str, Any] = {
        "grant_id": grant.grant_id,
        "code_hash": grant.code_hash,
        "client_id": grant.client_id,
        "redirect_uri": grant.redirect_uri,
        "code_challenge": grant.code_challenge,
        "redemption": name(),
        "family_hash": "family-hash",
        "refresh_hash": "hash-1",
        "refresh_exp": NOW + 1_000,
        "now": NOW + 1,
        **changes,
    }
    return CodeRedemption(**fields)


def active(**changes: Any) -> Grant:
    """A grant that was redeemed, with its first refresh token."""
    grant = approved(**changes)
    assert grants().create(grant)
    redeemed = grants().redeem(redemption(grant))
    assert isinstance(redeemed, Grant)
    return redeemed


def rotation(grant: Grant, **changes: Any) -> Rotation:
    """A rotation of the grant's refresh token in which everything is right."""
    fields: dict[str, Any] = {
        "grant_id": grant.grant_id,
        "client_id": grant.client_id,
        "generation": grant.generation,
        "refresh_hash": grant.refresh_hash,
        "successor_generation": grant.generation + 1,
        "successor_hash": f"hash-{grant.generation + 1}",
        "nonce": name(),
        "refresh_exp": NOW + 2_000,
        "now": NOW + 10,
        **changes,
    }
    return Rotation(**fields)


def device_grants() -> DeviceGrantStore:
    return DeviceGrantStore(table("Grants"))


def device_decisions() -> DeviceDecisionStore:
    return DeviceDecisionStore(table("Grants"))


def pending(**changes: Any) -> Grant:
    """A device's grant that waits for another ten minutes, kept."""
    fields: dict[str, Any] = {
        "grant_id": name(),
        "state": "pending",
        "next_state": "pending",
        "client_id": "client-a",
        "scope": ("openid", "read"),
        "resources": ("https://api.example.com/",),
        "exp": NOW + 600,
        "code_exp": NOW + 600,
        "refresh_until": NOW + 600,
        "created_at": NOW,
        "device_code_hash": "device-code-hash",
        "interval": 5,
        "next_poll_at": NOW,
        **changes,
    }
    grant = Grant(**fields)
    device_decisions().start(grant)
    return grant


def poll_of(grant: Grant, **changes: Any) -> Poll:
    """A poll in which everything is right."""
    fields: dict[str, Any] = {
        "grant_id": grant.grant_id,
        "device_code_hash": grant.device_code_hash,
        "client_id": grant.client_id,
        "redemption": name(),
        "family_hash": "family-hash",
        "refresh_hash": "hash-1",
        "refresh_exp": NOW + 1_000,
        "now": NOW + 1,
        **changes,
    }
    return Poll(**fields)


def approval_of(grant: Grant, **changes: Any) -> DeviceApproval:
    """A person's approval."""
    given: dict[str, Any] = {
        "sub": "person-a",
        "auth_time": NOW - 5,
        "acr": None,
        "amr": ("pwd",),
        "sid": "a-session",
        "offline": True,
        "refreshable": True,
        "refresh_until": NOW + 10_000,
        **changes,
    }
    now = given.pop("now", NOW + 1)
    return DeviceApproval(grant_id=grant.grant_id, approval=name(), given=Approval(**given), now=now)


def session(**changes: Any) -> Session:
    fields: dict[str, Any] = {
        "session_hash": name(),
        "sub": "person-a",
        "sid": name(),
        "auth_time": NOW,
        "amr": ("pwd",),
        "exp": NOW + 1_000,
        "idle_exp": NOW + 100,
        "login_interaction": "an-interaction",
        **changes,
    }
    return Session(**fields)
