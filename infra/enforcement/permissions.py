"""docs/permissions.md: which function may do what, out of the expanded template.

`python -m infra.enforcement.permissions` writes it.
"""

import sys
import tempfile
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from infra.enforcement.kms_accesses import key_arn
from infra.enforcement.role import read_roles
from infra.enforcement.statement import Statement
from infra.expand import TEMPLATE, expand, to_yaml, with_code
from infra.local.intrinsics import parse_yaml
from infra.local.template import EVERYTHING_ON, STACK_NAME, read_template

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"

# As a tenant names one; on the page it stands for whichever.
_HOOK = "arn:aws:lambda:us-east-1:000000000000:function:hook"
_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
_RETRIES = f"schedule/{STACK_NAME}-logouts/*"
_HEAD = """# Permissions

What each function may do, out of its role in [infra/template.yaml](../infra/template.yaml). Beside
this each may write to its own log group, and nothing more. `python -m infra.enforcement.permissions` writes
this page; a test fails where it is not current.

`Grants/by_sub` is an index, STACK the stack's name. In brackets: which items, by what their keys begin with.
Signing keys are those tagged `keyturn:stack` with the stack's name; those that key_rotation made have
`keyturn:made-for` as well. What SecretsKey encrypts says what for, and roles are given it by that.
`keyturn:made-for` as well. What stands there only where a parameter switches it on says so.

| function | action | on | statement |
|---|---|---|---|
"""
_TAIL = """
How it is proved: `tests/enforcement` sends every other action of DynamoDB, KMS, EventBridge, its Scheduler,
Lambda and Secrets Manager, signed with each function's own credentials, and sees it refused. A run of
`make test-stack` has the specifications' tests with every call of every function held to this, and fails
where a permission is missing, or nothing used one.
"""


def page(template: Path) -> str:
    """The page's text, of a template that is expanded. Raises PolicyError, TemplateError."""
    parameters = {**EVERYTHING_ON, "PolicyHookArn": _HOOK}
    read = read_template(template, parameters=parameters)
    names = {key_arn(key): key.logical_id for key in read.keys}
    names |= {f"table/{table.name}": table.logical_id for table in read.tables}
    names |= {bus.arn: bus.logical_id for bus in read.event_buses}
    names |= {queue.arn: queue.logical_id for queue in read.queues}
    names |= {f"{_FUNCTION}{function.name}": function.logical_id for function in read.functions}
    names[_RETRIES] = "schedules of STACK-logouts"
    names[_HOOK] = "the policy hook, where there is one"
    roles = read_roles(template, parameters=parameters)
    usual = {
        (name, statement.sid) for name, role in read_roles(template).items() for statement in role.statements
    }
    rows = []
    for function in sorted(read.functions, key=lambda function: function.endpoint):
        statements = roles[function.logical_id].statements
        switched = {one.sid for one in statements if (function.logical_id, one.sid) not in usual}
        found = [row for statement in statements for row in _rows(statement, names, switched=switched)]
        rows += [f"| {function.endpoint} | {row} |" for row in found or ["nothing | - | -"]]
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


def _rows(
    statement: Statement, names: Mapping[str, str], *, switched: Container[str | None]
) -> Iterator[str]:
    keys = [
        value.removesuffix("*")
        for condition in statement.conditions
        if condition.key == "dynamodb:LeadingKeys"
        for value in condition.values
    ]
    keys += [
        f"for {' '.join(condition.values)}"
        for condition in statement.conditions
        if condition.key == "kms:EncryptionContext:purpose"
    ]
    which = f" ({' '.join(keys)})" if keys else ""
    effect = "" if statement.allows else "never "
    for action in statement.actions:
        on = ", ".join(f"{_name(resource, names)}{which}" for resource in statement.resources)
        on = _KEYS.get(on, on) + _tagged(statement)
        where = ", where switched on" if statement.sid in switched else ""
        yield f"{effect}{action} | {on} | {statement.sid}{where}"


# In place of ARNs that name no key.
_KEYS = {"*": "keys", "key/*": "keys"}
_TAGS = ("aws:ResourceTag/", "aws:RequestTag/")


def _tagged(statement: Statement) -> str:
    """Which keys: by the tags they have to have, or are made with."""
    conditions = (one for one in statement.conditions if one.operator in {"StringEquals", "StringLike"})
    tags = {one.key.partition("/")[2]: None for one in conditions if one.key.startswith(_TAGS)}
    return f" tagged {' '.join(tags)}" if tags else ""


def _name(resource: str, names: Mapping[str, str]) -> str:
    plain = resource if resource in names else resource.rpartition(":")[2]
    owner, _, index = plain.partition("/index/")
    # Of a secret, the beginning of its name, which is the stack's.
    owner = names.get(owner, owner).replace(f"{STACK_NAME}/", "secrets STACK/", 1)
    return owner + (f"/{index}" if index else "")


def main() -> int:
    """Writes the page."""
    expanded = expand(with_code(parse_yaml(TEMPLATE.read_text(encoding="utf-8"))))
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "expanded.yaml")
        file.write_text(to_yaml(expanded), encoding="utf-8")
        PAGE.write_text(page(file), encoding="utf-8")
    sys.stdout.write(f"Wrote docs/{PAGE.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
