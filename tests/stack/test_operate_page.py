"""docs/operate.md speaks of fields, events and parameters there are."""

import re
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.gateway.log import METRICS
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.security_event import EventType, SecurityEvent
from infra.expand import Template
from tests.support.log_lines import ALWAYS, SOMETIMES

PAGE = Path("docs/operate.md").read_text(encoding="utf-8")
FIELDS = ALWAYS | SOMETIMES | set(METRICS)
QUERIES = re.findall(r"^```\n(.*?)\n```", PAGE, re.MULTILINE | re.DOTALL)
# Of CloudWatch Logs Insights.
WORDS = {"fields", "filter", "stats", "sort", "limit", "by", "as", "desc", "count", "count_distinct", "avg"}
WORDS |= {"sum", "pct", "bin", "ispresent"}


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def named_in(rows: str) -> list[str]:
    """What the first column of a table names."""
    first = "\n".join(re.findall(r"^\| (`[^|]*) \|", rows, re.MULTILINE))
    return re.findall(r"`(\w+)`", first)


def test_every_field_of_a_line_is_explained_and_no_other() -> None:
    named = named_in(section("The log line"))
    assert sorted(named) == sorted(FIELDS)


def test_every_type_of_event_is_explained_and_no_other() -> None:
    assert sorted(named_in(section("The audit trail"))) == sorted(get_args(EventType))


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_query_asks_for_fields_there_are(query: str) -> None:
    bare = re.sub(r'"[^"]*"', "", query)
    aliases = set(re.findall(r"\bas (\w+)", bare))
    for field in re.findall(r"(?<![\w.])@?[a-z_][\w.]*", bare):
        name, _, member = field.partition(".")
        known = name in FIELDS | WORDS | aliases | {"@timestamp", "@message"}
        assert known, field
        if name == "audit":
            assert member in SecurityEvent._members
    for reason in re.findall(r'reason = "(\w+)"', query):
        assert reason in get_args(Reason)
    for kind in re.findall(r'audit\.type = "(\w+)"', query):
        assert kind in get_args(EventType)


def test_the_parameters_are_the_templates_with_their_defaults(expanded: Template) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE.partition("\n## ")[0], re.MULTILINE)
    for name, default in rows:
        assert str(expanded["Parameters"][name]["Default"]) == default.replace("empty", ""), name
    groups = expanded["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    (watching,) = (group for group in groups if group["Label"]["default"].startswith("Watching"))
    assert set(watching["Parameters"]) <= {name for name, _ in rows}
