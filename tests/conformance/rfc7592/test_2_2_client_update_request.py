"""RFC 7592 section 2.2: a client replaces its metadata, and gets another registration access token."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.publisher import Publisher
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import WEB, Registrar, app_of, path_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

SAME_SECRET = "that of before"


def put(registrar: Registrar, made: dict[str, Any], token: str | None = None, **changes: Any) -> Any:
    document = {**WEB, "client_id": made["client_id"], **changes}
    if document.get("client_secret") == SAME_SECRET:
        document["client_secret"] = made["client_secret"]
    given = {name: value for name, value in document.items() if value is not None}
    token = made["registration_access_token"] if token is None else token
    return registrar.send("PUT", path_of(made), given, token=token)


def reads(registrar: Registrar, made: dict[str, Any], token: str) -> bool:
    return registrar.send("GET", path_of(made), token=token).status == 200


@spec("RFC7592-2.2")
@pytest.mark.parametrize("secret", [None, SAME_SECRET])
def test_what_is_left_out_is_as_by_default_and_the_secret_stays(
    registrar: Registrar, tenant: Tenant, caller: Caller, secret: str | None
) -> None:
    made = registrar.registered(contacts=["ada@example.org"], **{"client_name#fr": "Photos du port"})
    before = tenant.table("Clients").find(id=f"client#{made['client_id']}")
    answer = put(registrar, made, client_name="Renamed", client_secret=secret, grant_types=None)
    assert answer.status == 200
    assert answer.json["client_name"] == "Renamed"
    assert answer.json["grant_types"] == ["authorization_code"]
    assert not {"contacts", "client_name#fr", "client_secret"} & set(answer.json)
    after = tenant.table("Clients").find(id=f"client#{made['client_id']}")
    assert after["client_secret_hashes"] == before["client_secret_hashes"]
    assert after["client_id_issued_at"] == before["client_id_issued_at"]
    assert after["revision"] != before["revision"]
    assert app_of(made, caller).token({"grant_type": "refresh_token", "refresh_token": "x"}).error


@spec("RFC7592-2.2")
def test_the_token_rotates_and_the_one_before_is_good_until_the_new_one_is_used(
    registrar: Registrar,
) -> None:
    made = registrar.registered()
    first = made["registration_access_token"]
    second = put(registrar, made).json["registration_access_token"]
    assert second != first
    assert reads(registrar, made, first), "the answer may have been lost"
    assert reads(registrar, made, second)
    assert not reads(registrar, made, first)
    assert reads(registrar, made, second)


@spec("RFC7592-2.2")
def test_a_client_that_lost_the_answer_replaces_again_with_the_token_it_has(registrar: Registrar) -> None:
    made = registrar.registered()
    lost = put(registrar, made).json["registration_access_token"]
    again = put(registrar, made).json["registration_access_token"]
    assert not reads(registrar, made, lost), "nobody was told it"
    assert reads(registrar, made, again)
    assert put(registrar, made, again).status == 200
    assert put(registrar, made, made["registration_access_token"]).status == 401


@spec("RFC7592-2.2")
def test_another_method_gives_or_takes_the_secret(registrar: Registrar) -> None:
    made = registrar.registered()
    by_key = put(
        registrar, made, token_endpoint_auth_method="private_key_jwt", jwks_uri="https://app.example.org/jwks"
    ).json
    assert "client_secret" not in by_key
    again = put(registrar, {**made, **by_key}).json
    assert again["client_secret"] != made["client_secret"]
    assert again["client_secret_expires_at"] == 0
    kept = put(registrar, {**made, **again}, token_endpoint_auth_method="client_secret_post").json
    assert "client_secret" not in kept


@spec("RFC7591-2.3")
def test_what_a_publisher_states_goes_before_what_a_replacement_says(
    registrar: Registrar, publisher: Publisher
) -> None:
    made = registrar.registered()
    stated = put(registrar, made, client_name="Your bank", software_statement=publisher.statement()).json
    assert stated["client_name"] == "Harbour Photos, the original"
    left_out = put(registrar, {**made, **stated}, client_name="Harbour").json
    assert left_out["client_name"] == "Harbour"
    assert "software_statement" not in left_out


@spec("RFC7592-2.2")
def test_what_an_operator_set_holds_whatever_the_client_says(registrar: Registrar, tenant: Tenant) -> None:
    made = registrar.registered()
    table, key = tenant.table("Clients"), f"client#{made['client_id']}"
    of_the_operator = {
        "allowed_resources": ["https://one.example/"],
        "rotate_refresh_tokens": True,
        "resources": ["https://its-own.example/"],
    }
    table.change(table.find(id=key), **of_the_operator)
    changes: dict[str, Any] = {"allowed_resources": [], "resources": [], "impersonation": True}
    made |= put(registrar, made, **changes).json
    assert put(registrar, made, client_name="Renamed").status == 200
    after = table.find(id=key)
    assert {name: after[name] for name in of_the_operator} == of_the_operator
    assert (after["client_name"], after.get("impersonation", False)) == ("Renamed", False)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no client_id": ({"client_id": None}, "invalid_client_metadata"),
    "another client_id": ({"client_id": "demo-spa"}, "invalid_client_metadata"),
    "a client_id that is a number": ({"client_id": 1}, "invalid_client_metadata"),
    "another secret": ({"client_secret": "a" * 86}, "invalid_client_metadata"),
    "a secret that is a number": ({"client_secret": 1}, "invalid_client_metadata"),
    "its own token": ({"registration_access_token": "a"}, "invalid_client_metadata"),
    "its own place": ({"registration_client_uri": "https://evil.example"}, "invalid_client_metadata"),
    "an end of its secret": ({"client_secret_expires_at": 0}, "invalid_client_metadata"),
    "when it was made": ({"client_id_issued_at": 1}, "invalid_client_metadata"),
    "no redirect_uris": ({"redirect_uris": None}, "invalid_redirect_uri"),
    "a script": ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
    "the method none": ({"token_endpoint_auth_method": "none"}, "invalid_client_metadata"),
    "another's grant type": ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
    "a hidden character": ({"client_name": "\u202ea"}, "invalid_client_metadata"),
}


@spec("RFC7592-2.2")
@pytest.mark.parametrize(("changes", "error"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_is_refused_and_changes_nothing(
    registrar: Registrar,
    stack: LocalStack,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    error: str,
) -> None:
    made = registrar.registered()
    with nothing_written(stack):
        assert_json_error(put(registrar, made, **changes), error)
    unregistrable = error == "invalid_redirect_uri"
    reason = "redirect_uri_unregistrable" if unregistrable else "metadata_invalid"
    assert last_log(capsys, made["client_secret"])["reason"] == reason
    assert reads(registrar, made, made["registration_access_token"])


@spec("RFC7592-2.2")
def test_who_may_not_change_it_learns_nothing_of_what_is_wrong_with_the_change(registrar: Registrar) -> None:
    made = registrar.registered()
    assert_json_error(put(registrar, made, "a-wrong-token", redirect_uris=["x"]), "invalid_token", status=401)


@spec("RFC7592-2.2")
def test_of_two_replacements_at_once_one_is_last_and_no_record_is_half_of_each(
    registrar: Registrar, tenant: Tenant
) -> None:
    made = registrar.registered()
    numbers = iter(range(4))

    def replace() -> Any:
        number = next(numbers)
        name, uri = f"Photos {number}", f"https://app{number}.example.org/callback"
        return put(registrar, made, client_name=name, redirect_uris=[uri])

    answers = at_once(replace, 4)
    assert {answer.status for answer in answers} <= {200, 503}
    item = tenant.table("Clients").find(id=f"client#{made['client_id']}")
    number = item["client_name"].removeprefix("Photos ")
    assert item["redirect_uris"] == [f"https://app{number}.example.org/callback"]
    good = [a.json["registration_access_token"] for a in answers if a.status == 200]
    assert sum(reads(registrar, made, token) for token in good) == 1


@spec("RFC7592-2.2")
def test_a_replacement_is_told_to_the_audit_trail_as_the_clients(
    registrar: Registrar, capsys: pytest.CaptureFixture[str]
) -> None:
    made = registrar.registered()
    new = put(registrar, made).json["registration_access_token"]
    event = last_log(capsys, new)["audit"]
    assert (event["type"], event["actor"]) == (
        "client_changed",
        {"kind": "client", "id": made["client_id"]},
    )
