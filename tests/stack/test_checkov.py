"""What Checkov finds and is let pass: each for a reason, of what is there, and no more than that.

`make checkov` runs Checkov itself, which is too large to be a part of these tests.
"""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from infra.build_error import BuildError
from infra.checkov import Excepted, Finding, faults, read_exceptions, switched_on

TABLE = Finding("CKV_1", "Ensure it is so", "AWS::DynamoDB::Table.Clients")
LOG = Finding("CKV_2", "Ensure it is so", "AWS::Logs::LogGroup.TokenLog")


def test_what_is_excepted_is_no_fault_and_all_else_is() -> None:
    exception = Excepted("CKV_1", ("AWS::DynamoDB::Table.*",), "A reason.")
    assert faults([TABLE], [exception]) == []
    assert faults([TABLE, LOG], [exception]) == ["CKV_2 AWS::Logs::LogGroup.TokenLog: Ensure it is so"]
    assert len(faults([TABLE], [Excepted("CKV_2", exception.resources, "A reason.")])) == 2


def test_an_exception_that_nothing_needs_any_more_is_a_fault() -> None:
    exception = Excepted("CKV_1", (TABLE.resource, "AWS::DynamoDB::Table.Users"), "A reason.")
    (fault,) = faults([TABLE], [exception])
    assert fault == "CKV_1 AWS::DynamoDB::Table.Users: nothing there needs this exception any more"


def test_an_exception_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkov.yaml"
    path.write_text("- {check: CKV_1, resources: ['*'], reason: ' '}", encoding="utf-8")
    with pytest.raises(BuildError, match="CKV_1 has no reason"):
        read_exceptions(path)


def test_every_exception_is_of_something_in_the_template(resources: dict[str, Any]) -> None:
    there = [f"{one['Type']}.{name}" for name, one in resources.items()]
    for one in read_exceptions():
        for pattern in one.resources:
            assert any(fnmatchcase(resource, pattern) for resource in there), f"{one.check} {pattern}"


def test_checkov_sees_what_a_condition_could_leave_out() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    statement = {"Fn::If": ["IsTraced", {"Action": "xray:PutTraceSegments"}, nothing]}
    template = {"Statement": [{"Action": "a"}, statement], "Key": {"Fn::If": ["HasNone", nothing, "key"]}}
    assert switched_on({"Type": "A", "Condition": "IsOn"}) == {"Type": "A"}
    assert switched_on({"Sid": "A", "Condition": {"StringEquals": {}}})["Condition"] == {"StringEquals": {}}
    assert switched_on(template) == {
        "Statement": [{"Action": "a"}, {"Action": "xray:PutTraceSegments"}],
        "Key": "key",
    }
