"""The commands about signing keys. The key rotation's own function does what they say: nobody else may."""

import argparse
from collections.abc import Mapping
from typing import Any

from infra.admin.answer import Answer
from infra.admin.options import add_command, add_group, add_yes, confirm
from infra.admin.refused import CommandRefused
from infra.admin.table import Column, moment, table, terminal_width
from infra.admin.tenant import Tenant
from infra.deploy.screen import wrapped

_COLUMNS = (Column("kid", whole=True), Column("type", whole=True), Column("state"), Column("when"))
# Key types (RFC 7518 section 6.1) by the algorithms people know them by.
_TYPES = {"ES256": "EC", "RS256": "RSA", "PS256": "RSA", "EdDSA": "OKP"}
# What of each phase is worth knowing: a word, and the member with the time.
_WHEN = {
    "made": ("signs", "sign_from"),
    "announced": ("signs", "sign_from"),
    "signing": ("since", "sign_from"),
    "retiring": ("until", "published_until"),
    "retired": ("ended", "published_until"),
}

_REFUSED = (
    "Tokens signed by what was taken out are refused by this server within a minute, and by others once they "
    "fetch the JWKS again: most within an hour, those that keep it as long as they may within a day. Until "
    "then a forged token may pass there. Have them fetch it now where that matters."
)
_FRESH = (
    "Fresh keys sign from now on, without having been announced: who meets an unknown kid and does not fetch "
    "the JWKS refuses good tokens until it does. Refresh tokens and sessions are not signed by these keys "
    "and go on: apps get new tokens by refreshing, and nobody has to sign in again."
)


def add_keys(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `keys`."""
    commands = add_group(groups, "keys", "Signing keys")
    add_command(
        commands, "list", "Lists the signing keys and what is next for each", run=_list, shared=shared
    )
    rotated = add_command(
        commands,
        "rotate",
        "Announces the next keys now, which sign two days later as any others would",
        run=_rotate,
        shared=shared,
        example="  keys rotate --alg ES256",
    )
    revoked = add_command(
        commands,
        "revoke",
        "In an emergency: takes keys out of the JWKS at once, and has fresh ones sign",
        run=_revoke,
        shared=shared,
        example="  keys revoke\n  keys revoke --kid SHlZ2mTQQxyz",
    )
    for parser in (rotated, revoked):
        parser.add_argument("--alg", choices=sorted(_TYPES), help="only the keys of this algorithm")
    revoked.add_argument(
        "--kid", action="append", default=[], metavar="KID", help="only this key (may be given several times)"
    )
    add_yes(revoked)


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    del options
    return _answer(_asked(tenant, {"command": "list"}))


def _rotate(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return _answer(
        _asked(tenant, {"command": "rotate", **_types(options)}),
        "The keys that are announced sign from the day shown. Until then nothing changes for anybody.",
    )


def _revoke(tenant: Tenant, options: argparse.Namespace) -> Answer:
    what = ", ".join(options.kid) or f"every {options.alg or 'signing'} key"
    confirm(
        f"This takes {what} of {tenant.name} out of use for good. Tokens signed with it fail, and it "
        "cannot be taken back.",
        yes=options.yes,
    )
    return _answer(
        _asked(tenant, {"command": "revoke", **_types(options), "keys": options.kid}), _REFUSED, _FRESH
    )


def _types(options: argparse.Namespace) -> dict[str, Any]:
    return {"kty": [_TYPES[options.alg]]} if options.alg else {}


def _asked(tenant: Tenant, event: Mapping[str, Any]) -> dict[str, Any]:
    """What the function answers. Raises CommandRefused."""
    answer = tenant.rotate_keys({**event, "operator": tenant.actor.id})
    if "error" in answer:
        raise CommandRefused(f"{answer['error']} `keys list` shows those there are.")
    return answer


def _answer(report: dict[str, Any], *said: str) -> Answer:
    keys = table(_COLUMNS, [_row(key) for key in report["keys"]], width=terminal_width())
    paragraphs = [keys, *(wrapped(one, indent="") for one in said)]
    if report["making"] or report["ending"]:
        undone = [*(f"making a key ({kty})" for kty in report["making"]), *map(_ending, report["ending"])]
        text = f"Under way: {', '.join(undone)}. The next run finishes it; `keys list` shows how far it is."
        paragraphs.append(wrapped(text, indent=""))
    return Answer("\n\n".join(paragraphs), report)


def _ending(key_id: str) -> str:
    return f"ending {key_id.rpartition('/')[2]}"


def _row(key: Mapping[str, Any]) -> tuple[str, ...]:
    word, member = _WHEN[key["phase"]]
    day = moment(key[member]).partition(" ")[0]
    name = key["kid"] or key["key_id"].rpartition("/")[2]
    return name, key["kty"], key["phase"], f"{word} {day}" if day else ""
