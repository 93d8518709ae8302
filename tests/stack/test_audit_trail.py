"""Whoever tells a security event is heard: a subscription of its log group, and none of audit's own."""

import re
from pathlib import Path
from typing import Any

from infra.expand import Template
from tests.support.resolved import resolver

TELLS = re.compile(r"event_of=event_of_request|\blog_event\(")


def telling() -> set[str]:
    """The functions whose own file tells events, by their logical ids."""
    files = [path for room in ("endpoints", "operations") for path in Path("chalicelib", room).glob("*.py")]
    return {
        "".join(part.capitalize() for part in path.stem.split("_"))
        for path in files
        if TELLS.search(path.read_text(encoding="utf-8"))
    }


def subscriptions(resources: dict[str, Any]) -> dict[str, Any]:
    """By the log group they are of."""
    found = [one for one in resources.values() if one["Type"] == "AWS::Logs::SubscriptionFilter"]
    assert len({one["Properties"]["LogGroupName"]["Ref"] for one in found}) == len(found)
    return {one["Properties"]["LogGroupName"]["Ref"]: one for one in found}


def test_every_function_that_tells_events_is_heard_and_audit_is_not(resources: dict[str, Any]) -> None:
    assert set(subscriptions(resources)) == {f"{name}Log" for name in telling()}
    # It would hear itself for ever.
    assert "AuditLog" not in subscriptions(resources)


def test_audit_is_given_the_lines_that_hold_an_event_once_it_may_be_called(resources: dict[str, Any]) -> None:
    for subscription in subscriptions(resources).values():
        assert subscription["Properties"]["FilterPattern"] == "{ $.audit.id = * }"
        assert subscription["Properties"]["DestinationArn"] == {"Fn::GetAtt": ["Audit", "Arn"]}
        assert subscription["DependsOn"] == "AuditPermission"


def test_audit_is_called_by_the_logs_of_this_stack_alone(resources: dict[str, Any]) -> None:
    permission = resources["AuditPermission"]["Properties"]
    assert (permission["Principal"], permission["Action"]) == ("logs.amazonaws.com", "lambda:InvokeFunction")
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    arn = permission["SourceArn"]["Fn::Sub"]
    assert arn.endswith(":log-group:/keyturn/${AWS::StackName}/*:*")
    for name in subscriptions(resources):
        group = resources[name]["Properties"]["LogGroupName"]["Fn::Sub"]
        assert group.startswith("/keyturn/${AWS::StackName}/")


def test_the_trail_is_on_and_can_be_switched_off_whole(expanded: Template) -> None:
    def made(**given: str) -> set[str]:
        values = resolver(expanded, **given)
        return {
            name
            for name, one in expanded["Resources"].items()
            if "Audit" in name and values.holds(one["Condition"])
        }

    assert {"Audit", "AuditBus", "AuditRole", "AuditLog", "AuditPermission"} <= made()
    assert made(AuditTrail="off") == set()
