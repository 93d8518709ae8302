"""The certification profile 3rd Party-Init OP: a sign-in that begins elsewhere than at the party. Each test
plays a module of the OpenID Foundation's plan.
"""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.certification.conftest import Parties
from tests.certification.relying_party import REDIRECT_URI, added
from tests.support.traceability import spec

INITIATE_URI = "https://rp.example.org/begin"


@spec("OIDC-Core-4")
@pytest.mark.parametrize("uri", [INITIATE_URI, added(INITIATE_URI, own="1")])
def test_the_provider_leads_to_where_the_party_begins_and_says_who_asks(party: Parties, uri: str) -> None:
    rp = party(initiate_login_uri=uri)
    assert rp.information["initiate_login_uri"] == uri
    answer = rp.begin()
    answer = rp.browser.sign_in(rp.person)
    interaction = rp.browser.url
    rp.received(rp.go_on(answer))
    # Back, to what is over: only the party can begin anew.
    page = rp.browser.open(interaction.replace("/consent?", "/authorize/resume?"))
    links = [unescape(found) for found in re.findall(r'href="([^"]+)"', page.body)]
    (link,) = [one for one in links if one.startswith(uri)]
    told = parse_qs(urlsplit(link).query)
    assert told["iss"] == [rp.metadata["issuer"]]
    assert told.get("own") == (["1"] if "own" in uri else None)
    # The party begins, and the person, who is signed in, is there at once.
    rp.tokens(rp.authorize())


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("uri", ["http://rp.example.org/begin", "https://rp.example.org/begin#here"])
def test_where_a_party_begins_is_on_https(party: Parties, uri: str) -> None:
    with pytest.raises(AssertionError, match="invalid_client_metadata"):
        party(initiate_login_uri=uri, redirect_uris=[REDIRECT_URI])
