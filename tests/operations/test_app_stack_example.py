"""examples/app-stack.yaml: what it declares works, from the first deployment to the last."""

from pathlib import Path
from typing import Any

import pytest

from infra.lint import findings
from infra.local.intrinsics import Resolver, parse_yaml
from tests.operations.conftest import Records, Secrets
from tests.support.cloudformation import CloudFormation, Resources
from tests.support.http import Caller

EXAMPLE = Path("examples/app-stack.yaml")


def document() -> dict[str, Any]:
    parsed: dict[str, Any] = parse_yaml(EXAMPLE.read_text(encoding="utf-8"))
    return parsed


def declared(**parameters: Any) -> Resources:
    """Its custom resources, with its parameters put in; other resources are CloudFormation's own business."""
    template = document()
    values = {name: one["Default"] for name, one in template["Parameters"].items()} | parameters

    def put_in(value: Any) -> Any:
        match value:
            case {"Ref": str() as name} if name in values:
                return values[name]
            case {"Fn::Sub": text}:
                return Resolver(values=values, conditions={}, find=_no_resource).resolve({"Fn::Sub": text})
            case {"Fn::ImportValue": imported}:
                assert put_in(imported) == "keyturn-acme-prod-Provider"
                return "arn:aws:lambda:us-east-1:000000000000:function:CustomResources"
            case dict():
                return {name: put_in(member) for name, member in value.items()}
            case list():
                return [put_in(member) for member in value]
        return value

    resources = template["Resources"].items()
    return {name: put_in(one) for name, one in resources if one["Type"].startswith("Custom::")}


def _no_resource(name: str, attribute: str) -> str:
    raise KeyError(name, attribute)


def test_cfn_lint_finds_nothing() -> None:
    assert findings(EXAMPLE.read_text(encoding="utf-8")) == []


@pytest.mark.usefixtures("nothing_left")
def test_it_deploys_works_rotates_and_goes(
    app: CloudFormation, records: Records, secrets: Secrets, caller: Caller
) -> None:
    assert app.create(declared()) == "CREATE_COMPLETE", app.reasons
    for output in document()["Outputs"].values():
        name, attribute = output["Value"]["Fn::GetAtt"]
        assert app.get_att(name, attribute)
    service = app.ref("NightlyExport")
    request = {"grant_type": "client_credentials", "resource": app.ref("NotesApi"), "scope": "notes:read"}
    issued = caller.post("/token", request, auth=(service, secrets.of(service)))
    assert (issued.status, issued.json["expires_in"]) == (200, 300)
    web = records.client(app.ref("WebApp"))
    assert web
    assert web["allowed_resources"] == ["https://api.notes.example.com/"]

    first = secrets.of(service)
    assert app.update(declared(SecretVersion=2)) == "UPDATE_COMPLETE", app.reasons
    assert secrets.of(service) != first
    for secret in (first, secrets.of(service)):
        assert caller.post("/token", request, auth=(service, secret)).status == 200
    assert app.delete() == "DELETE_COMPLETE", app.reasons
