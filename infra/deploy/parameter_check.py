"""Refuses wrong parameters before anything is uploaded, in the sentences the template has for them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.deploy.deploy_error import DeployError
from infra.deploy.screen import block
from infra.expand import Template
from infra.local.intrinsics import Resolver

_CERTIFICATE_REGION = re.compile(r"arn:[a-z-]+:acm:(?P<region>[a-z0-9-]+):")


def check_parameters(template: Template, values: Mapping[str, str], *, region: str) -> None:
    """Every value keeps its parameter's constraints, all of them together the template's rules, and a
    certificate is of the stack's region. Raises DeployError with all that is wrong.
    """
    declared = template.get("Parameters", {})
    faults = [
        f"{name}={value!r}: {said} {declared[name].get('Description', '')}".rstrip()
        for name, value in values.items()
        if (said := _fault(declared[name], value) or _misplaced(value, region))
    ]
    faults += [] if faults else _broken_rules(template, values)
    if faults:
        raise DeployError(block("The parameters are wrong. Nothing was changed.", faults))


def _fault(declared: Mapping[str, Any], value: str) -> str:
    """What a value has to be and is not, in the parameter's own words where it has some."""
    allowed = [str(one) for one in declared.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"One of {', '.join(allowed)}."
    if declared.get("Type") == "Number" and not _in_range(value, declared):
        return f"A number from {declared.get('MinValue', '-')} to {declared.get('MaxValue', '-')}."
    shortest, longest = declared.get("MinLength", 0), declared.get("MaxLength", len(value))
    if not shortest <= len(value) <= longest:
        return f"{shortest} to {longest} characters."
    if (pattern := declared.get("AllowedPattern")) and not re.fullmatch(pattern, value):
        return str(declared.get("ConstraintDescription", f"It matches {pattern}."))
    return ""


def _in_range(value: str, declared: Mapping[str, Any]) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return float(declared.get("MinValue", number)) <= number <= float(declared.get("MaxValue", number))


def _misplaced(value: str, region: str) -> str:
    found = _CERTIFICATE_REGION.match(value)
    if found is None or found["region"] == region:
        return ""
    return f"That certificate is in {found['region']}, and the stack in {region}."


def _broken_rules(template: Template, values: Mapping[str, str]) -> Iterator[str]:
    resolver = Resolver(values=values, conditions={}, find=_no_resource)
    for rule in template.get("Rules", {}).values():
        if "RuleCondition" not in rule or resolver.holds(rule["RuleCondition"]):
            for assertion in rule["Assertions"]:
                if not resolver.holds(assertion["Assert"]):
                    yield assertion["AssertDescription"]


def _no_resource(name: str, attribute: str) -> str:
    raise KeyError(f"{name}.{attribute}")
