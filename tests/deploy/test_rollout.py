"""One release to many tenants: the canary first, and no further than the first that fails."""

from pathlib import Path

import pytest

from infra import rollout
from infra.deploy.deploy_error import DeployError
from infra.smoke import Result
from tests.deploy.fake_aws import FakeAws

TENANTS = """
tenants:
  - {tenant: acme, stage: prod, region: eu-central-1, parameters: {CodeLifetime: 30}}
  - {tenant: beta, stage: prod, region: eu-central-1, canary: true}
  - {tenant: gamma, stage: prod, region: eu-central-1}
"""
GOOD, BAD = [Result("discovery")], [Result("discovery", "no answer")]


@pytest.fixture
def tenants(aws: FakeAws) -> Path:
    """A list of three, in the directory the fake's environment is in."""
    del aws
    path = Path("tenants.yaml")
    path.write_text(TENANTS, encoding="utf-8")
    return path


def test_the_canary_is_first_and_all_follow_where_all_is_well(
    aws: FakeAws,
    tenants: Path,
    package: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        rollout.main(
            [str(tenants), "--release", str(package), "--yes"], interval_s=0.001, check=lambda _: GOOD
        )
        == 0
    )
    assert [one.name for one in aws.cloudformation.stacks] == [
        f"keyturn-{name}-prod" for name in ("beta", "acme", "gamma")
    ]
    assert aws.cloudformation.stack("keyturn-acme-prod").parameters["CodeLifetime"] == "30"
    assert capsys.readouterr().out.count("  ok\n") == 3


def test_a_failed_smoke_test_of_the_canary_stops_the_rest(
    aws: FakeAws,
    tenants: Path,
    package: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        rollout.main(
            [str(tenants), "--release", str(package), "--yes"], interval_s=0.001, check=lambda _: BAD
        )
        == 1
    )
    assert [one.name for one in aws.cloudformation.stacks] == ["keyturn-beta-prod"]
    out = capsys.readouterr().out
    assert "Stopped at keyturn-beta-prod: deployed, and its smoke test failed" in out
    assert out.count("not touched") >= 2


def test_a_failed_deployment_stops_the_rest(aws: FakeAws, tenants: Path, package: Path) -> None:
    aws.cloudformation.world.failing["add", "Api"] = "Too many APIs."
    assert (
        rollout.main(
            [str(tenants), "--release", str(package), "--yes"], interval_s=0.001, check=lambda _: GOOD
        )
        == 1
    )
    assert len(aws.cloudformation.stacks) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tenants: [{tenant: acme, stage: prod}]", "has no canary"),
        ("tenants: [{tenant: a, stage: p, canary: true}, {tenant: a, stage: p}]", "names a tenant twice"),
        ("tenants: [{tenant: a, stage: p, colour: blue}]", "A tenant has no colour."),
        ("tenants: [{tenant: A, stage: p}]", "TENANT='A' cannot be in a stack's name"),
        ("tenants: [{tenant: '', stage: p}]", "TENANT is missing"),
        ("[]", "is no list of tenants"),
    ],
)
def test_a_wrong_list_is_refused_before_anything_is_deployed(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "tenants.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeployError, match=said):
        rollout.read_tenants(path)


def test_no_list_and_an_unreadable_one_are_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"": "Which tenants? make rollout TENANTS=", str(tmp_path): f"{tmp_path} can't be read: Is a dir"}
    for given, sentence in said.items():
        assert rollout.main([given, "--release", "build/package"]) == 1
        assert sentence in capsys.readouterr().err
