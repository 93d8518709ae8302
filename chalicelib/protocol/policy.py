"""A tenant's own policy about tokens, by a function of the tenant's: what it is asked, what it may answer,
and what becomes of the tokens. docs/hooks.md has both documents for those who write one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from chalicelib.accounts.user import User
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import AccessDenied
from chalicelib.protocol.json_document import UnfitDocument, parse_json_object
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.unsigned_tokens import GRANTED_TO
from chalicelib.record import Record, replace

VERSION = 1
# Of the answer, in bytes; of what it adds to one token, and of all claims of a token then, as JSON. A token
# is sent in a header, of which API Gateway takes 10 KB, and base64 makes four thirds of it.
MAX_ANSWER = 16 * 1024
MAX_ADDED = 2 * 1024
MAX_CLAIMS = 7 * 1024
# The answer, its claims, those of a token; and of a value four more.
MAX_DEPTH = 7
# RFC 7493 section 2.2: beyond it, parsers differ.
MAX_INTEGER = 2**53 - 1

# An identity assertion grant is not among them: what is in one is said by its specification.
ADDED_TO = ("access_token", "id_token")
# What a token or an introspection response says by itself, or what would change how either is read: RFC 7519
# section 4.1, RFC 7662 section 2.2, RFC 7800, RFC 8417, RFC 8693 section 4, RFC 9068 section 2.2, RFC 9396,
# RFC 9493, RFC 9701, OpenID Connect Core sections 2, 3.1.3.6, 3.3.2.11 and 5.6.2, and those of logout.
RESERVED = frozenset(
    {
        *("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "typ", "cty", "crit", "alg", "kid"),
        *("client_id", "scope", "act", "may_act", "cnf", "authorization_details", GRANTED_TO),
        *("azp", "nonce", "at_hash", "c_hash", "s_hash", "auth_time", "acr", "amr", "sid"),
        *("active", "token_type", "username", "token_introspection"),
        *("_claim_names", "_claim_sources", "sub_id", "sub_jwk", "events", "toe", "txn"),
    }
)
_NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,128}")
_VETO_REASON = re.compile(r"[a-z0-9_]{1,64}")
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

SubjectKind = Literal["person", "federated", "client"]
Claims = Mapping[str, Mapping[str, Any]]


class PolicyFailed(Exception):
    """The policy's answer is none that could be followed. `kind`: answer_malformed, answer_version,
    claim_name, claim_reserved, claim_value, claims_too_large.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Occasion(Record, kw_only=True):
    """For what tokens are to be issued, beside what they say themselves. A `federated` subject is a person
    whom only the issuer of an assertion knows; `resources` are the resource servers.
    """

    grant_type: str
    client: Client
    subject: SubjectKind
    resources: tuple[str, ...]


class Policy(Protocol):
    """Where the policy is asked."""

    def apply(self, tokens: Mapping[str, UnsignedToken], occasion: Occasion) -> list[UnsignedToken]:
        """The tokens (access_token, id_token, id_jag) with what the policy adds to them, in their order.

        Raises AccessDenied where the policy refuses them, TemporarilyUnavailable where it can't be asked.
        """


def question(tokens: Mapping[str, UnsignedToken], occasion: Occasion, *, user: User | None) -> dict[str, Any]:
    """What the policy is asked: never a token, a code or a secret."""
    client = occasion.client
    claims = next(iter(tokens.values())).claims
    audience = claims["aud"]
    scope = claims.get("scope")
    authentication = {name: claims[name] for name in ("auth_time", "acr", "amr") if name in claims}
    return {
        "version": VERSION,
        "issuer": claims["iss"],
        "time": claims["iat"],
        "grant_type": occasion.grant_type,
        "tokens": list(tokens),
        "client": {
            "client_id": client.client_id,
            "client_name": client.client_name,
            "registration": client.registration,
        },
        "subject": {
            "kind": occasion.subject,
            "sub": claims["sub"],
            **({"claims": user.claims} if user else {}),
        },
        "scope": scope.split() if scope else [],
        "resources": list(occasion.resources),
        "audience": [audience] if isinstance(audience, str) else audience,
        **({"authentication": authentication} if authentication else {}),
        **({"act": claims["act"]} if "act" in claims else {}),
    }


def read_answer(data: bytes) -> Claims:
    """The claims an answer adds, by the names of tokens. Raises AccessDenied for a veto, PolicyFailed.

    Whatever can be read and has a veto is one, whatever else is wrong with it.
    """
    try:
        answer = parse_json_object(data, max_bytes=MAX_ANSWER, max_depth=MAX_DEPTH)
    except UnfitDocument:
        raise PolicyFailed("answer_malformed") from None
    veto = answer.get("veto")
    if veto is not None and veto is not False:
        raise AccessDenied(
            "The policy of this server does not allow it.",
            reason="policy_veto",
            facts={"policy_reason": _veto_reason(veto)},
        )
    version = answer.pop("version", None)
    if version != VERSION or isinstance(version, bool):
        raise PolicyFailed("answer_version")
    claims = answer.pop("claims", {})
    if answer or not isinstance(claims, dict) or not claims.keys() <= set(ADDED_TO):
        raise PolicyFailed("answer_malformed")
    for added in claims.values():
        _check_claims(added)
    return claims


def with_claims(tokens: Mapping[str, UnsignedToken], claims: Claims) -> list[UnsignedToken]:
    """The tokens with these claims. Raises PolicyFailed where one has such a claim or becomes too large."""
    return [_added(token, claims.get(name, {})) for name, token in tokens.items()]


def _added(token: UnsignedToken, more: Mapping[str, Any]) -> UnsignedToken:
    if not more:
        return token
    if not token.claims.keys().isdisjoint(more):
        raise PolicyFailed("claim_reserved")
    claims = {**token.claims, **more}
    if len(_encode(claims).encode()) > MAX_CLAIMS:
        raise PolicyFailed("claims_too_large")
    return replace(token, claims=claims)


def _veto_reason(veto: Any) -> str:
    reason = veto.get("reason") if isinstance(veto, dict) else None
    return reason if isinstance(reason, str) and _VETO_REASON.fullmatch(reason) else "unnamed"


def _check_claims(added: Any) -> None:
    if not isinstance(added, dict):
        raise PolicyFailed("answer_malformed")
    for name in added:
        # Names that look alike are no way round: nothing but ASCII is taken, in whatever case.
        if not _NAME.fullmatch(name):
            raise PolicyFailed("claim_name")
        if name.lower() in RESERVED:
            raise PolicyFailed("claim_reserved")
    if len(_encode(added).encode()) > MAX_ADDED:
        raise PolicyFailed("claims_too_large")
    _check_numbers(list(added.values()))


def _check_numbers(values: Sequence[Any]) -> None:
    for value in values:
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            raise PolicyFailed("claim_value")
        if isinstance(value, dict | list):
            _check_numbers(list(value.values()) if isinstance(value, dict) else value)
