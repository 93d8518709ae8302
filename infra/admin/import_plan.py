"""What an import would do to a tenant: worked out in full before anything is written.

Records that the file does not have are left alone. When a person was signed out, and when a client's
identifier was issued, stays as the tenant has it: an old export brings no old session or token back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

from chalicelib.accounts.password import PasswordCredential
from chalicelib.accounts.user import User
from chalicelib.administration.client_document import client_metadata
from chalicelib.administration.registry import Registered, Registry
from chalicelib.administration.resource_servers import resource_server_document
from chalicelib.administration.trusted_issuers import trusted_issuer_document
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.trusted_issuer import TrustedIssuer
from chalicelib.record import replace as changed
from infra.admin.export_lines import Export
from infra.admin.refused import CommandRefused

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[Record]):
    """One record: what stands, what will. `members` are those that change."""

    kind: Literal["resource server", "client", "trusted issuer", "user"]
    name: str
    before: Registered[Record] | None
    after: Registered[Record] = field(hash=False)
    members: tuple[str, ...]
    password_hash: str | None = None

    @property
    def verb(self) -> str:
        """Create, change, or nothing."""
        if self.before is None:
            return "create"
        return "change" if self.members else "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every step, in the order they are made: nothing names what is not there yet."""

    resource_servers: tuple[Step[ResourceServer], ...]
    clients: tuple[Step[Client], ...]
    trusted_issuers: tuple[Step[TrustedIssuer], ...]
    users: tuple[Step[User], ...]
    same_secrets_key: bool = True

    def unreadable(self) -> tuple[str, ...]:
        """The clients that are written with secrets which another tenant's key encrypted."""
        if self.same_secrets_key:
            return ()
        written = (step for step in self.clients if step.verb != "same")
        return tuple(step.name for step in written if step.after.record.client_secret_ciphertexts)

    @property
    def steps(self) -> tuple[Step[Any], ...]:
        """All of them."""
        return (*self.resource_servers, *self.clients, *self.trusted_issuers, *self.users)


def plan_import(
    export: Export,
    *,
    resource_servers: Registry[ResourceServer],
    clients: Registry[Client],
    trusted_issuers: Registry[TrustedIssuer],
    users: Registry[User],
    credentials: Mapping[str, PasswordCredential],
    secrets_key: str = "",
) -> Plan:
    """The steps to what the export says. `credentials` are those that stand, by login name, `secrets_key` is
    the tenant's own.

    Raises CommandRefused where a login name is somebody else's.
    """
    for login, sub in export.logins.items():
        standing = credentials.get(login)
        if standing is not None and standing.sub != sub:
            raise CommandRefused(
                f"The login name {login} is of {sub} in the file and of {standing.sub} in the tenant. "
                "Nothing was imported: rename or delete one of them first."
            )
    return Plan(
        same_secrets_key=export.secrets_key == secrets_key,
        resource_servers=_steps("resource server", export.resource_servers, resource_servers, _server, _same),
        clients=_steps("client", export.clients, clients, _client, _dated_as),
        trusted_issuers=_steps(
            "trusted issuer", export.trusted_issuers, trusted_issuers, trusted_issuer_document, _trusted_same
        ),
        users=tuple(
            _with_password(step, export, credentials)
            for step in _steps("user", export.users, users, _user, _signed_out_as)
        ),
    )


def _steps(
    kind: Any,
    wanted: Mapping[str, Registered[Record]],
    registry: Registry[Record],
    document: Callable[[Record], dict[str, Any]],
    keep: Callable[[Record, Record], Record],
) -> tuple[Step[Record], ...]:
    standing = {name: one for one in registry.all() if (name := _name(one.record)) in wanted}
    steps = []
    for name, registered in wanted.items():
        before = standing.get(name)
        if before is None:
            steps.append(Step(kind=kind, name=name, before=None, after=registered, members=()))
            continue
        after = changed(before, record=keep(registered.record, before.record))
        old, new = document(before.record), document(after.record)
        members = tuple(member for member in {**old, **new} if old.get(member) != new.get(member))
        steps.append(Step(kind=kind, name=name, before=before, after=after, members=members))
    return tuple(steps)


def _with_password(
    step: Step[User], export: Export, credentials: Mapping[str, PasswordCredential]
) -> Step[User]:
    login = step.after.record.login or ""
    wanted, standing = export.password_hashes.get(login), credentials.get(login)
    if wanted is None or (standing is not None and standing.password_hash == wanted):
        return step
    members = (*step.members, "password_hash") if step.before else ()
    return replace(step, members=members, password_hash=wanted)


def _name(record: Any) -> str:
    match record:
        case Client():
            return record.client_id
        case ResourceServer():
            return record.resource
        case TrustedIssuer():
            return record.issuer
        case _:
            return str(record.sub)


def _server(server: ResourceServer) -> dict[str, Any]:
    return resource_server_document(server)


def _client(client: Client) -> dict[str, Any]:
    return {
        **client_metadata(client),
        "registration": client.registration,
        "software_statement": client.software_statement,
        "registration_access_token_hashes": client.registration_access_token_hashes,
        "client_secret_hashes": client.client_secret_hashes,
        "client_secret_ciphertexts": client.client_secret_ciphertexts,
        "former_secrets_expire_at": client.former_secrets_expire_at,
    }


def _user(user: User) -> dict[str, Any]:
    return {"login": user.login, "disabled": user.disabled, "claims": user.claims}


def _same(wanted: ResourceServer, _: ResourceServer) -> ResourceServer:
    return wanted


def _trusted_same(wanted: TrustedIssuer, _: TrustedIssuer) -> TrustedIssuer:
    return wanted


def _dated_as(wanted: Client, standing: Client) -> Client:
    # Nor does an old file say that nobody has used it since.
    return changed(wanted, client_id_issued_at=standing.client_id_issued_at, expires_at=standing.expires_at)


def _signed_out_as(wanted: User, standing: User) -> User:
    return changed(wanted, signed_out_at=standing.signed_out_at)
