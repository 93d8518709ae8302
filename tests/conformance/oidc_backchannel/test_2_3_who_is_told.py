"""OpenID Connect Back-Channel Logout section 2.3: the clients that took part in a session, and no others."""

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.client_documents import OPEN, Publisher
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.tenant import Person
from tests.support.traceability import spec


@spec("OIDC-BackChannel-2.3")
def test_every_client_of_the_session_is_told_once_and_no_other(
    logouts: Logouts, browser: Browser, person: Person
) -> None:
    first, second, elsewhere, never, without_a_code_used = (logouts.receiver() for _ in range(5))
    app = logouts.app(first)
    signed_in = logouts.sign_in(app, browser, person)
    # Twice at the same client, by a grant that outlives the session and one that does not.
    logouts.sign_in(app, browser, person, scope="openid")
    logouts.sign_in(logouts.app(second), browser, person, scope="openid offline_access")
    logouts.app(without_a_code_used).code(browser, person)
    # The same person in another browser, and a client nobody signed in to.
    logouts.sign_in(logouts.app(elsewhere), Browser(logouts.caller), person)
    logouts.client(never)
    logouts.sign_out(browser, signed_in["token"])
    logouts.deliver()
    told = [len(one.tokens) for one in (first, second, without_a_code_used, elsewhere, never)]
    assert told == [1, 1, 1, 0, 0]


@spec("OIDC-BackChannel-2.3")
def test_each_client_is_told_of_itself(logouts: Logouts, browser: Browser, person: Person) -> None:
    receivers = [logouts.receiver() for _ in range(3)]
    apps = [logouts.app(one) for one in receivers]
    signed_in = [logouts.sign_in(app, browser, person) for app in apps]
    logouts.sign_out(browser, signed_in[0]["token"])
    logouts.deliver()
    jtis = set()
    for app, receiver in zip(apps, receivers, strict=True):
        (token,) = receiver.tokens
        jtis.add(logouts.claims(token, app.client)["jti"])
    assert len(jtis) == 3


@spec("OIDC-BackChannel-2.3")
def test_somebody_else_who_signs_in_in_the_same_browser_ends_the_session_before(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app, other = logouts.app(receiver), logouts.tenant.person()
    before = logouts.sign_in(app, browser, person)
    browser.open("/authorize", app.request(prompt="login"))
    browser.sign_in(other)
    logouts.deliver()
    (token,) = receiver.tokens
    claims = logouts.claims(token, app.client)
    assert (claims["sub"], claims["sid"]) == (person.sub, before["sid"])


@spec("OIDC-BackChannel-2.3")
def test_the_same_person_who_signs_in_again_ends_nothing(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver)
    logouts.sign_in(app, browser, person)
    browser.open("/authorize", app.request(prompt="login"))
    browser.sign_in(person)
    assert logouts.deliver() == 0


@spec("OIDC-BackChannel-2.3")
def test_who_does_not_sign_out_after_all_tells_nobody(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    logouts.sign_in(logouts.app(receiver), browser, person)
    browser.open("/end_session")
    browser.fill(("decision", "stay"))
    assert logouts.deliver() == 0


@spec("OIDC-BackChannel-2.3")
def test_a_client_that_was_deleted_and_made_anew_is_not_told_of_sessions_before(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver)
    signed_in = logouts.sign_in(app, browser, person)
    record = logouts.tenant.table("Clients").find(id=f"client#{app.client.client_id}")
    logouts.tenant.table("Clients").change(record, client_id_issued_at=signed_in["iat"] + 60)
    logouts.sign_out(browser, signed_in["token"])
    logouts.deliver()
    assert receiver.tokens == []


@spec("OIDC-BackChannel-2.3")
def test_a_client_known_by_its_metadata_document_is_told(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    logouts.tenant.resource_server(OPEN, open_to_unverified_clients=True)
    publisher = Publisher(logouts.origin, logouts.tenant)
    client = publisher.publish(backchannel_logout_uri=receiver.uri)
    app = ClientApp(client, logouts.caller)
    tokens = app.tokens(browser, person, scope="openid", resource=OPEN)
    logouts.sign_out(browser, tokens["id_token"])
    logouts.deliver()
    (token,) = receiver.tokens
    assert logouts.claims(token, client)["sub"] == person.sub
