"""SnapStart, provisioned concurrency and the permissions boundary: off as deployed, whole where on."""

from pathlib import Path
from typing import Any

import pytest

from infra.expand import Template
from infra.local.template import read_template
from infra.versions import ALIAS, PROVISIONED
from tests.support.resolved import resolver


@pytest.fixture
def versioned(endpoints: tuple[str, ...], resources: dict[str, Any]) -> list[str]:
    """The endpoints that are always there; those under a condition have no versions."""
    names = ["".join(part.capitalize() for part in name.split("_")) for name in endpoints]
    return [name for name in names if "Condition" not in resources[name]]


@pytest.mark.parametrize(
    ("given", "versions"),
    [({}, False), ({"SnapStart": "on"}, True), ({"ProvisionedConcurrency": "2"}, True)],
)
def test_functions_have_versions_only_where_something_needs_them(
    expanded: Template,
    resources: dict[str, Any],
    versioned: list[str],
    given: dict[str, str],
    *,
    versions: bool,
) -> None:
    values = resolver(expanded, **given)
    for name in versioned:
        version, alias = resources[f"{name}Version"], resources[f"{name}Alias"]
        assert version["Condition"] == alias["Condition"] == "HasVersions"
        assert values.holds("HasVersions") is versions
        uri = values.resolve(resources[f"{name}Integration"]["Properties"]["IntegrationUri"])
        permitted = values.resolve(resources[f"{name}Permission"]["Properties"]["FunctionName"])
        assert (uri, permitted) == ((f"{name}Alias", f"{name}Alias") if versions else (f"{name}.Arn", name))


def test_an_alias_is_of_the_version_of_its_function(resources: dict[str, Any], versioned: list[str]) -> None:
    for name in versioned:
        alias = resources[f"{name}Alias"]["Properties"]
        assert alias["Name"] == ALIAS
        assert alias["FunctionName"] == {"Ref": name}
        assert alias["FunctionVersion"] == {"Fn::GetAtt": [f"{name}Version", "Version"]}


def test_what_aws_itself_calls_has_no_versions(resources: dict[str, Any], versioned: list[str]) -> None:
    versions = {name for name, one in resources.items() if one["Type"] == "AWS::Lambda::Version"}
    assert versions == {f"{name}Version" for name in versioned}


def test_a_new_release_makes_a_new_version_of_every_endpoint_and_leaves_no_old_one(
    resources: dict[str, Any], functions: dict[str, Any], versioned: list[str]
) -> None:
    for name in versioned:
        version, function = resources[f"{name}Version"], functions[name]
        assert version["Properties"]["Description"] == {"Ref": "Release"}
        # Lambda makes no version of a function that is as it was.
        assert function["Environment"]["Variables"]["RELEASE"] == {"Ref": "Release"}
        assert version["DeletionPolicy"] == version["UpdateReplacePolicy"] == "Delete"


def test_snapshots_and_warm_instances_are_off_unless_asked_for(
    expanded: Template, resources: dict[str, Any], functions: dict[str, Any], versioned: list[str]
) -> None:
    for given, applied, warm in (({}, "None", None), ({"ProvisionedConcurrency": "3"}, "None", "3")):
        values = resolver(expanded, **given)
        for name in versioned:
            assert values.resolve(functions[name]["SnapStart"]) == {"ApplyOn": applied}
            config = values.resolve(
                resources[f"{name}Alias"]["Properties"].get("ProvisionedConcurrencyConfig")
            )
            kept = warm if name in PROVISIONED else None
            assert config == ({"ProvisionedConcurrentExecutions": kept} if kept else None)
    assert resolver(expanded, SnapStart="on").resolve(functions["Token"]["SnapStart"]) == {
        "ApplyOn": "PublishedVersions"
    }


def test_a_permissions_boundary_bounds_every_role(expanded: Template, resources: dict[str, Any]) -> None:
    boundary = "arn:aws:iam::111122223333:policy/team/boundary"
    roles = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::IAM::Role"]
    assert roles
    for role in roles:
        assert "PermissionsBoundary" not in resolver(expanded).resolve(role)
        bounded = resolver(expanded, PermissionsBoundary=boundary).resolve(role)
        assert bounded["PermissionsBoundary"] == boundary


def test_the_laptop_finds_the_function_behind_its_alias(expanded_file: Path) -> None:
    plain = read_template(expanded_file).routes
    assert read_template(expanded_file, parameters={"SnapStart": "on"}).routes == plain
