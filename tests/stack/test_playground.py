"""The playground is there where it is switched on, and can do nothing."""

from pathlib import Path
from typing import Any

from infra.local.template import EVERYTHING_ON, read_template
from tests.stack.statement import Statement

PARTS = ("", "Role", "Log", "Integration", "Route", "FilesRoute", "Permission")


def test_it_is_off_unless_switched_on(expanded_file: Path) -> None:
    off = {route.route_key for route in read_template(expanded_file).routes}
    on = {route.route_key for route in read_template(expanded_file, parameters=EVERYTHING_ON).routes}
    assert on - off >= {"ANY /playground", "ANY /playground/{file+}"}
    assert not any("playground" in key for key in off)
    names = {function.logical_id for function in read_template(expanded_file).functions}
    assert "PlaygroundPage" not in names


def test_every_part_of_it_is_under_its_condition(resources: dict[str, Any]) -> None:
    parts = {name: one.get("Condition") for name, one in resources.items() if "Playground" in name}
    assert parts == {f"PlaygroundPage{part}": "HasPlayground" for part in PARTS}


def test_its_role_may_write_its_log_and_nothing_else(statements: list[Statement]) -> None:
    (own,) = (one for one in statements if one.function == "PlaygroundPage")
    assert own.actions == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert own.resources == {"PlaygroundPageLog"}


def test_it_is_given_nothing_beyond_the_settings(functions: dict[str, Any]) -> None:
    given, settings = (functions[name]["Environment"]["Variables"] for name in ("PlaygroundPage", "Metadata"))
    assert given == settings
