"""Who acts for whom: the claims `act` and `may_act` (RFC 8693 sections 4.1 and 4.4)."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from chalicelib.protocol.assertion import Assertion
from chalicelib.protocol.reasons import Reason
from chalicelib.record import Record

# Of the nested actors; a call that passed through more services than that goes in circles.
MAX_ACTORS = 5
MAX_NAME = 512


class DelegationRefused(Exception):
    """The one who would act may not, or who acted before is not told as it has to be."""

    def __init__(self, *, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Actor(Record, kw_only=True):
    """Who acts: `sub` as `issuer` names them, and the client they are, None where they are a person. Where
    an `assertion` says so, it is used up with that.
    """

    sub: str
    issuer: str
    client_id: str | None = None
    assertion: Assertion | None = None


def actor_chain(claims: Mapping[str, Any], *, issuer: str, own: str) -> dict[str, Any] | None:
    """Who acted before, as a token of `issuer` says, the last one outermost; None where nobody did.

    Only what names them is kept (RFC 8693 section 4.1); a name is told with its issuer where that is not
    this server, `own`. Raises DelegationRefused for what is malformed or nested too deep.
    """
    names: list[dict[str, Any]] = []
    act = claims.get("act")
    while act is not None:
        if len(names) == MAX_ACTORS:
            raise DelegationRefused(reason="act_too_deep")
        if not isinstance(act, dict):
            raise DelegationRefused(reason="act_malformed")
        sub, named_by = act.get("sub"), act.get("iss", issuer)
        # Another issuer knows its own, and can't say that one of ours acted.
        if not _is_name(sub) or not _is_name(named_by) or (issuer != own and named_by == own):
            raise DelegationRefused(reason="act_malformed")
        names.append(_named(sub, named_by, own=own))
        act = act.get("act")
    chain: dict[str, Any] | None = None
    for name in reversed(names):
        chain = {**name, "act": chain} if chain else name
    return chain


def acting(actor: Actor, before: dict[str, Any] | None, *, own: str) -> dict[str, Any]:
    """The `act` of a token by which this actor acts, those who acted before nested in it. Raises
    DelegationRefused where they become too many.
    """
    act = _named(actor.sub, actor.issuer, own=own)
    if before:
        act["act"] = before
    actor_chain({"act": act}, issuer=own, own=own)
    return act


def check_may_act(claims: Mapping[str, Any], actor: Actor, *, issuer: str) -> None:
    """Raises DelegationRefused where a token of `issuer` says who may act, and it is not this actor.

    Every member has to be the actor's own; without `iss` it is a name the token's own issuer gives. A member
    that is none of these tells of what is not known here, so nobody is it.
    """
    may_act = claims.get("may_act")
    if may_act is None:
        return
    known = {"sub": actor.sub, "iss": actor.issuer, "client_id": actor.client_id}
    named = {"iss": issuer, **may_act} if isinstance(may_act, dict) else {}
    names_somebody = "sub" in named or "client_id" in named
    if not names_somebody or any(value is None or known.get(name) != value for name, value in named.items()):
        raise DelegationRefused(reason="may_act_another")


def _named(sub: str, issuer: str, *, own: str) -> dict[str, Any]:
    return {"sub": sub} if issuer == own else {"iss": issuer, "sub": sub}


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable()
