"""The variables functions get, as the functions read them."""

from pathlib import Path
from typing import Any

import pytest

from chalicelib.gateway.environment import parse_settings
from chalicelib.protocol.settings import LIMITS, Settings
from chalicelib.protocol.supported import UI_LOCALES
from infra.expand import Template
from infra.local.template import EVERYTHING_ON, read_template

DOMAIN = {
    "DomainName": "login.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d",
}
DOMAIN_RESOURCES = {
    f"{domain}{part}" for domain in ("CustomDomain", "MutualTlsDomain") for part in ("", "Mapping", "Record")
}


def test_every_variable_resolves_to_text(
    expanded_file: Path, endpoints: tuple[str, ...], operations: tuple[str, ...]
) -> None:
    functions = read_template(expanded_file, parameters=EVERYTHING_ON).functions
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
    assert {
        name for name, one in conditions.items() if one.startswith(("HasDomain", "HasHosted", "HasMutual"))
    } == (DOMAIN_RESOURCES)
    assert conditions["CustomDomain"] == conditions["CustomDomainMapping"] == "HasDomain"
    assert conditions["CustomDomainRecord"] == "HasHostedZone"
    (configuration,) = resources["CustomDomain"]["Properties"]["DomainNameConfigurations"]
    assert configuration["SecurityPolicy"] == "TLS_1_2"


def test_mutual_tls_has_a_host_of_its_own_and_its_truststore(resources: dict[str, Any]) -> None:
    assert resources["MutualTlsDomain"]["Condition"] == "HasMutualTls"
    assert resources["MutualTlsDomainMapping"]["Condition"] == "HasMutualTls"
    assert resources["MutualTlsDomainRecord"]["Condition"] == "HasMutualTlsRecord"
    domain = resources["MutualTlsDomain"]["Properties"]
    assert domain["MutualTlsAuthentication"]["TruststoreUri"] == {"Ref": "MutualTlsTruststoreUri"}
    assert domain["DomainNameConfigurations"][0]["SecurityPolicy"] == "TLS_1_2"
    # The issuer's host asks nobody: a browser would ask the person for a certificate.
    assert "MutualTlsAuthentication" not in resources["CustomDomain"]["Properties"]
    mappings = [resources[name]["Properties"] for name in ("CustomDomainMapping", "MutualTlsDomainMapping")]
    assert [(one["ApiId"], one["Stage"]) for one in mappings] == [({"Ref": "Api"}, {"Ref": "ApiStage"})] * 2


def test_discovery_names_no_mutual_tls_that_the_server_does_not_do(expanded_file: Path) -> None:
    given = {"MutualTlsDomainName": "mtls.login.example.com", **DOMAIN}
    plain = read_template(expanded_file, parameters=DOMAIN).functions
    assert read_template(expanded_file, parameters=given).functions == plain


@pytest.mark.parametrize(("name", "low", "high"), LIMITS)
def test_a_lifetimes_range_is_the_settings_range(expanded: Template, name: str, low: int, high: int) -> None:
    parameter = expanded["Parameters"]["".join(part.capitalize() for part in name.split("_"))]
    assert (parameter["Type"], parameter["MinValue"], parameter["MaxValue"]) == ("Number", low, high)


def test_every_parameter_has_a_default_a_description_and_a_place_in_the_form(expanded: Template) -> None:
    groups = expanded["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    shown = [name for group in groups for name in group["Parameters"]]
    assert sorted(shown) == sorted(expanded["Parameters"])
    for name, one in expanded["Parameters"].items():
        assert {"Default", "Description"} <= set(one), name
        assert ("AllowedPattern" in one) == ("ConstraintDescription" in one), name
        held = {"AllowedPattern", "AllowedValues", "MaxLength"} if one["Type"] == "String" else {"MaxValue"}
        assert (held | {"AllowedValues"}) & set(one), f"{name} may be anything"


def test_the_stack_tells_what_its_operator_needs(expanded: Template) -> None:
    assert {"Issuer", "DiscoveryUrl", "JwksUri", "ApiId"} <= set(expanded["Outputs"])
    referred = str(expanded["Outputs"])
    for name in (
        "Clients",
        "Users",
        "Sessions",
        "Grants",
        "Requests",
        "Documents",
        "SigningKeyEs256",
        "SigningKeyRsa",
    ):
        assert f"'{name}'" in referred, name


def test_the_switch_for_test_servers_is_in_no_stack(expanded_file: Path) -> None:
    for function in read_template(expanded_file).functions:
        assert "FETCH_ALLOWED_ORIGINS" not in function.environment


def test_a_tenant_chooses_among_the_languages_there_are(expanded: Template) -> None:
    assert expanded["Parameters"]["DefaultLanguage"]["AllowedValues"] == list(UI_LOCALES)
