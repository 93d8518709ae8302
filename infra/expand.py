"""The template as CloudFormation will see it: SAM's transform, done here without AWS or a network.

SAM's own linting and most of cfn-lint's rules only bite on the outcome, so this is what the tests
read and the build checks. The deployment itself takes the SAM template; AWS transforms it the same.
"""

import copy
from pathlib import Path
from typing import Any

import yaml
from boto3.session import Session
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.public.parser import Parser
from samtranslator.public.translator import Translator

from infra.build_error import BuildError
from infra.rooms import handler_of

Template = dict[str, Any]

TEMPLATE = Path(__file__).with_name("template.yaml")
FUNCTION = "AWS::Serverless::Function"

# The transform asks for a region where it makes an ARN itself; no resource of ours has it do so.
_REGION = "us-east-1"
# Ten times as fast, where PyYAML was built with them.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FastDumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# Stands for where the upload will put deployment.zip.
_CODE = {"Bucket": "keyturn-artefacts", "Key": "deployment.zip"}


def expand(template: Template) -> Template:
    """Plain CloudFormation out of a SAM template, which stays as it is. Raises BuildError."""
    source = copy.deepcopy(template)
    for function in functions_of(source).values():
        if isinstance(function["Properties"].get("CodeUri"), str):
            function["Properties"]["CodeUri"] = dict(_CODE)
    translator = Translator(None, Parser(), boto_session=Session(region_name=_REGION))
    try:
        # No managed policy is named by its short name, so none has to be looked up in IAM.
        expanded: Template = translator.translate(source, parameter_values={}, get_managed_policy_map=dict)
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise BuildError(f"SAM refuses the template: {causes} Mend infra/template.yaml.") from None
    # Plain values again, and none of them shared between two places.
    plain: Template = yaml.load(to_yaml(expanded), _LOADER)  # noqa: S506 - a safe one
    return plain


def with_code(template: Template) -> Template:
    """The template with what Chalice's merge adds to it, where no package is built."""
    packaged = copy.deepcopy(template)
    for logical_id, function in functions_of(packaged).items():
        function["Properties"] |= {
            "Handler": handler_of(logical_id),
            "CodeUri": "./deployment.zip",
        }
    return packaged


def functions_of(template: Template) -> dict[str, Any]:
    """A SAM template's functions by logical id."""
    resources = template["Resources"].items()
    return {name: resource for name, resource in resources if resource.get("Type") == FUNCTION}


def to_yaml(template: Template) -> str:
    """A template's text. Without aliases: CloudFormation does not read them."""
    return yaml.dump(template, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(_FastDumper):  # type: ignore[misc,valid-type]
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's own signature
        return True


# The transform leaves strings of types of its own.
_Dumper.add_multi_representer(str, lambda dumper, text: dumper.represent_str(str(text)))
