"""Issuers whose assertions are taken as grants: RFC 7523 section 3, RFC 7521 section 5.2."""

import re
from typing import Any, Literal, Protocol, get_args
from urllib.parse import urlsplit

from chalicelib.protocol.supported import ASSERTION_ALGORITHMS, OPENID_SCOPES
from chalicelib.record import Record, field

SubjectMapping = Literal["federated", "local"]

MAX_ISSUER = 512
# An assertion is remembered until it expires.
MAX_ASSERTION_LIFETIME = 3_600

_SCOPE_VALUE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
# Between an issuer and its name for a person, in the `sub` of a person this server has no record of.
SEPARATOR = "|"


class TrustedIssuer(Record, kw_only=True):
    """One issuer: `issuer` is the `iss` of its assertions, and `jwks` or `jwks_uri` its keys.

    `subject_claim` names the person: by their `sub` here where `subject` is local, otherwise as somebody
    only the issuer knows. `clients` may present its assertions, for what `scope` has at the most;
    `audiences` are values of `aud` it may use beside this server's issuer identifier and token endpoint.
    `max_lifetime` is the longest an assertion may still live, in seconds. With `id_jag` its assertions are
    identity assertion authorization grants, and no others; with
    `software_statements` they are no grants at all, but what it says of software it publishes (RFC 7591
    section 2.3).
    """

    issuer: str
    issuer_name: str
    jwks: dict[str, Any] | None = field(default=None, hash=False)
    jwks_uri: str | None = None
    algorithms: tuple[str, ...] = ASSERTION_ALGORITHMS
    audiences: tuple[str, ...] = ()
    subject: SubjectMapping = "federated"
    subject_claim: str = "sub"
    clients: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    max_lifetime: int = 300
    id_jag: bool = False
    software_statements: bool = False


class TrustedIssuers(Protocol):
    """Where trusted issuers are found. A record may be up to 60 seconds old."""

    def get(self, issuer: str) -> TrustedIssuer | None: ...


def check_trusted_issuer(trusted: TrustedIssuer) -> None:
    """What an issuer may be trusted with. Raises ValueError, with a sentence for its operator."""
    issuer = trusted.issuer
    if not 0 < len(issuer) <= MAX_ISSUER or not issuer.isascii() or not issuer.isprintable():
        raise ValueError(
            "issuer is 1 to 512 characters of printable ASCII, as its assertions have it in iss."
        )
    if SEPARATOR in issuer:
        raise ValueError(f"issuer has no {SEPARATOR}, which stands between it and its people's names.")
    if not trusted.issuer_name.strip():
        raise ValueError("issuer_name is needed, for operators to know the issuer by.")
    if trusted.id_jag and trusted.software_statements:
        raise ValueError(
            "id_jag and software_statements exclude each other: each is of an issuer of its own."
        )
    _check_keys(trusted)
    _check_people(trusted)
    for scope in trusted.scope:
        if not _SCOPE_VALUE.fullmatch(scope):
            raise ValueError("scope: a value is one word of printable ASCII, without quotes and backslashes.")
        if scope in OPENID_SCOPES:
            raise ValueError(f"scope: {scope} is of OpenID Connect, for people who sign in here.")


def _check_people(trusted: TrustedIssuer) -> None:
    if trusted.subject not in get_args(SubjectMapping):
        raise ValueError("subject is federated or local.")
    if not trusted.subject_claim.strip() or not all(audience.strip() for audience in trusted.audiences):
        raise ValueError("subject_claim and each of audiences is some text.")
    if not 0 < trusted.max_lifetime <= MAX_ASSERTION_LIFETIME:
        raise ValueError(f"max_lifetime is 1 to {MAX_ASSERTION_LIFETIME} seconds.")


def _check_keys(trusted: TrustedIssuer) -> None:
    if (trusted.jwks is None) == (trusted.jwks_uri is None):
        raise ValueError("jwks or jwks_uri is needed, and one of both: its public keys.")
    if trusted.jwks_uri is not None and urlsplit(trusted.jwks_uri).scheme not in {"https", "http"}:
        raise ValueError("jwks_uri is an https URL.")
    if not trusted.algorithms or not set(trusted.algorithms) <= set(ASSERTION_ALGORITHMS):
        raise ValueError(f"algorithms are of {', '.join(ASSERTION_ALGORITHMS)}, one at least.")
