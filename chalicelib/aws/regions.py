"""Where the services of a region are."""

from collections.abc import Mapping

# The partitions of AWS by the beginning of their regions' names; all others are of
# the first partition, or of us-gov, which shares its domain.
DOMAINS = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "us-isof-": "csp.hci.ic.gov",
}
DOMAIN = "amazonaws.com"
# Services whose name in variables is not the one in host names.
_VARIABLES = {"secretsmanager": "SECRETS_MANAGER"}


def region_of(environment: Mapping[str, str]) -> str:
    """The region calls are signed for. Raises LookupError where none is named."""
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise LookupError("AWS_REGION is not set.")
    return region


def endpoint_of(service: str, environment: Mapping[str, str]) -> str:
    """The URL of a service: as the environment names it (a local stack does), or the region's."""
    variable = f"AWS_ENDPOINT_URL_{_VARIABLES.get(service, service.upper())}"
    named = environment.get(variable) or environment.get("AWS_ENDPOINT_URL")
    if named:
        return named
    region = region_of(environment)
    domain = next((domain for start, domain in DOMAINS.items() if region.startswith(start)), DOMAIN)
    return f"https://{service}.{region}.{domain}"
