"""python -m infra.admin clients."""

import time

from tests.admin.conftest import Run
from tests.admin.operators_aws import OPERATOR, OperatorsAws
from tests.stores.fresh import name
from tests.support.http import Caller
from tests.support.security_events import assert_valid
from tests.support.tenant import API, Tenant

SERVICE = ("clients", "create", "service", "--name", "Export", "--scope", "read")


def token_status(caller: Caller, client_id: str, secret: str) -> int:
    form = {"grant_type": "client_credentials", "scope": "read", "resource": API}
    return caller.post("/token", form, auth=(client_id, secret)).status


def test_a_service_gets_a_secret_that_works_and_is_shown_once(
    run: Run, tenant: Tenant, caller: Caller, aws: OperatorsAws
) -> None:
    made = run(*SERVICE, "--json").json
    secret = made["client_secret"]
    assert token_status(caller, made["client_id"], secret) == 200
    assert abs(made["client_id_issued_at"] - time.time()) < 300
    for shown in (
        run("clients", "show", made["client_id"]),
        run("clients", "list", "--limit", "0", "--json"),
    ):
        assert secret not in shown.out
    assert secret not in str(tenant.table("Clients").items())
    (event,) = aws.events
    assert_valid(event)
    assert (event["type"], event["client_id"]) == ("client_created", made["client_id"])
    assert event["actor"] == {"kind": "operator", "id": OPERATOR}
    assert secret not in str(event)


def test_a_rotated_secret_works_beside_the_former_one_until_that_is_ended(
    run: Run, tenant: Tenant, caller: Caller, aws: OperatorsAws
) -> None:
    del tenant
    made = run(*SERVICE, "--json").json
    client_id = made["client_id"]
    rotated = run("clients", "rotate-secret", client_id, "--keep-former", "7d", "--json").json
    assert rotated["former_secret_expires_at"] > time.time() + 6 * 86_400
    assert token_status(caller, client_id, rotated["client_secret"]) == 200
    assert token_status(caller, client_id, made["client_secret"]) == 200
    assert run("clients", "end-former-secret", client_id, "--json").json["secrets"] == 1
    assert [event["type"] for event in aws.events[1:]] == ["client_secret_changed"] * 2


def test_an_update_changes_what_is_given_and_tells_which_members(run: Run, aws: OperatorsAws) -> None:
    uri = "https://notes.example.com/callback"
    client_id = run(
        "clients", "create", "spa", "--name", "Notes", "--redirect-uri", uri, "--client-uri", "https://a.example",
        "--json",
    ).json["client_id"]  # fmt: skip
    after = run("clients", "update", client_id, "--name", "N", "--unset", "client_uri", "--json").json
    assert (after["client_name"], after.get("client_uri"), after["redirect_uris"]) == ("N", None, [uri])
    assert sorted(aws.events[-1]["members"]) == ["client_name", "client_uri"]
    told = len(aws.events)
    assert "Nothing changes" in run("clients", "update", client_id, "--name", "N").out
    assert len(aws.events) == told


def test_a_client_that_comes_to_a_secret_is_given_one(run: Run) -> None:
    client_id = run(
        "clients", "create", "spa", "--name", "A", "--redirect-uri", "https://a.example/", "--json"
    ).json["client_id"]
    given = run("clients", "update", client_id, "--auth-method", "client_secret_basic", "--json").json
    assert given["client_secret"]
    assert "client_secret" not in run("clients", "update", client_id, "--name", "B", "--json").json


def test_nothing_is_deleted_without_a_yes(run: Run, aws: OperatorsAws) -> None:
    client_id = run(*SERVICE, "--json").json["client_id"]
    for typed in ("", "no\n", "y\n"):
        assert "Nothing was changed" in run("clients", "delete", client_id, typed=typed, code=1).said
    run("clients", "show", client_id)
    assert "Deleted" in run("clients", "delete", client_id, typed="yes\n").out
    assert "There is no client" in run("clients", "show", client_id, code=1).said
    again = run("clients", "delete", client_id, "--yes", code=1)
    assert again.out == ""
    assert [event["type"] for event in aws.events] == ["client_created", "client_deleted"]


def test_what_is_wrong_is_said_in_a_sentence_and_nothing_is_written(run: Run, aws: OperatorsAws) -> None:
    for words, said in {
        ("spa", "--name", "A"): "redirect_uri",
        ("service",): "client_name",
        ("service", "--name", "A", "--auth-method", "magic"): "token_endpoint_auth_method",
        ("spa", "--name", "A", "--redirect-uri", "http://a.example/"): "loopback",
        ("service", "--name", "A", "--jwks", "nowhere.json"): "nowhere.json",
    }.items():
        assert said in run("clients", "create", *words, code=1).err
    assert aws.events == []


def test_a_taken_client_id_is_not_taken_over(run: Run) -> None:
    client_id = f"a{name()}"
    run(*SERVICE, "--client-id", client_id)
    assert "already" in run(*SERVICE, "--client-id", client_id, code=1).err


def test_a_list_says_how_it_goes_on_and_leaves_nothing_out(run: Run) -> None:
    made = {run(*SERVICE, "--json").json["client_id"] for _ in range(3)}
    every = {one["client_id"] for one in run("clients", "list", "--limit", "0", "--json").json["clients"]}
    found: set[str] = set()
    after: list[str] = []
    while True:
        page = run("clients", "list", "--limit", "40", *after, "--json").json
        found |= {one["client_id"] for one in page["clients"]}
        if page["next"] is None:
            break
        after = ["--after", page["next"]]
    assert found == every >= made
    assert "There are more. Go on with: --after" in run("clients", "list", "--limit", "1").out


def test_the_playgrounds_client_is_public_and_returns_to_the_servers_own_page(
    run: Run, caller: Caller
) -> None:
    made = run("clients", "create", "playground", "--json").json
    address = [f"{caller.issuer}/playground/callback"]
    assert (made["client_id"], made["token_endpoint_auth_method"]) == ("playground", "none")
    assert made["redirect_uris"] == made["post_logout_redirect_uris"] == address
    assert "client_secret" not in made
    run("clients", "delete", "playground", "--yes")
