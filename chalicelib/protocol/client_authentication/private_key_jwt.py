"""`private_key_jwt`: RFC 7523 sections 2.2 and 3, OpenID Connect Core section 9."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeGuard

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.presented import Presented, refuse
from chalicelib.protocol.client_jwt import UnknownKey, read_claims, verify_with_jwks
from chalicelib.protocol.jws import JwtError
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.supported import ASSERTION_ALGORITHMS

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

# Seconds a client's clock may be ahead of ours, and the longest an assertion may still live: its
# jti has to be remembered until then.
MAX_AHEAD = 30
MAX_LIFETIME = 3_600
MAX_JTI = 256


class ClientKeys(Protocol):
    """The public keys of clients."""

    def jwks(self, client: Client) -> Sequence[Any]:
        """The client's JWKs: its registered ones, or what its jwks_uri says, from a cache."""

    def refetched_jwks(self, client: Client) -> Sequence[Any]:
        """The same, read anew where they come from a jwks_uri and were not read just now."""


class UsedAssertions(Protocol):
    """Remembers the assertions that were used."""

    def use(self, *, client_id: str, jti: str, attempt: str, exp: int, now: int) -> bool:
        """One conditional write: whether this assertion had not been used before. `attempt` names
        this use of it.
        """


def read(parameters: Parameters) -> Presented | None:
    """The client an assertion says it is from, None where there is no assertion. Raises InvalidClient."""
    assertion = parameters.get("client_assertion")
    assertion_type = parameters.get("client_assertion_type")
    if assertion is None and assertion_type is None:
        return None
    if assertion is None or assertion_type != ASSERTION_TYPE:
        raise refuse("assertion_type")
    try:
        sub = read_claims(assertion).get("sub")
    except JwtError:
        raise refuse("assertion_malformed") from None
    # RFC 6749 appendix A.1: a client_id is printable ASCII. JSON can write what is no text at all.
    if not isinstance(sub, str) or not sub or not sub.isascii() or not sub.isprintable():
        raise refuse("assertion_malformed")
    return Presented("private_key_jwt", sub, assertion)


def check_assertion(
    presented: Presented,
    client: Client,
    *,
    audiences: Sequence[str],
    keys: ClientKeys,
    used: UsedAssertions,
    attempt: str,
    now: int,
) -> None:
    """Raises InvalidClient unless the assertion is the client's, for us, of now, and new.

    `audiences` are the values its `aud` may have: one of them, alone.
    """
    client_id = client.client_id
    claims = _verify(presented.credential, client, keys=keys)
    reason = _why_refused(claims, client_id=client_id, audiences=audiences, now=now)
    if reason is not None:
        raise refuse(reason, client_id=client_id)
    # RFC 7523 section 3 (7): the last check, so that only a good assertion is used up.
    if not used.use(
        client_id=client_id, jti=claims["jti"], attempt=attempt, exp=int(claims["exp"]) + 1, now=now
    ):
        raise refuse("assertion_replayed", client_id=client_id)


def _verify(assertion: str, client: Client, *, keys: ClientKeys) -> dict[str, Any]:
    registered = client.token_endpoint_auth_signing_alg
    algorithms = (registered,) if registered else ASSERTION_ALGORITHMS
    try:
        try:
            return verify_with_jwks(assertion, jwks=keys.jwks(client), algorithms=algorithms)
        except UnknownKey:
            return verify_with_jwks(assertion, jwks=keys.refetched_jwks(client), algorithms=algorithms)
    except JwtError:
        raise refuse("assertion_signature", client_id=client.client_id) from None


def _why_refused(
    claims: dict[str, Any], *, client_id: str, audiences: Sequence[str], now: int
) -> Reason | None:
    """RFC 7523 section 3, one line a rule."""
    exp, nbf, iat, jti = (claims.get(name) for name in ("exp", "nbf", "iat", "jti"))
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "assertion_issuer"
    if claims.get("aud") not in [value for audience in audiences for value in (audience, [audience])]:
        return "assertion_audience"
    if not _is_time(exp) or exp <= now:
        return "assertion_expired"
    if exp > now + MAX_LIFETIME:
        return "assertion_lifetime"
    if any(time is not None and (not _is_time(time) or time > now + MAX_AHEAD) for time in (nbf, iat)):
        return "assertion_not_yet_valid"
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI:
        return "assertion_jti"
    return None


def _is_time(value: Any) -> TypeGuard[float]:
    """A NumericDate (RFC 7519 section 2); JSON's NaN and infinities, which Python reads, are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12  # noqa: PLR2004
