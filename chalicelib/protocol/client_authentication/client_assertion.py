"""Assertions by which clients authenticate: RFC 7521 section 4.2, RFC 7523 sections 2.2 and 3.

What an assertion says is one rule for all of them. How it is signed is each method's own: by the client's
key (private_key_jwt.py) or with its secret (client_secret_jwt.py). Its `alg` says which of the two a request
uses, so that a key is never taken for a secret, nor the other way round (RFC 8725 section 2.1).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeGuard

from chalicelib.protocol.client_authentication.presented import Presented, refuse
from chalicelib.protocol.jws import JwtError, parse_compact
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.supported import SECRET_ALGORITHMS

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

# Seconds a client's clock may be ahead of ours, and the longest an assertion may still live: its
# jti has to be remembered until then.
MAX_AHEAD = 30
MAX_LIFETIME = 3_600
MAX_JTI = 256


class UsedAssertions(Protocol):
    """Remembers the assertions that were used."""

    def use(self, *, client_id: str, jti: str, attempt: str, exp: int, now: int) -> bool:
        """One conditional write: whether this assertion had not been used before. `attempt` names
        this use of it.
        """


def read(parameters: Parameters) -> Presented | None:
    """The client an assertion says it is from, and by which method; None where there is no assertion.
    Nothing of it is verified. Raises InvalidClient.
    """
    assertion = parameters.get("client_assertion")
    assertion_type = parameters.get("client_assertion_type")
    if assertion is None and assertion_type is None:
        return None
    if assertion is None or assertion_type != ASSERTION_TYPE:
        raise refuse("assertion_type")
    try:
        parsed = parse_compact(assertion)
        sub = parsed.claims().get("sub")
    except JwtError:
        raise refuse("assertion_malformed") from None
    # RFC 6749 appendix A.1: a client_id is printable ASCII. JSON can write what is no text at all.
    if not isinstance(sub, str) or not sub or not sub.isascii() or not sub.isprintable():
        raise refuse("assertion_malformed")
    with_secret = parsed.header.get("alg") in SECRET_ALGORITHMS
    return Presented("client_secret_jwt" if with_secret else "private_key_jwt", sub, assertion)


def check_claims(
    claims: Mapping[str, Any],
    *,
    client_id: str,
    audiences: Sequence[str],
    used: UsedAssertions,
    attempt: str,
    now: int,
) -> None:
    """Raises InvalidClient unless the assertion, whose signature is verified, is for us, of now, and new.

    `audiences` are the values its `aud` may have: one of them, alone.
    """
    reason = _why_refused(claims, client_id=client_id, audiences=audiences, now=now)
    if reason is not None:
        raise refuse(reason, client_id=client_id)
    # RFC 7523 section 3 (7): the last check, so that only a good assertion is used up.
    if not used.use(
        client_id=client_id, jti=claims["jti"], attempt=attempt, exp=int(claims["exp"]) + 1, now=now
    ):
        raise refuse("assertion_replayed", client_id=client_id)


def _why_refused(
    claims: Mapping[str, Any], *, client_id: str, audiences: Sequence[str], now: int
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
