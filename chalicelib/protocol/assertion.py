"""Assertions of trusted issuers as grants: RFC 7521 section 5.2, RFC 7523 section 3, and the identity
assertion authorization grant (draft-ietf-oauth-identity-assertion-authz-grant-04 section 4.4.1).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeGuard

from chalicelib.accounts.user import MAX_SUB, Users
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_jwt import UnknownKey, verify_with_jwks
from chalicelib.protocol.jws import CompactToken, JwtError, parse_compact
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.trusted_issuer import SEPARATOR, TrustedIssuer, TrustedIssuers
from chalicelib.record import Record, field

JWT_TYPES = (None, "jwt")
ID_JAG_TYPES = ("oauth-id-jag+jwt",)
# Seconds an issuer's clock may be ahead of ours.
MAX_AHEAD = 30
MAX_JTI = 256
_MAX_TIME = 1e12


class Unacceptable(Exception):
    """An assertion, or a token to be exchanged, that is not taken; `facts` are log fields (never secrets)."""

    def __init__(self, *, reason: Reason, facts: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts or {}


class TrustedIssuerKeys(Protocol):
    """The public keys of trusted issuers. Raises Unacceptable where they can't be had."""

    def jwks(self, source: TrustedIssuer) -> Sequence[Any]:
        """The issuer's JWKs: its registered ones, or what its jwks_uri says, from a cache."""

    def refetched_jwks(self, source: TrustedIssuer) -> Sequence[Any]:
        """The same, read anew where they come from a jwks_uri and were not read just now."""


class Assertion(Record, kw_only=True):
    """A verified assertion: about whom, until when, and what it is limited to by its own words: `scope` is
    None and `resources` empty where it says nothing of them. `exp` is in seconds since the epoch.
    """

    trusted: TrustedIssuer
    jti: str
    sub: str
    exp: int
    scope: tuple[str, ...] | None
    resources: tuple[str, ...]
    claims: Mapping[str, Any] = field(hash=False)

    def allowed_scope(self, client: Client) -> tuple[str, ...]:
        """What the issuer, this client and the assertion itself may have, all of them together."""
        allowed = set(self.trusted.scope) if self.scope is None else set(self.trusted.scope) & set(self.scope)
        return tuple(token for token in client.scope if token in allowed)


class AssertionVerifier(Record, kw_only=True):
    """What verifying assertions needs."""

    settings: Settings
    trusted_issuers: TrustedIssuers
    keys: TrustedIssuerKeys
    users: Users

    def verify(self, text: str, *, client: Client, id_jag: bool, now: int) -> Assertion:
        """The assertion, if a trusted issuer made it for us, about somebody, of now, and this client may
        present it. With `id_jag` it may be an identity assertion authorization grant. Raises Unacceptable.
        """
        try:
            parsed = parse_compact(text)
            iss = parsed.claims().get("iss")
        except JwtError:
            raise Unacceptable(reason="assertion_malformed") from None
        # An issuer that is this server itself would let one grant be made out of another.
        trusted = self._find(iss)
        typ = typ_of(parsed)
        if typ not in (ID_JAG_TYPES if trusted.id_jag else JWT_TYPES) or (trusted.id_jag and not id_jag):
            raise Unacceptable(reason="assertion_type")
        if client.client_id not in trusted.clients:
            raise Unacceptable(reason="assertion_client")
        claims = self._verify(text, trusted)
        reason = self._why_refused(claims, trusted, client=client, now=now)
        if reason is not None:
            raise Unacceptable(reason=reason)
        return Assertion(
            trusted=trusted,
            jti=claims["jti"],
            sub=self._subject(claims, trusted),
            exp=int(claims["exp"]),
            scope=_scope(claims),
            resources=_resources(claims),
            claims=claims,
        )

    def _find(self, iss: Any) -> TrustedIssuer:
        trusted = None
        if isinstance(iss, str) and iss.isascii() and iss.isprintable() and iss != self.settings.issuer:
            trusted = self.trusted_issuers.get(iss)
        if trusted is None or trusted.software_statements:
            raise Unacceptable(reason="assertion_issuer")
        return trusted

    def _verify(self, text: str, trusted: TrustedIssuer) -> dict[str, Any]:
        try:
            try:
                return verify_with_jwks(text, jwks=self.keys.jwks(trusted), algorithms=trusted.algorithms)
            except UnknownKey:
                jwks = self.keys.refetched_jwks(trusted)
                return verify_with_jwks(text, jwks=jwks, algorithms=trusted.algorithms)
        except JwtError:
            raise Unacceptable(reason="assertion_signature") from None

    def _why_refused(
        self, claims: Mapping[str, Any], trusted: TrustedIssuer, *, client: Client, now: int
    ) -> Reason | None:
        """RFC 7523 section 3, one line a rule."""
        exp, jti = claims.get("exp"), claims.get("jti")
        # The draft's sections 3.1 and 4.4.1: iat is required, aud the issuer identifier alone.
        own = self.settings.issuer
        audiences = (own,) if trusted.id_jag else (own, own + "/token", *trusted.audiences)
        if claims.get("aud") not in [value for audience in audiences for value in (audience, [audience])]:
            return "assertion_audience"
        if not is_time(exp) or exp <= now:
            return "assertion_expired"
        if exp > now + trusted.max_lifetime:
            return "assertion_lifetime"
        for name in ("nbf", "iat"):
            time = claims.get(name)
            required = trusted.id_jag and name == "iat"
            if (time is not None or required) and (not is_time(time) or time > now + MAX_AHEAD):
                return "assertion_not_yet_valid"
        if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI:
            return "assertion_jti"
        if trusted.id_jag and claims.get("client_id") != client.client_id:
            return "assertion_client"
        # A key it is bound to could not be asked for here, and it must be (the same draft, section 9.8).
        if claims.get("cnf") is not None:
            return "assertion_bound"
        return None

    def _subject(self, claims: Mapping[str, Any], trusted: TrustedIssuer) -> str:
        name = claims.get(trusted.subject_claim)
        if not isinstance(name, str) or not name or not name.isascii() or not name.isprintable():
            raise Unacceptable(reason="assertion_subject")
        if trusted.subject_claim == "email" and claims.get("email_verified") is not True:
            raise Unacceptable(reason="assertion_subject")
        local = trusted.subject == "local"
        sub = name if local else f"{trusted.issuer}{SEPARATOR}{name}"
        if len(sub) > MAX_SUB:
            raise Unacceptable(reason="assertion_subject")
        user = self.users.get(sub)
        # Nobody here may have the name of somebody only the issuer knows.
        if (user is None) is local:
            raise Unacceptable(reason="assertion_subject")
        if user is not None and user.disabled:
            raise Unacceptable(reason="account_disabled", facts={"sub": sub})
        return sub


def typ_of(parsed: CompactToken) -> Any:
    """Its `typ`, None where it has none: compared without regard to case, `application/` left out or not
    (RFC 7515 section 4.1.9).
    """
    typ = parsed.header.get("typ")
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else typ


def _scope(claims: Mapping[str, Any]) -> tuple[str, ...] | None:
    scope = claims.get("scope")
    if scope is None:
        return None
    if not isinstance(scope, str):
        raise Unacceptable(reason="assertion_scope")
    return tuple(scope.split())


def _resources(claims: Mapping[str, Any]) -> tuple[str, ...]:
    resource = claims.get("resource")
    if resource is None:
        return ()
    resources = resource if isinstance(resource, list) else [resource]
    if not resources or not all(isinstance(one, str) for one in resources):
        raise Unacceptable(reason="assertion_resource")
    return tuple(resources)


def is_time(value: Any) -> TypeGuard[float]:
    """A NumericDate (RFC 7519 section 2); JSON's NaN and infinities, which Python reads, are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MAX_TIME
