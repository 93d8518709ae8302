"""Makes the steps of an import, each one conditional write on what the plan saw."""

import secrets
from collections.abc import Iterator
from typing import Any

from chalicelib.accounts.password import PasswordCredential
from chalicelib.accounts.user import User, before_this
from chalicelib.administration.registry import REVISION_BYTES, Registry
from chalicelib.protocol.client import UNUSED_LIFETIME, Client
from chalicelib.record import replace as changed
from infra.admin.answer import Change
from infra.admin.import_plan import Plan, Step
from infra.admin.refused import CommandRefused
from infra.admin.tenant import Tenant


def make_steps(tenant: Tenant, plan: Plan) -> Iterator[Change]:
    """Makes them in turn, and tells each that was made. Raises CommandRefused where a record is no longer
    as the plan saw it: what came before stands.
    """
    registries: dict[str, Registry[Any]] = {
        "resource server": tenant.resource_servers.resource_servers,
        "client": tenant.clients.clients,
        "trusted issuer": tenant.trusted_issuers.trusted_issuers,
        "user": tenant.users.users,
    }
    for step in plan.steps:
        if step.verb == "same":
            continue
        _write(tenant, registries[step.kind], step)
        if step.kind == "user":
            _finish_user(tenant, step)
        yield _told(step)


def _write(tenant: Tenant, registry: Registry[Any], step: Step[Any]) -> None:
    revision = secrets.token_urlsafe(REVISION_BYTES)
    now = tenant.now()
    after = changed(step.after, revision=revision, updated_at=now)
    if step.before is None:
        written = registry.create(changed(after, record=_begun(after.record, now=now)))
    elif step.members == ("password_hash",):
        return
    else:
        written = registry.replace(after, revision=step.before.revision)
    if not written:
        raise CommandRefused(f"The {step.kind} {step.name} was changed by somebody else meanwhile.")


def _begun(record: Any, *, now: int) -> Any:
    """The record as one that begins now: of who had its name before, and was deleted, there may still be
    sessions, tokens and grants.
    """
    match record:
        case Client():
            until = None if record.expires_at is None else now + UNUSED_LIFETIME
            return changed(record, client_id_issued_at=now, expires_at=until)
        case User():
            return changed(record, signed_out_at=before_this(now))
        case _:
            return record


def _finish_user(tenant: Tenant, step: Step[User]) -> None:
    """The login name and its password; who is disabled, or has another password, is signed out."""
    user, before = step.after.record, step.before.record if step.before else None
    logins = tenant.users.logins
    former = before.login if before else None
    if user.login is not None and (step.password_hash is not None or former != user.login):
        known = logins.get(former) if former else None
        password_hash = step.password_hash or (known.password_hash if known else "")
        credential = PasswordCredential(login=user.login, sub=user.sub, password_hash=password_hash)
        if not logins.claim(credential):
            raise CommandRefused(f"The login name {user.login} was taken by somebody else meanwhile.")
    if before is None:
        return
    if former is not None and former != user.login:
        logins.release(former, sub=user.sub)
    if user.disabled > before.disabled or step.password_hash is not None:
        tenant.users.sign_out(user.sub, now=tenant.now())


def _told(step: Step[Any]) -> Change:
    about = {
        "resource server": "resource",
        "client": "client_id",
        "trusted issuer": "trusted_issuer",
        "user": "sub",
    }[step.kind]
    kind: Any = f"{step.kind.replace(' ', '_')}_{'created' if step.before is None else 'changed'}"
    return Change(kind, {about: step.name, "members": step.members})
