"""The commands: `python -m infra.deploy`, and with a word before the options, destroy and adopt."""

import argparse
import sys
from pathlib import Path

from infra.build import build, default_target
from infra.build_error import BuildError
from infra.deploy import adoption, removal
from infra.deploy.artefacts import Package, read_package
from infra.deploy.aws import connect
from infra.deploy.deploy_error import DeployError
from infra.deploy.deployment import Wish, deploy
from infra.deploy.parameters import OPTIONS, parse_pairs
from infra.deploy.screen import WIDTH, printable_lines, say, wrapped
from infra.deploy.stack import StackName

ADOPTIONS = Path("build/adopt")


def main(arguments: list[str] | None = None, *, interval_s: float = 3.0) -> int:
    """Runs one command; 0 where it did what was asked, 1 where not, and then it said why."""
    options = _parser().parse_args(arguments)
    try:
        stack = StackName(options.tenant, options.stage)
        aws = connect(region=options.region or None, profile=options.profile or None)
        if options.command == "destroy":
            removal.destroy(aws, stack, yes=options.yes, directory=ADOPTIONS, interval_s=interval_s)
        elif options.command == "adopt":
            removal.write_import_file(aws, stack, adoption.last_deleted(aws, str(stack)), ADOPTIONS)
        else:
            deploy(aws, _wish(options, stack, interval_s))
    except DeployError as error:
        text = printable_lines(str(error))
        sys.stderr.write(f"\n{text}\n" if "\n" in text else f"\n{wrapped(text, indent='')}\n")
        return 1
    except BuildError as error:
        sys.stderr.write(f"\nNo package: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nNo longer watching. What was begun goes on in AWS: the same command shows it.\n")
        return 1
    return 0


def _wish(options: argparse.Namespace, stack: StackName, interval_s: float) -> Wish:
    package = _package(options)
    parameters = {
        parameter: getattr(options, option.replace("-", "_"))
        for option, parameter in OPTIONS.items()
        if getattr(options, option.replace("-", "_"))
    }
    resources = adoption.read_adoption(Path(options.adopt), package.template) if options.adopt else None
    return Wish(
        stack=stack,
        package=package,
        parameters={**parameters, **parse_pairs(options.set, "SET")},
        tags=parse_pairs(options.tag, "TAGS"),
        bucket=options.bucket or None,
        adopt=resources,
        replace=tuple(options.replace),
        yes=bool(options.yes),
        interval_s=interval_s,
    )


def _package(options: argparse.Namespace) -> Package:
    if options.package:
        package = read_package(Path(options.package))
    else:
        say("Packaging (PACKAGE=build/package deploys what is there already)")
        target = default_target(runtime=options.runtime, architecture=options.architecture)
        package = read_package(build(target=target))
    manifest = package.manifest
    say(f"Package {package.release} for {manifest.runtime} on {manifest.architecture}")
    if warning := manifest.warning():
        say(f"\n{warning}\n")
    return package


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.deploy",
        description="Deploys, removes or adopts one tenant's stack.",
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=WIDTH, max_help_position=28),
    )
    parser.add_argument("command", nargs="?", choices=("deploy", "destroy", "adopt"), default="deploy")
    parser.add_argument("--tenant", required=True, help="lower-case name, part of the stack's")
    parser.add_argument("--stage", required=True, help="prod, staging, ...")
    parser.add_argument("--region", help="where; otherwise the profile's")
    parser.add_argument("--profile", help="of the AWS configuration")
    parser.add_argument(
        "--package", default="", metavar="DIR", help="what make package built; otherwise it is built"
    )
    parser.add_argument("--runtime", default="", help="to build for; otherwise the template's")
    parser.add_argument("--architecture", default="", help="to build for; otherwise the template's")
    parser.add_argument(
        "--bucket", help="for the zip and the template; otherwise made once per account and region"
    )
    for option, parameter in OPTIONS.items():
        parser.add_argument(f"--{option}", metavar="VALUE", help=f"the parameter {parameter}")
    parser.add_argument(
        "--set", action="extend", nargs="*", default=[], metavar="NAME=VALUE", help="any parameter"
    )
    parser.add_argument(
        "--tag", action="extend", nargs="*", default=[], metavar="NAME=VALUE", help="on every resource"
    )
    parser.add_argument("--adopt", metavar="FILE", help="take up what an earlier stack kept")
    parser.add_argument(
        "--replace",
        action="extend",
        nargs="*",
        default=[],
        metavar="ID",
        help="let this table or key be replaced",
    )
    parser.add_argument(
        "--yes",
        nargs="?",
        const="yes",
        default="",
        metavar="TENANT",
        help="ask nothing; destroy wants the tenant's name",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
