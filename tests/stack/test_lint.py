"""cfn-lint over the expanded template, and proof that it can fail."""

import copy
from pathlib import Path
from typing import Any

import pytest

from infra.build_error import BuildError
from infra.expand import Template, expand, to_yaml
from infra.lint import findings


def test_cfn_lint_finds_nothing(expanded_file: Path) -> None:
    assert findings(expanded_file.read_text(encoding="utf-8")) == []


def unknown_key_spec(resources: dict[str, Any]) -> None:
    resources["SigningKeyRsa"]["Properties"]["KeySpec"] = "RSA_1024"


def reference_to_nothing(resources: dict[str, Any]) -> None:
    resources["Token"]["Properties"]["Environment"]["Variables"]["GRANTS_TABLE"] = {"Ref": "Grant"}


def misspelt_property(resources: dict[str, Any]) -> None:
    resources["TokenIntegration"]["Properties"]["PayloadVersion"] = "2.0"


def function_that_names_an_api_that_names_it(resources: dict[str, Any]) -> None:
    resources["Api"]["Properties"]["Description"] = {"Fn::GetAtt": ["Token", "Arn"]}


def table_without_its_index_attribute(resources: dict[str, Any]) -> None:
    del resources["Grants"]["Properties"]["AttributeDefinitions"][1]


FAULTS = {
    "E3030": unknown_key_spec,
    "E1020": reference_to_nothing,
    "E3002": misspelt_property,
    "E3004": function_that_names_an_api_that_names_it,
    "E3039": table_without_its_index_attribute,
}


def test_every_seeded_fault_is_found(source: Template) -> None:
    broken = copy.deepcopy(source)
    for seed in FAULTS.values():
        seed(broken["Resources"])
    found = findings(to_yaml(expand(broken)))
    assert not [rule for rule in FAULTS if not any(rule in finding for finding in found)], found


def test_what_sam_cannot_expand_is_refused_in_a_line(source: Template) -> None:
    broken = copy.deepcopy(source)
    del broken["Resources"]["Token"]["Properties"]["Handler"]
    with pytest.raises(BuildError, match=r"^SAM refuses the template: .*Token.*Handler.*$"):
        expand(broken)


def test_expanding_leaves_the_template_as_it_is(source: Template) -> None:
    before = copy.deepcopy(source)
    expand(source)
    assert source == before


def test_the_text_of_a_template_has_no_aliases() -> None:
    shared = {"Statement": ["one"]}
    assert "&" not in to_yaml({"First": shared, "Second": shared})
