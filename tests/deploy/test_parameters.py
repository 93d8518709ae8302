"""Wrong parameters are refused before anything is uploaded, in the template's own sentences."""

from pathlib import Path

import pytest

from infra.deploy.deploy_error import DeployError
from infra.deploy.parameter_check import check_parameters
from infra.deploy.parameters import OPTIONS, defaults_of
from infra.expand import TEMPLATE, Template
from tests.deploy.conftest import Run, write_package
from tests.deploy.fake_aws import FakeAws

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d"
DOMAIN = {"DomainName": "login.example.com", "CertificateArn": CERTIFICATE}
MUTUAL_TLS = {
    "MutualTlsDomainName": "mtls.login.example.com",
    "MutualTlsCertificateArn": CERTIFICATE,
    "MutualTlsTruststoreUri": "s3://acme-trust/truststore.pem",
}
WHOLE = DOMAIN | MUTUAL_TLS


def refusal(template: Template, given: dict[str, str]) -> str:
    """What is said of the defaults and these; empty where nothing is."""
    try:
        check_parameters(template, defaults_of(template) | given, region="eu-central-1")
    except DeployError as error:
        return " ".join(str(error).split())
    return ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CodeLifetime": "61"}, "CodeLifetime='61': A number from 5 to 60. How long an authorization code"),
        ({"CodeLifetime": "soon"}, "CodeLifetime='soon': A number from 5 to 60."),
        ({"LogRetentionInDays": "8"}, "LogRetentionInDays='8': One of 7, 14, 30, 60,"),
        ({"SnapStart": "yes"}, "SnapStart='yes': One of on, off."),
        ({"TenantName": ""}, "TenantName='': 1 to 100 characters. The name people read"),
        ({"DomainName": "https://x.example/"}, "A domain name in lower case, without a scheme or a path."),
        ({"HostedZoneId": "example.com"}, "HostedZoneId='example.com': The id of a hosted zone of Route 53"),
        ({"PermissionsBoundary": "boundary"}, "PermissionsBoundary='boundary': The ARN of a managed policy."),
        ({"MutualTlsTruststoreUri": "/trust.pem"}, "The S3 address of a file, such as s3://my-bucket/"),
        (
            {**DOMAIN, "CertificateArn": CERTIFICATE.replace("eu-central-1", "us-east-1")},
            "That certificate is in us-east-1, and the stack in eu-central-1. The certificate of DomainName",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_its_parameters_own_sentence(
    template: Template, given: dict[str, str], said: str
) -> None:
    assert said in refusal(template, given)


def without(given: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in names}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (without(DOMAIN, "CertificateArn"), "DomainName needs CertificateArn"),
        (without(DOMAIN, "DomainName"), "CertificateArn and HostedZoneId are for a DomainName"),
        ({"HostedZoneId": "Z0123456789"}, "CertificateArn and HostedZoneId are for a DomainName"),
        (MUTUAL_TLS, "MutualTlsDomainName needs DomainName, the issuer's own"),
        (without(WHOLE, "MutualTlsCertificateArn"), "needs MutualTlsCertificateArn"),
        (without(WHOLE, "MutualTlsTruststoreUri"), "needs MutualTlsTruststoreUri"),
        (without(WHOLE, "MutualTlsDomainName"), "are for a MutualTlsDomainName, and there is none."),
        ({"MutualTlsTruststoreVersion": "3"}, "are for a MutualTlsDomainName, and there is none."),
        (WHOLE | {"MutualTlsDomainName": "login.example.com"}, "must be another than DomainName"),
        (
            {"SnapStart": "on", "ProvisionedConcurrency": "1"},
            "SnapStart or provisioned concurrency, not both",
        ),
    ],
)
def test_what_is_given_by_halves_is_refused_by_a_rule(
    template: Template, given: dict[str, str], said: str
) -> None:
    assert said in refusal(template, given)


@pytest.mark.parametrize(
    "given",
    [{}, DOMAIN, WHOLE, WHOLE | {"MutualTlsTruststoreVersion": "3", "HostedZoneId": "Z0123456789"}],
)
def test_what_is_right_is_not_refused(template: Template, given: dict[str, str]) -> None:
    assert refusal(template, given) == ""


def test_nothing_is_made_for_wrong_parameters_and_all_of_them_are_told(run: Run, aws: FakeAws) -> None:
    ran = run("--yes", "--memory", "1", "--set", "CodeLifetime=0")
    assert ran.code == 1
    assert "The parameters are wrong. Nothing was changed." in ran.said
    assert "FunctionMemory='1': A number from 256 to 3008. Memory of every function, in MB." in ran.said
    assert "CodeLifetime='0'" in ran.said
    assert (aws.buckets, aws.objects, aws.cloudformation.stacks) == ({}, {}, [])


def test_an_upgrade_is_judged_with_what_the_stack_has_already(run: Run, aws: FakeAws) -> None:
    assert run("--yes", "--snap-start", "on").code == 0
    uploaded = dict(aws.objects)
    ran = run("--yes", "--provisioned", "2")
    assert ran.code == 1
    assert "Lambda has SnapStart or provisioned concurrency, not both." in ran.said
    assert aws.objects == uploaded


def test_snapshots_of_a_python_that_has_none_are_refused(
    run: Run, aws: FakeAws, package: Path, template: Template
) -> None:
    write_package(package, template, runtime="python3.11")
    ran = run("--yes", "--snap-start", "on")
    assert ran.code == 1
    assert "SnapStart needs Python 3.12 or newer, and the package is for python3.11." in ran.said
    assert aws.buckets == {}


def test_a_package_without_byte_code_is_deployed_with_a_warning(
    run: Run, package: Path, template: Template
) -> None:
    assert "no byte code" not in run("--yes").said
    write_package(package, template, compiled_by="")
    ran = run("--yes")
    assert ran.code == 0
    assert "WARNING: this package has no byte code" in ran.said


def test_a_zip_that_is_not_the_one_that_was_checked_is_refused(run: Run, aws: FakeAws, package: Path) -> None:
    (package / "deployment.zip").write_bytes(b"half of it")
    ran = run("--yes")
    assert ran.code == 1
    assert "is of another zip than the one beside it. Run make package again." in ran.said
    assert aws.buckets == {}


def test_every_word_of_the_command_is_a_parameter_and_a_variable_of_make(template: Template) -> None:
    assert set(OPTIONS.values()) <= set(template["Parameters"])
    makefile = (TEMPLATE.parents[1] / "Makefile").read_text(encoding="utf-8")
    for option in OPTIONS:
        assert f'--{option} "$(' in makefile, option
