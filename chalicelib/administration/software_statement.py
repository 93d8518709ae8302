"""Software statements: what a publisher says of its software, signed (RFC 7591 sections 2.3 and 3.1.1).

Publishers are trusted issuers whose record says so; what such an issuer signs is a statement and no grant.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.administration.registration_document import is_localized, known_members
from chalicelib.protocol.assertion import (
    JWT_TYPES,
    MAX_AHEAD,
    TrustedIssuerKeys,
    Unacceptable,
    is_time,
    typ_of,
)
from chalicelib.protocol.client_jwt import UnknownKey, verify_with_jwks
from chalicelib.protocol.errors import InvalidMetadata, InvalidSoftwareStatement, UnapprovedSoftwareStatement
from chalicelib.protocol.json_document import UnfitDocument, parse_json_object
from chalicelib.protocol.jws import JwtError, parse_compact
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.trusted_issuer import TrustedIssuer, TrustedIssuers
from chalicelib.record import Record

# Kept with the client, and told with its metadata.
MAX_STATEMENT = 8_192


class SoftwareStatements(Record, kw_only=True):
    """What reading software statements needs."""

    settings: Settings
    trusted_issuers: TrustedIssuers
    keys: TrustedIssuerKeys

    def merged(self, document: Mapping[str, Any], *, now: int) -> tuple[str | None, dict[str, Any]]:
        """The statement of a registration, None where it has none, and its members, those of the statement
        going before its own. Raises InvalidSoftwareStatement, UnapprovedSoftwareStatement, InvalidMetadata.
        """
        plain = known_members(document)
        text = document.get("software_statement")
        if text is None:
            return None, plain
        if not isinstance(text, str):
            raise InvalidMetadata("The software_statement is a text.", reason="metadata_invalid")
        stated = known_members(self._verify(text, now=now))
        # Nor has a name that is stated another in some language beside.
        others = {
            name: value
            for name, value in plain.items()
            if not (is_localized(name) and name.partition("#")[0] in stated)
        }
        return text, {**others, **stated}

    def _verify(self, text: str, *, now: int) -> dict[str, Any]:
        if len(text) > MAX_STATEMENT:
            raise InvalidSoftwareStatement(
                "The software statement is too long.", reason="statement_malformed"
            )
        try:
            parsed = parse_compact(text)
            unverified = parse_json_object(parsed.payload, max_bytes=MAX_STATEMENT)
        except (JwtError, UnfitDocument):
            raise InvalidSoftwareStatement(
                "The software statement is no signed JWT.", reason="statement_malformed"
            ) from None
        publisher = self._publisher(unverified.get("iss"))
        if typ_of(parsed) not in JWT_TYPES:
            raise InvalidSoftwareStatement(
                "The software statement is a token of another type.", reason="statement_malformed"
            )
        claims = self._verified(text, publisher)
        self._check(claims, now=now)
        return claims

    def _publisher(self, iss: Any) -> TrustedIssuer:
        publisher = None
        if isinstance(iss, str) and iss.isascii() and iss.isprintable() and iss != self.settings.issuer:
            publisher = self.trusted_issuers.get(iss)
        if publisher is None or not publisher.software_statements:
            raise UnapprovedSoftwareStatement(
                "The software statement is of a publisher that this server does not trust.",
                reason="statement_issuer",
            )
        return publisher

    def _verified(self, text: str, publisher: TrustedIssuer) -> dict[str, Any]:
        algorithms = publisher.algorithms
        try:
            try:
                return verify_with_jwks(text, jwks=self.keys.jwks(publisher), algorithms=algorithms)
            except UnknownKey:
                return verify_with_jwks(text, jwks=self.keys.refetched_jwks(publisher), algorithms=algorithms)
        except JwtError:
            raise InvalidSoftwareStatement(
                "The software statement's signature is wrong.", reason="statement_signature"
            ) from None
        except Unacceptable as error:
            raise InvalidSoftwareStatement(
                "The publisher's keys cannot be fetched. Try again later.",
                reason="jwks_uri_unavailable",
                facts=error.facts,
            ) from None

    def _check(self, claims: Mapping[str, Any], *, now: int) -> None:
        """A statement may be for all servers, and for ever; one that says otherwise is held to it."""
        exp, aud = claims.get("exp"), claims.get("aud")
        if exp is not None and (not is_time(exp) or exp <= now):
            raise InvalidSoftwareStatement("The software statement has expired.", reason="statement_expired")
        for name in ("nbf", "iat"):
            time = claims.get(name)
            if time is not None and (not is_time(time) or time > now + MAX_AHEAD):
                raise InvalidSoftwareStatement(
                    "The software statement is not valid yet.", reason="statement_expired"
                )
        own = self.settings.issuer
        if aud is not None and own not in (aud if isinstance(aud, list) else [aud]):
            raise InvalidSoftwareStatement(
                "The software statement is for another server.", reason="statement_audience"
            )
