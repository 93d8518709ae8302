"""The command line as an operator runs it, on the stack of the tests."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from boto3.session import Session

from chalicelib.aws.pairwise_salt import ITEM_ID as PAIRWISE_SALT
from chalicelib.aws.signing_keys import ITEM_ID as SIGNING_KEYS
from infra.admin.__main__ import main
from infra.local.stack import LocalStack
from tests.admin.operators_aws import OperatorsAws
from tests.support.environment import skip_where_deployed
from tests.support.operator import variables_of_aws
from tests.support.tenant import Tenant
from tests.support.visit import forget_visits


@pytest.fixture
def aws(stack: LocalStack) -> Iterator[OperatorsAws]:
    """What the operator's machine reaches."""
    skip_where_deployed()
    with OperatorsAws(stack) as aws:
        yield aws
        assert aws.refused == [], "docs/admin-policy.json does not allow what the command line does"


@dataclass
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """All of it, on one line, whatever it was wrapped at."""
        return " ".join((self.out + self.err).split())


Run = Callable[..., Ran]


def empty(tenant: Tenant, which: str) -> None:
    """Deletes every record of Clients or Users, other tests' too."""
    forget_visits()
    for item in administered(tenant, which):
        tenant.table(which).delete(id=item["id"])


def administered(tenant: Tenant, which: str) -> list[dict[str, Any]]:
    """The records of a table but for the stack's own, by which all sign."""
    own = {SIGNING_KEYS, PAIRWISE_SALT}
    return [item for item in tenant.table(which).items() if item["id"] not in own]


@cache
def _session(**names: str | None) -> Session:
    """One for all commands: reading the models of AWS's services takes most of a command's time."""
    return Session(**names)


@pytest.fixture
def run(
    aws: OperatorsAws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Runs a command on the tenant acme-prod; `typed` is what somebody types."""

    def run(*words: str, typed: str = "", stage: str = "prod", code: int | None = 0) -> Ran:
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in variables_of_aws(aws.url, "us-east-1", tmp_path / "none").items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO(typed))
            capsys.readouterr()
            ended = main(["--tenant", "acme", "--stage", stage, *words], settle_s=0.0, make_session=_session)
            said = capsys.readouterr()
        assert code in (None, ended), said.err
        return Ran(ended, said.out, said.err)

    return run
