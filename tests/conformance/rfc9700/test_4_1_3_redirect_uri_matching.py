"""RFC 9700 section 4.1.3: a redirect_uri equals a registered one to the character, or is none."""

import pytest

from infra.local.stack import LocalStack
from tests.support.refusal import assert_page, last_log
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

REGISTERED = (
    "https://app.example.com/callback",
    "https://app.example.com/with?query=a",
    "https://app.example.com",
)

NEAR = {
    "slash at the end": "https://app.example.com/callback/",
    "two slashes": "https://app.example.com//callback",
    "path in another case": "https://app.example.com/Callback",
    "host in another case": "https://App.example.com/callback",
    "scheme in another case": "HTTPS://app.example.com/callback",
    "scheme without TLS": "http://app.example.com/callback",
    "no scheme": "//app.example.com/callback",
    "path alone": "/callback",
    "port of the scheme": "https://app.example.com:443/callback",
    "another port": "https://app.example.com:8443/callback",
    "empty port": "https://app.example.com:/callback",
    "dot at the end of the host": "https://app.example.com./callback",
    "path below": "https://app.example.com/callback/evil",
    "path that begins alike": "https://app.example.com/callbackevil",
    "path above": "https://app.example.com/",
    "dot segment": "https://app.example.com/./callback",
    "dot segments up": "https://app.example.com/callback/../evil",
    "dot segments that end alike": "https://app.example.com/evil/../callback",
    "encoded dot segments": "https://app.example.com/callback/%2e%2e/evil",
    "encoded letter": "https://app.example.com/%63allback",
    "encoded slash": "https://app.example.com%2Fcallback",
    "encoded twice": "https%3A%2F%2Fapp.example.com%2Fcallback",
    "path parameter": "https://app.example.com/callback;evil",
    "empty query": "https://app.example.com/callback?",
    "query": "https://app.example.com/callback?next=https://evil.example",
    "query more": "https://app.example.com/with?query=a&b=c",
    "query less": "https://app.example.com/with",
    "query in another order": "https://app.example.com/with?a=query",
    "empty fragment": "https://app.example.com/callback#",
    "fragment": "https://app.example.com/callback#evil",
    "user name": "https://evil@app.example.com/callback",
    "empty user name": "https://@app.example.com/callback",
    "host as a user name": "https://app.example.com@evil.example/callback",
    "host and port as user and password": "https://app.example.com:443@evil.example/callback",
    "subdomain": "https://evil.app.example.com/callback",
    "parent domain": "https://example.com/callback",
    "host that begins alike": "https://app.example.com.evil.example/callback",
    "host that ends alike": "https://evilapp.example.com/callback",
    "host with a wildcard": "https://*.example.com/callback",
    "backslash": "https://app.example.com\\@evil.example/callback",
    "backslash for a slash": "https:\\\\app.example.com\\callback",
    "space before": " https://app.example.com/callback",
    "space after": "https://app.example.com/callback ",
    "line feed after": "https://app.example.com/callback\n",
    "tab inside": "https://app.example.com/call\tback",
    "header after": "https://app.example.com/callback\r\nSet-Cookie: a=b",
    "letter that looks alike": "https://\u0430pp.example.com/callback",
    "full-width dot": "https://app\uff0eexample.com/callback",
    "invisible letter": "https://app.example.com/call\u200bback",
    "composed otherwise": "https://app.example.com/callbac\u212a",
    "two in one": "https://app.example.com/callback https://evil.example/",
    "two with a comma": "https://app.example.com/callback,https://evil.example/",
    "JSON": '["https://app.example.com/callback"]',
    "null": "null",
    "script": "javascript://app.example.com/callback%0aalert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "out of band": "urn:ietf:wg:oauth:2.0:oob",
    "very long": "https://app.example.com/callback" + "/" * 1_500,
}


@spec("RFC9700-4.1.3")
@pytest.mark.parametrize("case", NEAR)
def test_what_is_near_a_registered_uri_is_told_to_the_person(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = here.tenant.public_client(redirect_uris=REGISTERED)
    request = here.app.request(client_id=client.client_id, redirect_uri=NEAR[case])
    with nothing_written(stack):
        answers = [here.browser.open("/authorize", request), here.browser.submit("/authorize", request)]
    for answer in answers:
        assert_page(answer)
        assert "evil" not in answer.body
    assert last_log(capsys, "evil")["reason"] == "redirect_uri_unregistered"


@spec("RFC9700-4.1.3")
@pytest.mark.parametrize("redirect_uri", REGISTERED)
def test_registered_uri_is_taken(here: Visit, redirect_uri: str) -> None:
    client = here.tenant.public_client(redirect_uris=REGISTERED)
    request = here.app.request(client_id=client.client_id, redirect_uri=redirect_uri)
    answer = here.browser.authorize(here.person, request)
    separator = "&" if "?" in redirect_uri else "?"
    assert answer.location.startswith(f"{redirect_uri}{separator}code=")
    # RFC 9700 section 4.1.3: nothing a fragment of the address before could be carried along with.
    assert "#" not in answer.location
