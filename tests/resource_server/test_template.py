"""examples/resource-server/template.yaml: what CloudFormation would say of it."""

from infra.expand import expand, to_yaml
from infra.lint import findings
from infra.local.intrinsics import parse_yaml
from tests.support.protected_api import EXAMPLE


def test_cfn_lint_finds_nothing() -> None:
    document = parse_yaml((EXAMPLE / "template.yaml").read_text(encoding="utf-8"))
    document["Globals"]["Function"]["CodeUri"] = {"Bucket": "artefacts", "Key": "notes.zip"}
    assert findings(to_yaml(expand(document))) == []
