"""The playground has a flow for everything the server says it does, so that a new one can't be forgotten."""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.protocol.metadata import metadata
from chalicelib.protocol.settings import Settings

FLOWS = Path("chalicelib/pages/playground/flows")
NEEDS = re.compile(r"needs: \{([^}]*)\}")
NEED = re.compile(r'(\w+): (true|"[^"]+")')
# What a flow uses on its way, and no flow is about.
ON_THE_WAY: set[str] = set()


def needs() -> list[dict[str, str]]:
    """What each flow needs of the metadata: member to value, "true" where it has to be there."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FLOWS.glob("*.js")))
    return [{name: value.strip('"') for name, value in NEED.findall(one)} for one in NEEDS.findall(text)]


def document() -> dict[str, Any]:
    """The metadata of a tenant with everything on."""
    settings = Settings(
        issuer="https://issuer.example",
        dynamic_registration="open",
        implicit_grant=True,
        password_grant=True,
    )
    return metadata(settings)


@pytest.mark.parametrize(
    "member",
    [
        "grant_types_supported",
        "authorization_grant_profiles_supported",
        "identity_chaining_requested_token_types_supported",
    ],
)
def test_each_grant_has_a_flow(member: str) -> None:
    assert set(document()[member]) <= {one[member] for one in needs() if member in one}


def test_each_word_of_a_response_type_has_a_flow() -> None:
    words = {
        word for response_type in document()["response_types_supported"] for word in response_type.split()
    }
    shown = {word for one in needs() for word in one.get("response_types_supported", "").split()}
    # Nothing comes of `none`, and an ID token is looked at in the flow of OpenID Connect.
    assert words - {"none", "id_token"} <= shown


def test_each_endpoint_has_a_flow() -> None:
    shown = {name for one in needs() for name in one}
    endpoints = {name for name in document() if name.endswith("_endpoint")}
    assert endpoints - ON_THE_WAY - {"token_endpoint"} <= shown


def test_each_way_to_authenticate_has_a_flow_or_a_choice() -> None:
    text = (FLOWS / "parts.js").read_text(encoding="utf-8")
    found = re.search(r"const SECRET_METHODS = \[(.*?)\]", text)
    assert found is not None
    shown = {one.get("token_endpoint_auth_methods_supported", "none") for one in needs()}
    assert set(document()["token_endpoint_auth_methods_supported"]) <= shown | set(
        re.findall(r'"(\w+)"', found[1])
    )


def test_every_flow_says_what_it_needs() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FLOWS.glob("*.js")))
    assert all(needs())
    assert len(needs()) == len(re.findall(r'\n  id: "\w+",\n  title:', text))


def test_each_flow_has_its_section_in_the_guide() -> None:
    guide = Path("docs/flows.md").read_text(encoding="utf-8")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FLOWS.glob("*.js")))
    flows = set(re.findall(r'\n  id: "(\w+)",\n  title:', text))
    assert flows
    assert flows == set(re.findall(r'<a id="(\w+)"></a>', guide))
