"""docs/clients.md and docs/admin.md name every member a record has, and no others."""

import re
from pathlib import Path

import pytest

from chalicelib.administration import client_document, resource_servers, trusted_issuers
from infra.admin.__main__ import make_parser

CLIENT = set(client_document.MEMBERS)
RESOURCE_SERVER = set(resource_servers.MEMBERS)
TRUSTED_ISSUER = set(trusted_issuers.MEMBERS)
PROPERTIES = {
    "KeyturnClient": CLIENT | {"client_id", "secret_version", "former_secret_lifetime"},
    "KeyturnResourceServer": RESOURCE_SERVER | {"resource"},
    "KeyturnTrustedIssuer": TRUSTED_ISSUER | {"issuer"},
}
# By what the table is called, and the command that changes one.
OPTIONS = {
    "client": (CLIENT, "clients"),
    "resource server": (RESOURCE_SERVER, "resource-servers"),
    "trusted issuer": (TRUSTED_ISSUER, "trusted-issuers"),
}


def rows(table: str) -> list[tuple[list[str], list[str]]]:
    """Of each row, the names in the first column and the options in the second."""
    found = re.findall(r"^\| (`[^|]*)\|(.*)\|$", table, re.MULTILINE)
    return [(re.findall(r"`(\w+)`", first), re.findall(r"`(--[a-z-]+)`", second)) for first, second in found]


def page(name: str) -> str:
    return (Path("docs") / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", PROPERTIES)
def test_every_property_a_template_may_have_is_explained_once(kind: str) -> None:
    section = page("clients.md").partition(f"\n## Custom::{kind}\n")[2].partition("\n## ")[0]
    named = [name for names, _ in rows(section) for name in names]
    assert sorted(named) == sorted(PROPERTIES[kind])


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_member_stands_beside_its_option_and_each_option_there_is(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    members, group = OPTIONS[kind]
    table = page("admin.md").partition(f"| of a {kind} | option |\n")[2].partition("\n\n")[0]
    named = [name for names, _ in rows(table) for name in names]
    assert sorted(named) == sorted(members)
    with pytest.raises(SystemExit):
        make_parser().parse_args([group, "update", "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert {option for _, options in rows(table) for option in options} <= known
