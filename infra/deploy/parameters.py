"""The stack's parameters: what is given now, what stays, what the template says otherwise."""

from collections.abc import Mapping
from typing import Any

from infra.deploy.deploy_error import DeployError
from infra.expand import Template

# What the command has words of its own for.
OPTIONS = {
    "domain": "DomainName",
    "certificate": "CertificateArn",
    "hosted-zone": "HostedZoneId",
    "mutual-tls-domain": "MutualTlsDomainName",
    "mutual-tls-certificate": "MutualTlsCertificateArn",
    "truststore": "MutualTlsTruststoreUri",
    "truststore-version": "MutualTlsTruststoreVersion",
    "alarm-email": "AlarmEmail",
    "log-retention": "LogRetentionInDays",
    "refresh-token-grace": "RefreshTokenGrace",
    "memory": "FunctionMemory",
    "snap-start": "SnapStart",
    "provisioned": "ProvisionedConcurrency",
    "permissions-boundary": "PermissionsBoundary",
    "title": "TenantName",
}


def parse_pairs(texts: list[str], what: str) -> dict[str, str]:
    """NAME=VALUE, several times. Raises DeployError."""
    pairs: dict[str, str] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise DeployError(f"{what} {text!r} is not of the form name=value.")
        pairs[name] = value
    return pairs


def parameters_of(
    template: Template, given: Mapping[str, str], *, before: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The parameters of a change set: those given, and of the others the value the stack has.

    One that is new in the template, and not given, takes the template's default. Raises DeployError for
    a name the template does not have.
    """
    declared = template.get("Parameters", {})
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise DeployError(
            f"The template has no parameter {unknown[0]}. It has {', '.join(sorted(declared))}."
        )
    kept = [name for name in declared if name not in given and name in before]
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()] + [
        {"ParameterKey": name, "UsePreviousValue": True} for name in kept
    ]


def defaults_of(template: Template) -> dict[str, str]:
    """What the template says a parameter is where nobody does."""
    declared = template.get("Parameters", {}).items()
    return {name: str(one["Default"]) for name, one in declared if "Default" in one}
