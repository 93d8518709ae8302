"""The services in front of ones that do nothing but remember that they were asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.enforcement.front import EnforcedAws, Upstreams
from infra.expand import TEMPLATE, Template, expand, to_yaml, with_code
from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.intrinsics import parse_yaml
from infra.local.template import ACCOUNT, EVERYTHING_ON, REGION
from tests.support.signed import AwsAnswer, Sender, sign

Ask = Callable[[str, str, Any], AwsAnswer]


@dataclass
class Upstream:
    """Answers anything with an empty object."""

    asked: list[HttpRequest] = field(default_factory=list)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        return HttpResponse(200, (("content-type", "application/x-amz-json-1.0"),), b"{}")


@pytest.fixture(scope="session")
def expanded() -> Template:
    return expand(with_code(parse_yaml(TEMPLATE.read_text(encoding="utf-8"))))


@pytest.fixture(scope="session")
def expanded_file(expanded: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("enforcement") / "expanded.yaml"
    path.write_text(to_yaml(expanded), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture(scope="session")
def aws(expanded_file: Path, upstream: Upstream) -> Iterator[EnforcedAws]:
    upstreams = Upstreams(upstream, upstream, upstream, upstream, upstream, upstream)
    hook = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:policy"
    parameters = {**EVERYTHING_ON, "PolicyHookArn": hook}
    aws = EnforcedAws(expanded_file, upstreams, parameters=parameters)
    yield aws
    aws.close()


@pytest.fixture(scope="session")
def sender() -> Iterator[Sender]:
    sender = Sender()
    yield sender
    sender.close()


@pytest.fixture
def ask(aws: EnforcedAws, sender: Sender) -> Ask:
    """Has a function, by its logical id, ask for an action with a body."""

    def ask(function: str, action: str, body: Any) -> AwsAnswer:
        return sender.send(*sign(aws, aws.keys[function], action, body))

    return ask
