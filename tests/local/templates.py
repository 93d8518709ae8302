"""Small templates for the tests of the template reader."""

from pathlib import Path

from infra.local.resources import Template
from infra.local.template import read_template

HEAD = """
Parameters:
  Owner: {Type: String, Default: nobody}
  Domain: {Type: String, Default: ""}
  Hosts: {Type: CommaDelimitedList, Default: "a, b"}
Conditions:
  HasDomain: !Not [!Equals [!Ref Domain, ""]]
  HasBoth: !And [!Condition HasDomain, !Equals [!Ref Owner, ada]]
  HasOne: !Or [!Condition HasDomain, {"Fn::Equals": [!Ref Owner, ada]}]
"""
FUNCTION = """
  EndSession:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          VALUE: {value}
"""


def read(tmp_path: Path, text: str, **parameters: str) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return read_template(path, parameters=parameters, address="http://localhost:1")
