"""Resource indicators: an absolute URI without a fragment, or an invalid target."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidTarget
from chalicelib.protocol.resource import (
    ResourceServer,
    check_resource_syntax,
    find_resource_servers,
    narrowed_resources,
)
from tests.support.properties import ANY_TEXT


def is_resource(text: str) -> bool:
    try:
        check_resource_syntax(text)
    except InvalidTarget as error:
        assert error.reason == "resource_malformed"  # noqa: PT017
        return False
    return True


@given(
    ANY_TEXT | st.builds("".join, st.lists(st.sampled_from(["https:", "//", "a", "#", "?", "[", "]", "\t"])))
)
@example("https://api.example.com/#")
@example("https://[::1")
@example("https://api.example.com\n")
def test_any_text_is_an_absolute_uri_without_a_fragment_or_refused(text: str) -> None:
    if is_resource(text):
        parts = urlsplit(text)
        assert parts.scheme
        assert parts.netloc or parts.path
        assert "#" not in text
        assert text.isprintable()


@pytest.mark.parametrize(
    "uri", ["https://api.example.com", "https://api.example.com/a?b=c", "urn:example:api", "https://[::1]/"]
)
def test_absolute_uris_are_resources(uri: str) -> None:
    assert is_resource(uri)


def test_a_token_is_for_what_was_asked_of_what_was_granted_or_for_all_of_it() -> None:
    granted = ("https://a.example/", "https://b.example/")
    assert narrowed_resources((), granted=granted) == granted
    assert narrowed_resources(granted[1:], granted=granted) == granted[1:]
    with pytest.raises(InvalidTarget) as raised:
        narrowed_resources(("https://c.example/",), granted=granted)
    assert raised.value.reason == "resource_not_granted"


class Servers:
    """The port ResourceServers over none."""

    def get(self, resource: str) -> ResourceServer | None:
        del resource
        return None


def test_a_default_audience_nobody_registered_is_everybodys_and_has_no_scopes() -> None:
    client = Client(client_id="a", client_name="A", token_endpoint_auth_method="none", allowed_resources=())
    audience = "https://issuer.example"
    (server,) = find_resource_servers(
        (), client=client, resource_servers=Servers(), audience=audience, issuer=audience
    )
    assert (server.resource, server.scopes) == (audience, {})
    named = find_resource_servers(
        (audience,), client=client, resource_servers=Servers(), audience=audience, issuer=audience
    )
    assert named == (server,)
