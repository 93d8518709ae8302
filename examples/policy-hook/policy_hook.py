"""A policy hook: which roles people have, and which tokens are not given. docs/hooks.md says what comes in
and may go out.

It decides and does nothing else, as it may be asked twice about the same tokens.
"""

from typing import Any

# In a tenant of yours: out of a table, or whoever knows it.
ROLES = {"ada@example.com": ["author", "admin"], "charles@example.com": ["author"]}
# Scope values that no client gets which registered itself.
KEPT = {"notes:write"}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Lambda's entry."""
    del context
    if event["version"] != 1:
        raise ValueError("This is written for version 1.")
    if event["client"]["registration"] != "operator" and KEPT & set(event["scope"]):
        return veto("client_not_known")
    roles = roles_of(event["subject"])
    if "notes:write" in event["scope"] and event["subject"]["kind"] == "person" and not roles:
        return veto("no_author")
    return {"version": 1, "claims": {"access_token": roles, "id_token": roles}}


def roles_of(subject: dict[str, Any]) -> dict[str, Any]:
    """The claim `roles` (RFC 9068 section 2.2.3.1) of a person; none of a client, or of an address that is
    not verified.
    """
    claims = subject.get("claims", {})
    email = claims.get("email") if claims.get("email_verified") is True else None
    return {"roles": ROLES[email]} if email in ROLES else {}


def veto(reason: str) -> dict[str, Any]:
    """No tokens; `reason` is for the log and the audit trail."""
    return {"version": 1, "veto": {"reason": reason}}
