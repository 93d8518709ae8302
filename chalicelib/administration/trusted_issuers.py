"""Trusting issuers, whose assertions are then grants (RFC 7523 section 3)."""

from collections.abc import Mapping
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.members import Parse, members_of
from chalicelib.administration.refusals import AlreadyRegistered, InvalidMember
from chalicelib.administration.registry import Administrator, Registered, Registry
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.trusted_issuer import TrustedIssuer, check_trusted_issuer
from chalicelib.record import Record, defaults_of, replace

MEMBERS: dict[str, Parse] = {
    "issuer_name": members.text,
    "jwks": members.jwks,
    "jwks_uri": members.text,
    "algorithms": members.texts,
    "audiences": members.texts,
    "subject": members.text,
    "subject_claim": members.text,
    "clients": members.texts,
    "scope": members.words,
    "max_lifetime": members.number,
    "id_jag": members.flag,
    "software_statements": members.flag,
}
DEFAULTS: dict[str, Any] = {
    **{name: value for name, value in defaults_of(TrustedIssuer).items() if name in MEMBERS},
    "jwks": None,
    "issuer_name": "",
}


class TrustedIssuerAdministration(Record, kw_only=True):
    """Trusts, changes and no longer trusts issuers. With `owner`, only what this owner declared. Every
    method raises a refusal of refusals.py, in one sentence, and TemporarilyUnavailable.
    """

    trusted_issuers: Registry[TrustedIssuer]
    random: RandomText
    owner: str | None = None

    def find(self, issuer: str) -> Registered[TrustedIssuer]:
        """Raises NotRegistered, OwnedByAnother."""
        return self._administrator.find(issuer)

    def register(self, issuer: str, document: Mapping[str, Any], *, now: int) -> Registered[TrustedIssuer]:
        """A new one; `issuer` is the `iss` of its assertions. Raises InvalidMember, and AlreadyRegistered
        with the owner of what is trusted under this name.
        """
        trusted = changed_trusted_issuer(TrustedIssuer(issuer=issuer, issuer_name=""), complete(document))
        made = self._administrator.create(trusted, now=now)
        if made is not None:
            return made
        found = self.trusted_issuers.find(issuer)
        raise AlreadyRegistered(
            f"The issuer {issuer} is trusted already.", owner=None if found is None else found.owner
        )

    def update(self, issuer: str, document: Mapping[str, Any], *, now: int) -> Registered[TrustedIssuer]:
        """Changes the members the document has, null for the default, and no other."""
        return self._administrator.change(
            issuer, lambda trusted: changed_trusted_issuer(trusted, document), now=now
        )

    def replace(self, issuer: str, document: Mapping[str, Any], *, now: int) -> Registered[TrustedIssuer]:
        """Makes the document all there is: every other member is as by default."""
        return self.update(issuer, complete(document), now=now)

    def delete(self, issuer: str) -> Registered[TrustedIssuer]:
        """Trusts it no longer, and returns what it was. Tokens that are out expire."""
        return self._administrator.remove(issuer)

    @property
    def _administrator(self) -> Administrator[TrustedIssuer]:
        return Administrator(
            kind="trusted issuer", registry=self.trusted_issuers, random=self.random, owner=self.owner
        )


def changed_trusted_issuer(trusted: TrustedIssuer, document: Mapping[str, Any]) -> TrustedIssuer:
    """The issuer with these members as the document has them, null for the default. Raises InvalidMember,
    where the whole can't be trusted too.
    """
    parsed = members_of(document, MEMBERS, kind="trusted issuer")
    changed = replace(
        trusted, **{name: DEFAULTS[name] if value is None else value for name, value in parsed.items()}
    )
    try:
        check_trusted_issuer(changed)
    except ValueError as error:
        raise InvalidMember(str(error)) from None
    return changed


def trusted_issuer_document(trusted: TrustedIssuer) -> dict[str, Any]:
    """The issuer without its identifier, and without the members that are as by default."""
    found = {name: getattr(trusted, name) for name in MEMBERS}
    document = {name: value for name, value in found.items() if value != DEFAULTS[name]}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in document.items()}


def complete(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with null for every member it does not have."""
    return {**dict.fromkeys(MEMBERS), **document}
