"""The command: `python -m infra.admin --tenant acme --stage prod clients list`."""

import argparse
import contextlib
import sys
from collections.abc import Callable

from boto3.session import Session

from chalicelib.administration.refusals import AdministrationRefused
from chalicelib.protocol.errors import TemporarilyUnavailable
from infra.admin import audit
from infra.admin.clients import add_clients
from infra.admin.keys import add_keys
from infra.admin.logouts import add_logouts
from infra.admin.metadata_documents import add_metadata_documents
from infra.admin.options import formatter, shared_options
from infra.admin.refused import CommandRefused
from infra.admin.registration_tokens import add_registration_tokens
from infra.admin.resource_servers import add_resource_servers
from infra.admin.settling import SETTLE_SECONDS
from infra.admin.tenant import Tenant, deployed_tenant, local_tenant
from infra.admin.transfer import add_transfer
from infra.admin.trusted_issuers import add_trusted_issuers
from infra.admin.users import add_users
from infra.deploy.deploy_error import DeployError
from infra.deploy.screen import printable_lines, say, to_json, wrapped
from infra.deploy.stack import StackName

DONE, REFUSED, NOT_AUDITED = 0, 1, 3

_EPILOG = """\
Examples:
  python -m infra.admin --tenant acme --stage prod clients list
  python -m infra.admin --local users create grace@example.com
  make admin TENANT=acme STAGE=prod ARGS="users list --limit 20"

The exit code is 0 where it did what was asked, 1 where not and nothing or not
all was done (it says so), 2 for a command that makes no sense, 3 where it did
but the audit trail could not be told. docs/admin.md has more."""


def main(
    arguments: list[str] | None = None,
    *,
    settle_s: float = SETTLE_SECONDS,
    make_session: Callable[..., Session] = Session,
) -> int:
    """Runs one command; its exit code. `settle_s`: infra/admin/settling.py."""
    options = make_parser().parse_args(arguments)
    try:
        with _tenant(options, settle_s, make_session) as tenant:
            answer = options.run(tenant, options)
            untold = audit.tell(tenant, answer.changes) if answer.changes else None
    except (CommandRefused, AdministrationRefused, DeployError) as error:
        return _refuse(str(error))
    except TemporarilyUnavailable as error:
        return _refuse(f"{error} It may have been done in part: look, then run it again.")
    except KeyboardInterrupt:
        return _refuse("Stopped. What was begun may have been done in part: look, then run it again.")
    if getattr(options, "json", False) and not answer.raw:
        say(to_json(answer.document, indent=2))
    else:
        say(answer.text)
    if answer.failed is not None:
        _refuse(answer.failed)
    if untold is not None:
        _refuse(f"What was done is done, but the audit trail could not be told: {untold}")
        return NOT_AUDITED
    return DONE if answer.failed is None else REFUSED


def _tenant(
    options: argparse.Namespace, settle_s: float, make_session: Callable[..., Session]
) -> contextlib.AbstractContextManager[Tenant]:
    given = vars(options)
    if given.get("local") is not None:
        return local_tenant(options.local)
    if not given.get("tenant") or not given.get("stage"):
        raise CommandRefused(
            "Which tenant? Name its stack, --tenant acme --stage prod, or say --local for that of make run."
        )
    return deployed_tenant(
        StackName(options.tenant, options.stage),
        region=given.get("region") or None,
        profile=given.get("profile") or None,
        settle_s=settle_s,
        make_session=make_session,
    )


def _refuse(text: str) -> int:
    told = text if "\n" in text else wrapped(text, indent="")
    sys.stderr.write(f"{printable_lines(told)}\n")
    return REFUSED


def make_parser() -> argparse.ArgumentParser:
    """Every group and command."""
    shared = shared_options()
    parser = argparse.ArgumentParser(
        prog="python -m infra.admin",
        description="Administers one tenant: its clients, APIs, trusted issuers, people and keys.",
        epilog=_EPILOG,
        formatter_class=formatter,
        parents=[shared],
    )
    groups = parser.add_subparsers(title="groups", dest="group", metavar="GROUP", required=True)
    add_clients(groups, shared)
    add_resource_servers(groups, shared)
    add_metadata_documents(groups, shared)
    add_trusted_issuers(groups, shared)
    add_registration_tokens(groups, shared)
    add_users(groups, shared)
    add_keys(groups, shared)
    add_logouts(groups, shared)
    add_transfer(groups, shared)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
