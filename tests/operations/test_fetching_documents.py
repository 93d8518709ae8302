"""Fetching metadata documents: one fetch for many, and bounds on how many there are."""

import json
import threading
import time
from typing import Any

import pytest

from chalicelib.operations.client_metadata_document import Ports
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.protocol.metadata_document import (
    KNOWN_BY_HOST,
    MAX_WAITING,
    NEW_BY_HOST,
    NEW_BY_NETWORK,
    PAUSE,
)
from tests.stores.fresh import NOW, name
from tests.support.client_key import client_key
from tests.support.document_web import Web, begin, new_source, outcome, ports_of
from tests.support.race import at_once
from tests.support.traceability import spec

KEYS = {"keys": [client_key("ES256", "one").jwk()]}


def test_a_document_is_fetched_and_kept(web: Web, ports: Ports) -> None:
    url = web.publish(web.url(), max_age=7200)
    found = begin(url, ports)
    assert (found.fetched_at, found.fresh_until) == (NOW, NOW + 7200)
    assert ports.documents.look(url, now=NOW).kept == found
    assert web.asked == [url]


def test_what_was_fetched_just_now_is_not_fetched_again(web: Web, ports: Ports) -> None:
    url = web.publish(web.url())
    first = begin(url, ports)
    web.clock += PAUSE - 1
    assert begin(url, ports) == first
    assert web.asked == [url]


def test_an_old_one_is_fetched_anew_for_anybody(web: Web, ports: Ports) -> None:
    url = web.publish(web.url())
    begin(url, ports)
    web.clock += 4_000
    web.publish(url, client_name="Harbour II")
    found = begin(url, ports, source_ip=None, newer_than=NOW)
    assert (found.fetched_at, found.document["client_name"]) == (NOW + 4_000, "Harbour II")


def test_a_client_nobody_has_begun_with_is_not_fetched_where_tokens_are_asked_for(
    web: Web, ports: Ports
) -> None:
    url = web.publish(web.url())
    assert outcome(url, ports, source_ip=None) == "unknown"
    assert web.asked == []
    assert ports.documents.look(url, now=NOW).began_at == 0


@spec("CIMD-5.2")
@pytest.mark.parametrize("why", [FetchError("no route"), FetchError("the answer is 404", answered=True)])
def test_an_error_is_not_kept_and_not_asked_for_again_at_once(
    web: Web, ports: Ports, why: FetchError
) -> None:
    url = web.url()
    web.served[url] = why
    assert outcome(url, ports) == ("invalid" if why.answered else "unavailable")
    web.publish(url)
    assert outcome(url, ports) == "unavailable"
    web.clock += PAUSE
    assert begin(url, ports).document["client_id"] == url
    assert len(web.asked) == 2


@spec("CIMD-5.2")
def test_a_document_that_holds_no_more_leaves_the_one_that_is_kept(web: Web, ports: Ports) -> None:
    url = web.publish(web.url())
    first = begin(url, ports)
    web.clock += 4_000
    web.publish(url, client_secret="secret")
    assert outcome(url, ports, newer_than=NOW) == "invalid"
    assert ports.documents.look(url, now=NOW).kept == first


def test_of_many_at_once_one_fetches_and_all_get_it(web: Web, ports: Ports) -> None:
    url = web.publish(web.url())
    entered = threading.Event()

    def slowly(asked: str, **bounds: Any) -> Fetched:
        entered.wait(0.3)
        return web.fetch(asked, **bounds)

    slow = Ports(**{**vars(ports), "fetch": slowly, "sleep": time.sleep})
    found = at_once(lambda: begin(url, slow), 8)
    assert len(found) == 8
    assert set(found) == {found[0]}
    assert web.asked == [url]


def test_of_many_at_once_all_learn_that_there_is_none(web: Web, ports: Ports) -> None:
    url = web.url()
    real = Ports(**{**vars(ports), "sleep": time.sleep})
    found = at_once(lambda: outcome(url, real), 8)
    assert sorted(found) == ["invalid", *["unavailable"] * 7]
    assert web.asked == [url]


def test_who_waits_for_one_that_died_waits_no_longer_than_a_turn(web: Web, ports: Ports) -> None:
    url = web.publish(web.url())
    ports.documents.turn(url, known=False, attempt=name(), now=NOW)
    assert outcome(url, ports) == "unavailable"
    assert NOW + PAUSE < web.clock <= NOW + PAUSE + 1
    assert begin(url, ports).document["client_id"] == url


def test_a_slow_host_keeps_so_many_waiting_and_no_more(web: Web, ports: Ports) -> None:
    """Each takes two functions for as long as a fetch may take, and costs who sends it nothing."""
    url, other = web.url(), Web().url()
    long = Ports(**{**vars(ports), "sleep": lambda _: web.sleep(PAUSE + 1)})

    def waits(url: str, source_ip: str | None) -> str:
        ports.documents.turn(url, known=False, attempt=name(), now=int(web.clock))
        began, why = web.clock, outcome(url, long, source_ip=source_ip)
        assert (web.clock > began) is (why != "limited")
        web.clock = began
        return why

    source = new_source()
    assert {waits(url, source) for _ in range(MAX_WAITING)} == {"unavailable"}
    assert waits(url, new_source()) == "limited", "of this host"
    assert waits(url, None) == "limited", "where tokens are asked for too"
    assert waits(other, source) == "limited", "from this network"
    assert waits(other, new_source()) == "unavailable"
    web.clock += 60
    assert waits(url, source) == "unavailable"


def test_one_network_has_so_many_new_clients_fetched_a_minute(web: Web, ports: Ports) -> None:
    network = f"2001:db8:{name().encode().hex()[:4]}::"
    sources = [f"{network}{number}" for number in range(1, 10)]
    for number in range(NEW_BY_NETWORK):
        host = Web()
        web.publish(url := host.url())
        begin(url, ports, source_ip=sources[number % 9])
    refused = web.publish(Web().url())
    assert outcome(refused, ports, source_ip=f"{network}ffff") == "limited"
    assert refused not in web.asked
    # Neither is anybody else kept from it, nor the one who waits.
    other = f"2001:db8:ffff:{name().encode().hex()[:4]}::1"
    assert begin(refused, ports, source_ip=other).client_id == refused
    web.clock += 60
    late = web.publish(Web().url())
    assert begin(late, ports, source_ip=sources[0]).client_id == late


def test_one_host_is_asked_for_so_many_new_clients_a_minute_wherever_from(web: Web, ports: Ports) -> None:
    for number in range(NEW_BY_HOST):
        assert outcome(web.url(), ports, source_ip=f"10.{number}.0.1") == "invalid"
    assert outcome(web.publish(web.url()), ports, source_ip="10.255.0.1") == "limited"
    assert len(web.asked) == NEW_BY_HOST


def test_a_client_that_was_seen_is_fetched_however_many_others_are_asked_for(web: Web, ports: Ports) -> None:
    known = web.publish(web.url())
    begin(known, ports)
    web.clock += 6_000
    while ports.documents.count(f"new {web.host}", limit=NEW_BY_HOST, now=int(web.clock)):
        pass
    assert begin(known, ports, newer_than=NOW).fetched_at == NOW + 6_000
    while ports.documents.count(f"known {web.host}", limit=KNOWN_BY_HOST, now=int(web.clock)):
        pass
    web.clock += 11
    assert outcome(known, ports, newer_than=NOW + 6_000) == "limited"


def test_keys_are_fetched_with_the_document_and_count_for_their_own_host(web: Web, ports: Ports) -> None:
    victim = Web()
    jwks_uri = web.serve(victim.url(), json.dumps(KEYS).encode(), max_age=900)
    url = web.publish(web.url(), token_endpoint_auth_method="private_key_jwt", jwks_uri=jwks_uri)
    found = begin(url, ports)
    assert web.asked == [url, jwks_uri]
    assert found.document["jwks"] == KEYS
    assert "jwks_uri" not in found.document
    assert found.fresh_until == NOW + 900
    while ports.documents.count(f"new {victim.host}", limit=NEW_BY_HOST, now=NOW):
        pass
    other = web.publish(web.url(), token_endpoint_auth_method="private_key_jwt", jwks_uri=jwks_uri)
    assert outcome(other, ports) == "limited"
    assert web.asked == [url, jwks_uri, other]


def test_addresses_of_a_document_that_are_not_needed_are_never_fetched(web: Web, ports: Ports) -> None:
    trap = "https://169.254.169.254/latest/meta-data/"
    named: dict[str, Any] = dict.fromkeys(
        ("logo_uri", "tos_uri", "policy_uri", "jwks_uri", "sector_identifier_uri"), trap
    )
    url = web.publish(web.url(), **named)
    begin(url, ports)
    assert web.asked == [url]


@spec("CIMD-8.9")
def test_the_tenants_domains_are_asked_about_before_anybody_is(web: Web) -> None:
    url = web.publish(web.url())
    for settings in (
        {"client_id_metadata_denied_domains": (web.host,)},
        {"client_id_metadata_allowed_domains": ("example.com",)},
        {"client_id_metadata_documents": False},
    ):
        assert outcome(url, ports_of(web, **settings)) == "refused"
    assert web.asked == []
