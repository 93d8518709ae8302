"""Rolls one release over many tenants: `python -m infra.rollout tenants.yaml --release build/package`.

One after the other, the canary first; each is deployed and then checked from outside, and the first
that fails either stops the rest. Run again, it passes those that have the release already.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from infra.deploy.artefacts import Package, read_package
from infra.deploy.aws import connect
from infra.deploy.deploy_error import DeployError
from infra.deploy.deployment import Wish, deploy
from infra.deploy.screen import block, confirmed, cut, say
from infra.deploy.stack import StackName
from infra.smoke import Result, report, smoke

# Answers what holds of an issuer, as infra.smoke does.
Check = Callable[[str], list[Result]]
_MEMBERS = {"tenant", "stage", "region", "profile", "bucket", "canary", "parameters", "tags"}


@dataclass(frozen=True, slots=True)
class Tenant:
    """One line of the list. `profile` is how its account is reached."""

    stack: StackName
    region: str | None = None
    profile: str | None = None
    bucket: str | None = None
    canary: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


def read_tenants(path: Path) -> list[Tenant]:
    """The list, canaries first. Raises DeployError, and before anything is deployed."""
    if path == Path():
        raise DeployError("Which tenants? make rollout TENANTS=tenants.yaml RELEASE=build/package")
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))["tenants"]
        tenants = [_tenant(one) for one in listed]
    except FileNotFoundError:
        raise DeployError(f"There is no {path}.") from None
    except OSError as error:
        raise DeployError(f"{path} can't be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError) as error:
        raise DeployError(f"{path} is no list of tenants (see docs/tenants.md): {error}") from None
    names = [(str(one.stack), one.region, one.profile) for one in tenants]
    if len(set(names)) < len(names):
        raise DeployError(f"{path} names a tenant twice.")
    if not any(one.canary for one in tenants):
        raise DeployError(f"{path} has no canary: give one tenant `canary: true`.")
    return sorted(tenants, key=lambda one: not one.canary)


def roll_out(tenants: list[Tenant], package: Package, *, interval_s: float, check: Check = smoke) -> int:
    """Deploys and checks one after the other; stops at the first that fails. Answers an exit code."""
    done: dict[str, str] = {}
    for position, tenant in enumerate(tenants, start=1):
        name = str(tenant.stack)
        say(f"\n[{position}/{len(tenants)}] {name}{' (canary)' if tenant.canary else ''}")
        try:
            issuer = _deploy(tenant, package, interval_s)
        except DeployError as error:
            say(f"\n{error}")
            done[name] = "not deployed"
            break
        say()
        if report(check(issuer)):
            done[name] = "deployed, and its smoke test failed"
            break
        done[name] = "ok"
    say()
    for tenant in tenants:
        say(f"  {cut(str(tenant.stack), 40):40}  {done.get(str(tenant.stack), 'not touched')}")
    if len(done) == len(tenants) and set(done.values()) == {"ok"}:
        return 0
    last = list(done)[-1]
    say()
    say(block(f"Stopped at {last}: {done[last]}", [
        "Those marked ok run the release, those not touched run what they ran before.",
        "To put one back, deploy the package it ran before: make deploy ... PACKAGE=<directory>.",
    ]))  # fmt: skip
    return 1


def main(arguments: list[str] | None = None, *, interval_s: float = 3.0, check: Check = smoke) -> int:
    """Rolls out; 0 where every tenant has the release and passed its smoke test."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.rollout", description="Rolls a release over tenants."
    )
    parser.add_argument("tenants", type=Path, help="the list, see docs/tenants.md")
    parser.add_argument("--release", type=Path, required=True, metavar="DIR", help="what make package built")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    options = parser.parse_args(arguments)
    try:
        tenants, package = read_tenants(options.tenants), read_package(options.release)
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    say(f"Release {package.release} to {len(tenants)} tenants, canaries first:")
    for tenant in tenants:
        say(f"  {cut(str(tenant.stack), 40):40}  {tenant.region or '-':16}  {tenant.profile or '-'}")
    if not options.yes and not confirmed("Go ahead? Type yes:", "yes"):
        sys.stderr.write("Nothing was changed.\n")
        return 1
    return roll_out(tenants, package, interval_s=interval_s, check=check)


def _deploy(tenant: Tenant, package: Package, interval_s: float) -> str:
    aws = connect(region=tenant.region, profile=tenant.profile)
    wish = Wish(
        stack=tenant.stack,
        package=package,
        parameters=tenant.parameters,
        tags=tenant.tags,
        bucket=tenant.bucket,
        yes=True,
        interval_s=interval_s,
    )
    return deploy(aws, wish)


def _tenant(listed: dict[str, Any]) -> Tenant:
    unknown = sorted(set(listed) - _MEMBERS)
    if unknown:
        raise DeployError(f"A tenant has no {unknown[0]}. It has {', '.join(sorted(_MEMBERS))}.")
    return Tenant(
        stack=StackName(listed["tenant"], listed["stage"]),
        region=listed.get("region"),
        profile=listed.get("profile"),
        bucket=listed.get("bucket"),
        canary=listed.get("canary", False) is True,
        parameters={name: str(value) for name, value in (listed.get("parameters") or {}).items()},
        tags={name: str(value) for name, value in (listed.get("tags") or {}).items()},
    )


if __name__ == "__main__":
    raise SystemExit(main())
