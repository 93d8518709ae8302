"""Alarms, the dashboard and their parameters: what is watched is told, and what is told has its page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.gateway.log import DEFAULT_DIMENSIONS, DIMENSIONS, METRICS, NAMESPACE
from infra.expand import Template
from tests.support.resolved import resolver

PAGE = Path("docs/operate.md")
ALARM = "AWS::CloudWatch::Alarm"
EMAIL = {"AlarmEmail": "ops@example.com"}
DOMAIN = {
    "DomainName": "login.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d",
}
HOOK = "arn:aws:lambda:eu-central-1:111122223333:function:hook"
# What AWS tells of itself, as it names it: CloudWatch's pages of API Gateway (HTTP APIs), Lambda and ACM.
VENDED = {
    ("AWS/ApiGateway", "4xx"): {"ApiId"},
    ("AWS/ApiGateway", "5xx"): {"ApiId"},
    ("AWS/ApiGateway", "Count"): {"ApiId"},
    ("AWS/ApiGateway", "Latency"): {"ApiId"},
    ("AWS/CertificateManager", "DaysToExpiry"): {"CertificateArn"},
    ("AWS/Lambda", "AsyncEventsDropped"): {"FunctionName"},
    ("AWS/Lambda", "Errors"): {"FunctionName"},
    ("AWS/Lambda", "Throttles"): set[str](),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName"},
}


@pytest.fixture(scope="module")
def alarms(resources: dict[str, Any]) -> dict[str, Any]:
    """By the name they bear and docs/operate.md has: Latency, of LatencyAlarm."""
    return {
        name.removesuffix("Alarm"): one["Properties"]
        for name, one in resources.items()
        if one["Type"] == ALARM
    }


@pytest.fixture(scope="module")
def dashboard(expanded: Template, resources: dict[str, Any]) -> list[list[Any]]:
    """The metrics of all its widgets, as CloudWatch is given them."""
    body = resolver(expanded).resolve(resources["OperationDashboard"]["Properties"]["DashboardBody"])
    return [metric for widget in json.loads(body)["widgets"] for metric in widget["properties"]["metrics"]]


def made(expanded: Template, **given: str) -> set[str]:
    """The alarms, topics and dashboards there are with these parameters."""
    values = resolver(expanded, **given)
    return {
        name
        for name, one in expanded["Resources"].items()
        if re.match(r"AWS::(CloudWatch|SNS)::", one["Type"]) and values.holds(one["Condition"])
    }


def test_what_is_paid_for_is_made_where_it_is_asked_for(expanded: Template, alarms: dict[str, Any]) -> None:
    assert made(expanded) == set()
    assert made(expanded, Dashboard="on") == {"OperationDashboard"}
    always = {f"{name}Alarm" for name in alarms if "Certificate" not in name} - {"PolicyHookAlarm"}
    always |= {"AlarmTopic", "AlarmSubscription"}
    assert made(expanded, **EMAIL) == always
    assert made(expanded, **EMAIL, AuditTrail="off") == always - {"AuditTrailAlarm"}
    assert made(expanded, **EMAIL, **DOMAIN) == always | {"CertificateAlarm"}
    assert made(expanded, **DOMAIN) == set()
    assert made(expanded, **EMAIL, PolicyHookArn=HOOK) == always | {"PolicyHookAlarm"}
    assert made(expanded, PolicyHookArn=HOOK) == set()


def test_an_alarm_is_told_when_it_begins_and_when_it_ends(alarms: dict[str, Any]) -> None:
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}], name
        assert alarm["AlarmName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}
        assert alarm["AlarmDescription"].endswith(f" See docs/operate.md, {name}.")


def test_no_data_is_no_alarm_and_a_certificate_that_ended_stays_one(alarms: dict[str, Any]) -> None:
    for name, alarm in alarms.items():
        assert alarm["TreatMissingData"] == ("ignore" if "Certificate" in name else "notBreaching"), name


def test_an_alarm_watches_a_metric_there_is(alarms: dict[str, Any]) -> None:
    for name, alarm in alarms.items():
        dimensions = {one["Name"] for one in alarm.get("Dimensions", [])}
        namespace, metric = alarm["Namespace"], alarm["MetricName"]
        if namespace == NAMESPACE:
            assert metric in METRICS, name
            assert dimensions == set(DIMENSIONS.get(metric, DEFAULT_DIMENSIONS)), name
            assert alarm["Dimensions"] == [{"Name": "stack", "Value": {"Ref": "AWS::StackName"}}]
        else:
            assert dimensions == VENDED[namespace, metric], name


def test_the_dashboard_shows_every_metric_we_tell_and_none_there_is_not(dashboard: list[list[Any]]) -> None:
    shown = set()
    for namespace, metric, *rest in dashboard:
        names = [part for part in rest if isinstance(part, str)][::2]
        if namespace == NAMESPACE:
            shown.add(metric)
            assert tuple(names) == DIMENSIONS.get(metric, DEFAULT_DIMENSIONS)
        else:
            assert set(names) == VENDED[namespace, metric]
        assert rest[-1].keys() == {"stat", "label"}
    assert shown == set(METRICS)
    results = {rest[3] for namespace, metric, *rest in dashboard if metric == "requests"}
    assert results == {"answered", "refused", "unavailable", "fault"}


def test_every_alarm_has_a_section_of_the_runbook_and_every_section_an_alarm(alarms: dict[str, Any]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    runbook = text.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", runbook, re.MULTILINE | re.DOTALL))
    assert list(sections) == list(alarms)
    for name, section in sections.items():
        for part in ("**Means**", "**Look**", "**Do**"):
            assert part in section, (name, part)


def test_the_page_explains_every_metric_with_its_unit_and_dimensions() -> None:
    text = PAGE.read_text(encoding="utf-8")
    table = text.partition("\n## Metrics\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([a-z, ]+) \|", table, re.MULTILINE)
    assert {name: (unit, tuple(where.split(", "))) for name, unit, where in rows} == {
        name: (unit, DIMENSIONS.get(name, DEFAULT_DIMENSIONS)) for name, unit in METRICS.items()
    }
    assert [name for name, _, _ in rows] == list(METRICS)


def test_an_alarms_addresses_are_as_the_parameter_says(expanded: Template) -> None:
    pattern = re.compile(expanded["Parameters"]["AlarmEmail"]["AllowedPattern"])
    for right in ("", "ops@example.com", "a+b@sub.example.co.uk"):
        assert pattern.fullmatch(right)
    for wrong in ("ops", "ops@example", "a@b@example.com", "a b@example.com"):
        assert not pattern.fullmatch(wrong)


def test_where_functions_are_traced_every_one_is_and_may_say_so(
    expanded: Template, resources: dict[str, Any], functions: dict[str, Any]
) -> None:
    for tracing, mode in (("off", "PassThrough"), ("on", "Active")):
        values = resolver(expanded, Tracing=tracing)
        for name, function in functions.items():
            assert values.resolve(function["TracingConfig"]) == {"Mode": mode}, name
            role = resources[function["Role"]["Fn::GetAtt"][0]]["Properties"]
            (policy,) = values.resolve(role["Policies"])
            sids = [statement["Sid"] for statement in policy["PolicyDocument"]["Statement"]]
            assert sids.count("SendTraces") == (tracing == "on"), name
