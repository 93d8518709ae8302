"""python -m infra.admin registration-tokens, and clients that registered themselves, to their operators."""

import json
import os
import time
from pathlib import Path

from chalicelib.administration.registry import Registered
from chalicelib.aws.registries import ClientRegistry
from chalicelib.protocol.client import Client
from tests.admin.conftest import Run, empty
from tests.admin.operators_aws import OperatorsAws
from tests.stores.fresh import name
from tests.support.security_events import assert_valid
from tests.support.tenant import Tenant, hash_of


def test_a_token_is_made_shown_once_listed_and_deleted(run: Run, aws: OperatorsAws) -> None:
    label = f"Partners {name()}"
    made = run(
        *("registration-tokens", "create", "--name", label, "--expires", "7d", "--uses", "10"),
        *("--scope", "notes:read", "--grant-type", "client_credentials", "--json"),
    ).json
    token_id, _, secret = made["registration_token"].partition(".")
    assert (token_id, len(secret)) == (made["token_id"], 43)
    assert made["expires_at"] == made["created_at"] + 7 * 86_400
    assert (made["max_uses"], made["scope"], made["grant_types"]) == (
        10,
        "notes:read",
        ["client_credentials"],
    )
    listed = run("registration-tokens", "list", "--limit", "0").out
    assert token_id in listed
    assert "0 of 10" in listed
    assert secret not in listed
    run("registration-tokens", "delete", token_id, typed="no\n", code=1)
    run("registration-tokens", "delete", token_id, "--yes")
    assert token_id not in run("registration-tokens", "list", "--limit", "0").out
    again = run("registration-tokens", "delete", token_id, typed="no\n", code=1)
    assert "no registration token" in again.said
    types = [event["type"] for event in aws.events]
    assert types == ["registration_token_created", "registration_token_deleted"]
    for event in aws.events:
        assert_valid(event)
        assert secret not in json.dumps(event)


def test_a_token_without_bounds_says_so(run: Run) -> None:
    made = run("registration-tokens", "create", "--name", name())
    assert "Keep it now" in made.out
    assert "never" in run("registration-tokens", "list", "--limit", "0").out


def test_what_a_token_can_not_be_is_said_in_a_sentence(run: Run) -> None:
    for wrong in (
        ("--name", " "),
        ("--name", "a\nb"),
        ("--name", "A", "--uses", "0"),
        ("--name", "A", "--expires", "0"),
        ("--name", "A", "--grant-type", "password"),
        ("--name", "A", "--grant-type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("--name", "A", "--scope", 'a"b'),
    ):
        assert run("registration-tokens", "create", *wrong, code=1).said.strip().endswith(".")


def test_who_registered_itself_is_seen_deleted_exported_and_comes_back(
    run: Run, tenant: Tenant, tmp_path: Path
) -> None:
    empty(tenant, "Clients")  # other tests' need not be such as can be registered
    client_id, now = f"harbour-{name()}", int(time.time())
    client = Client(
        client_id=client_id,
        client_name="Harbour",
        token_endpoint_auth_method="none",
        registration="dynamic",
        redirect_uris=("https://app.example.org/",),
        localized={"client_name#fr": "Port"},
        registration_access_token_hashes=(hash_of("a"),),
        expires_at=now + 3_600,
    )
    assert ClientRegistry(os.environ["CLIENTS_TABLE"]).create(Registered(record=client, revision="a"))
    assert "dynamic" in run("clients", "list", "--limit", "0").out
    shown = run("clients", "show", client_id, "--json").json
    assert (shown["registration"], shown["expires_at"]) == ("dynamic", now + 3_600)
    assert hash_of("a") not in json.dumps(shown)
    file = tmp_path / "export"
    run("export", str(file))
    run("clients", "delete", client_id, "--yes")
    run("import", str(file), "--yes")
    found = ClientRegistry(os.environ["CLIENTS_TABLE"]).find(client_id)
    assert found is not None
    assert found.record.registration_access_token_hashes == (hash_of("a"),)
    assert found.record.unverified
    assert found.record.localized == {"client_name#fr": "Port"}
    assert found.record.expires_at is not None
    assert found.record.expires_at > now + 86_400, "it begins anew"
