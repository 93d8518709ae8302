"""docs/admin-policy.json, by which an operator may do what the command line does."""

import json
from pathlib import Path

from infra.enforcement.statement import Statement, parse_statement
from infra.local.template import ACCOUNT, REGION, STACK_NAME

POLICY = Path("docs/admin-policy.json")


def operators_policy() -> tuple[Statement, ...]:
    """The documented policy, for the stack of the tests."""
    text = POLICY.read_text(encoding="utf-8")
    for name in ("Clients", "Users", "Grants", "Documents"):
        text = text.replace(f"keyturn-acme-prod-{name}-*", f"keyturn-local-{name}")
    text = text.replace("alias/keyturn-acme-prod/", f"alias/{STACK_NAME}/")
    text = text.replace("111122223333", ACCOUNT).replace("eu-central-1", REGION)
    parsed = [parse_statement(one, where=str(POLICY)) for one in json.loads(text)["Statement"]]
    return tuple(one for one in parsed if one is not None)


def actions_of(sid: str) -> list[str]:
    """What a statement lets do."""
    statements = json.loads(POLICY.read_text(encoding="utf-8"))["Statement"]
    (actions,) = (one["Action"] for one in statements if one["Sid"] == sid)
    return list(actions)
