"""docs/tenants.md counts what a tenant takes of an account's quotas as the template has it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("AWS::ApiGatewayV2::Api", "| HTTP APIs | {} |"),
        ("AWS::KMS::Key", "| KMS keys | {} with encrypted requests, 3 without |"),
        ("AWS::Events::EventBus", "| event buses | {} with the audit trail |"),
        ("AWS::IAM::Role", "| IAM roles (per account, all regions) | {} |"),
        ("AWS::DynamoDB::Table", "| DynamoDB tables | {} |"),
        ("AWS::Lambda::Function", "| Lambda code storage | {} zips |"),
        ("AWS::Logs::LogGroup", "| CloudWatch log groups | {} |"),
    ],
)
def test_the_page_counts_as_the_template_does(resources: dict[str, Any], kind: str, row: str) -> None:
    counted = Counter(one["Type"] for one in resources.values())
    page = Path("docs/tenants.md").read_text(encoding="utf-8")
    assert row.format(counted[kind]) in page


def test_a_stack_is_far_from_the_resources_it_may_have(resources: dict[str, Any]) -> None:
    assert len(resources) < 300
