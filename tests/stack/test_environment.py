"""The variables functions get, as the functions read them."""

from pathlib import Path
from typing import Any

import pytest

from chalicelib.gateway.environment import parse_settings
from chalicelib.protocol.settings import LIMITS, Settings
from infra.expand import Template
from infra.local.template import read_template

DOMAIN = {
    "DomainName": "login.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d",
}
DOMAIN_RESOURCES = {"CustomDomain", "CustomDomainMapping", "CustomDomainRecord"}


def test_every_variable_resolves_to_text(
    expanded_file: Path, endpoints: tuple[str, ...], operations: tuple[str, ...]
) -> None:
    functions = read_template(expanded_file).functions
    assert len(functions) == len(endpoints) + len(operations)
    for function in functions:
        for name, value in function.environment.items():
            assert isinstance(value, str), name
            assert "${" not in value, name


def test_the_parameters_defaults_are_the_settings_defaults(expanded_file: Path) -> None:
    for function in read_template(expanded_file).functions:
        settings = parse_settings(function.environment)
        assert settings == Settings(issuer=function.environment["ISSUER"])


def test_the_issuer_is_the_apis_address(expanded_file: Path) -> None:
    issuers = {function.environment["ISSUER"] for function in read_template(expanded_file).functions}
    assert issuers == {"https://Api.execute-api.us-east-1.amazonaws.com"}


def test_the_issuer_is_the_custom_domain_where_there_is_one(expanded_file: Path) -> None:
    functions = read_template(expanded_file, parameters=DOMAIN).functions
    assert {parse_settings(function.environment).issuer for function in functions} == {
        "https://login.example.com"
    }


def test_the_apis_own_address_is_closed_behind_a_custom_domain(resources: dict[str, Any]) -> None:
    assert resources["Api"]["Properties"]["DisableExecuteApiEndpoint"] == {
        "Fn::If": ["HasDomain", True, False]
    }


def test_a_custom_domain_is_made_only_where_one_is_named(resources: dict[str, Any]) -> None:
    conditions = {name: one["Condition"] for name, one in resources.items() if "Condition" in one}
    assert {name for name, one in conditions.items() if one in {"HasDomain", "HasHostedZone"}} == (
        DOMAIN_RESOURCES
    )
    assert conditions["CustomDomain"] == conditions["CustomDomainMapping"] == "HasDomain"
    assert conditions["CustomDomainRecord"] == "HasHostedZone"
    (configuration,) = resources["CustomDomain"]["Properties"]["DomainNameConfigurations"]
    assert configuration["SecurityPolicy"] == "TLS_1_2"


def test_a_domain_without_its_certificate_is_refused(expanded: Template) -> None:
    rule = expanded["Rules"]["DomainNeedsCertificate"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "DomainName"}, ""]}]}
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "CertificateArn"}, ""]}]}


@pytest.mark.parametrize(("name", "low", "high"), LIMITS)
def test_a_lifetimes_range_is_the_settings_range(expanded: Template, name: str, low: int, high: int) -> None:
    parameter = expanded["Parameters"]["".join(part.capitalize() for part in name.split("_"))]
    assert (parameter["Type"], parameter["MinValue"], parameter["MaxValue"]) == ("Number", low, high)


def test_every_parameter_has_a_default_a_description_and_a_place_in_the_form(expanded: Template) -> None:
    groups = expanded["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    shown = [name for group in groups for name in group["Parameters"]]
    assert sorted(shown) == sorted(expanded["Parameters"])
    assert all({"Default", "Description"} <= set(one) for one in expanded["Parameters"].values())


def test_the_stack_tells_what_its_operator_needs(expanded: Template) -> None:
    assert {"Issuer", "DiscoveryUrl", "JwksUri", "ApiId"} <= set(expanded["Outputs"])
    referred = str(expanded["Outputs"])
    for name in ("Clients", "Users", "Sessions", "Grants", "Requests", "SigningKeyEs256", "SigningKeyRsa"):
        assert f"'{name}'" in referred, name


def test_the_switch_for_test_servers_is_in_no_stack(expanded_file: Path) -> None:
    for function in read_template(expanded_file).functions:
        assert "FETCH_ALLOWED_ORIGINS" not in function.environment
