"""draft-ietf-oauth-client-id-metadata-document sections 5.2 and 8.4: how long a document is used."""

import json
import socket
import threading
import time

import pytest

from tests.support.client_app import ClientApp
from tests.support.client_documents import Publisher, document
from tests.support.http import Caller
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, assert_page, last_log
from tests.support.tenant import REDIRECT_URI
from tests.support.traceability import spec
from tests.support.visit import Visit

OLD = {"age": 90_000, "fresh_for": -60}
LONG_AGO = {"age": 200_000, "fresh_for": -100_000}


@spec("CIMD-5.2")
def test_a_fresh_document_is_not_fetched(here: Visit, publisher: Publisher) -> None:
    url = publisher.url()
    publisher.keep(url)
    assert here.browser.open("/authorize", here.app.request(client_id=url)).status == 200
    assert publisher.fetched(url) == 0


@spec("CIMD-5.2")
@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [("max-age=7200", 7200), ("max-age=1", 300), ("no-store", 300), ("max-age=99999999", 86_400), ("", 3600)],
)
def test_http_says_how_long_between_bounds(
    here: Visit, publisher: Publisher, cache_control: str, seconds: int
) -> None:
    url = publisher.publish(headers={"cache_control": cache_control}).client_id
    here.browser.open("/authorize", here.app.request(client_id=url))
    kept = publisher.kept(url)
    assert kept is not None
    assert kept["fresh_until"] - kept["fetched_at"] == seconds


@spec("CIMD-8.4")
def test_a_redirect_uri_that_vanished_is_refused_when_an_authorization_begins(
    here: Visit, publisher: Publisher
) -> None:
    url = publisher.url()
    publisher.keep(url, **OLD)
    publisher.publish(url, redirect_uris=["https://app.example.com/new"])
    assert_page(here.browser.open("/authorize", here.app.request(client_id=url, redirect_uri=REDIRECT_URI)))
    assert publisher.fetched(url) == 1


@spec("CIMD-5.1")
def test_an_old_document_is_not_used_for_an_authorization_where_it_cant_be_fetched(
    here: Visit, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    url = publisher.url()
    publisher.keep(url, **OLD)
    publisher.serve(url, "", status="503 Busy")
    assert_page(here.browser.open("/authorize", here.app.request(client_id=url)))
    assert last_log(capsys)["reason"] == "client_metadata_unavailable"


def granted(caller: Caller, here: Visit, publisher: Publisher) -> tuple[ClientApp, str]:
    """A client with a refresh token, of which the token endpoint has not heard yet: its code was redeemed by
    a client of the same document at another instance.
    """
    app = ClientApp(publisher.publish(), caller)
    return app, app.code(here.browser, here.person, scope="openid offline_access")


@spec("CIMD-5.2")
def test_tokens_are_given_on_an_old_document_while_its_host_is_in_trouble(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    app, code = granted(caller, here, publisher)
    publisher.keep(app.client.client_id, **OLD)
    publisher.serve(app.client.client_id, "", status="503 Busy")
    assert app.redeem(code).status == 200
    assert publisher.fetched(app.client.client_id) == 2


@spec("CIMD-5.2")
def test_and_not_for_longer_than_a_day(
    caller: Caller, here: Visit, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    app, code = granted(caller, here, publisher)
    publisher.keep(app.client.client_id, **LONG_AGO)
    publisher.serve(app.client.client_id, "", status="503 Busy")
    answer = app.redeem(code)
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert answer.headers["retry-after"]
    assert last_log(capsys)["reason"] == "client_metadata_unavailable"
    # Nothing is lost: the code is as it was.
    publisher.keep(app.client.client_id)
    assert app.redeem(code).status == 200


@spec("CIMD-8.4")
@pytest.mark.parametrize("gone", ["404 No", "200 OK"])
def test_tokens_are_refused_where_the_document_holds_no_more(
    caller: Caller, here: Visit, publisher: Publisher, gone: str
) -> None:
    app, code = granted(caller, here, publisher)
    url = app.client.client_id
    publisher.keep(url, **OLD)
    publisher.serve(url, json.dumps(document(url, client_secret="secret")), status=gone)
    assert_json_error(app.redeem(code), "invalid_client", status=401)


@spec("CIMD-8.4")
def test_tokens_that_were_issued_stay_what_they_are(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    app = ClientApp(publisher.publish(), caller)
    tokens = app.tokens(here.browser, here.person, scope="openid profile")
    publisher.keep(app.client.client_id, **LONG_AGO)
    bearer = f"Bearer {tokens['access_token']}"
    assert caller.get("/userinfo", authorization=bearer).status == 200
    assert publisher.fetched(app.client.client_id) == 1


@spec("CIMD-5.2")
def test_many_first_requests_at_once_cause_one_fetch(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    url = publisher.url()
    path = url.removeprefix(publisher.origin.address)
    body = json.dumps(document(url)).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"

    def slowly(connection: socket.socket) -> None:
        time.sleep(0.5)
        connection.sendall(head.encode() + body)

    publisher.origin.write(path, slowly)
    request = here.app.request(client_id=url)
    answers = at_once(lambda: caller.get("/authorize", request), 4)
    assert [answer.status for answer in answers] == [303] * 4
    assert publisher.fetched(url) == 1


@spec("CIMD-5.2")
def test_who_comes_while_another_fetches_gets_what_they_get(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    url, now = publisher.url(), int(time.time())
    publisher.tenant.table("Documents").change(
        {"id": f"document#{url}", "fetch_began_at": now, "fetch_ended_at": 0, "fetch_by": "another"}
    )
    other = threading.Timer(0.5, publisher.keep, (url,))
    other.start()
    assert caller.get("/authorize", here.app.request(client_id=url)).status == 303
    other.join()
    assert publisher.fetched(url) == 0
