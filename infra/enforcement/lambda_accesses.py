"""What a request to Lambda touches: the function that is invoked, by its name or its ARN.

Service Authorization Reference, "Actions, resources, and condition keys for AWS Lambda". A version or an
alias is a resource of its own.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from infra.enforcement.access import Access, UnknownAccessError
from infra.local.http_request import HttpRequest
from infra.local.template import ACCOUNT, REGION

_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
_INVOCATION = re.compile(r"/2015-03-31/functions/([^/?]+)/invocations")
_TYPES = {None, "Event", "RequestResponse"}


def lambda_operation(request: HttpRequest) -> tuple[str, Mapping[str, Any]]:
    """The operation a request asks for, and its members: Lambda's are named by method and path.

    Any other than Invoke is named by these.
    """
    match = _INVOCATION.fullmatch(request.target)
    known = request.header("x-amz-invocation-type") in _TYPES
    if match is None or request.method != "POST" or not known:
        return f"{request.method} {request.target}", {}
    return "Invoke", {"FunctionName": unquote(match[1])}


def lambda_accesses(operation: str, members: Mapping[str, Any]) -> list[Access]:
    """What the operation touches. Raises UnknownAccessError for what cannot be told."""
    if operation != "Invoke":
        raise UnknownAccessError("what this touches")
    name = str(members["FunctionName"])
    return [Access("lambda:InvokeFunction", name if name.startswith("arn:") else _ARN + name)]
