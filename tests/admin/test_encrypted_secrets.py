"""Clients of client_secret_jwt from the command line, which encrypts their secrets and can't decrypt them."""

from pathlib import Path

import pytest

from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.support.client_key import assertion_claims, present
from tests.support.client_secret import hmac_assertion
from tests.support.http import Caller
from tests.support.tenant import Tenant

CREATE = ("clients", "create", "service", "--name", "Export", "--scope", "read", "--auth-method")
BY_HMAC = (*CREATE, "client_secret_jwt")


def proves(caller: Caller, client_id: str, secret: str, alg: str = "HS256") -> bool:
    """Whether a client gets a token by an assertion with this secret."""
    assertion = hmac_assertion(assertion_claims(caller, client_id), secret, alg=alg)
    return present(caller, assertion).status == 200


def test_its_secret_works_is_shown_once_and_is_kept_encrypted(
    run: Run, tenant: Tenant, caller: Caller, aws: OperatorsAws
) -> None:
    made = run(*BY_HMAC, "--json").json
    client_id, secret = made["client_id"], made["client_secret"]
    assert proves(caller, client_id, secret)
    shown = run("clients", "show", client_id).out + run("clients", "list", "--limit", "0", "--json").out
    assert secret not in shown + str(tenant.table("Clients").items()) + str(aws.events)
    item = tenant.table("Clients").at(id=f"client#{client_id}")
    assert item is not None
    (kept,) = item["client_secret_ciphertexts"]
    assert kept not in shown
    assert "EncryptClientSecretsAndTheSalt" in aws.used


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_every_algorithm_can_do_with_the_secret_it_is_given(run: Run, caller: Caller, alg: str) -> None:
    made = run(*BY_HMAC, "--assertion-alg", alg, "--json").json
    assert made["token_endpoint_auth_signing_alg"] == alg
    assert proves(caller, made["client_id"], made["client_secret"], alg)


def test_two_secrets_live_while_one_replaces_the_other(run: Run, caller: Caller) -> None:
    made = run(*BY_HMAC, "--json").json
    client_id, first = made["client_id"], made["client_secret"]
    second = run("clients", "rotate-secret", client_id, "--keep-former", "7d", "--json").json["client_secret"]
    assert proves(caller, client_id, first)
    assert proves(caller, client_id, second)
    assert run("clients", "end-former-secret", client_id, "--json").json["secrets"] == 1
    third = run("clients", "rotate-secret", client_id, "--keep-former", "0", "--json").json
    assert third["secrets"] == 1
    assert proves(caller, client_id, third["client_secret"])


def test_who_comes_to_the_method_is_given_a_secret_and_who_leaves_it_keeps_the_hash(
    run: Run, caller: Caller, tenant: Tenant
) -> None:
    made = run(*CREATE, "client_secret_basic", "--json").json
    client_id = made["client_id"]
    come = run("clients", "update", client_id, "--auth-method", "client_secret_jwt", "--json").json
    assert come["client_secret"] != made["client_secret"]
    assert proves(caller, client_id, come["client_secret"])
    left = run("clients", "update", client_id, "--auth-method", "client_secret_basic", "--json").json
    assert "client_secret" not in left
    item = tenant.table("Clients").at(id=f"client#{client_id}")
    assert item is not None
    assert not item.get("client_secret_ciphertexts")
    form = {"grant_type": "client_credentials"}
    assert caller.post("/token", form, auth=(client_id, come["client_secret"])).status == 200


def test_an_export_is_without_the_secret_and_an_import_brings_it_back(
    run: Run, caller: Caller, tmp_path: Path
) -> None:
    made = run(*BY_HMAC, "--json").json
    client_id, secret = made["client_id"], made["client_secret"]
    text = run("export", "-").out
    assert secret not in text
    # Of what other tests left there, none is to be had back.
    kept = [line for line in text.splitlines() if "keyturn_export" in line or f'"{client_id}"' in line]
    file = tmp_path / "one.jsonl"
    last = '{"end":{"resource_server":0,"client":1,"user":0}}'
    file.write_text("\n".join([*kept, last]), encoding="utf-8")
    run("clients", "delete", client_id, "--yes")
    imported = run("import", str(file), "--yes").said
    assert "another" not in imported.lower()
    assert proves(caller, client_id, secret)
    assert "is as the file says" in run("import", str(file), "--yes").said


def test_an_import_says_whose_secrets_another_tenants_key_encrypted(
    run: Run, caller: Caller, tmp_path: Path
) -> None:
    made = run(*BY_HMAC, "--json").json
    client_id = made["client_id"]
    text = run("export", "-").out
    run("clients", "delete", client_id, "--yes")
    lines = [line for line in text.splitlines() if f'"{client_id}"' in line]
    file = tmp_path / "other.jsonl"
    first = (
        '{"keyturn_export":{"format":1,"issuer":"https://other.example","secrets_key":"arn:aws:kms:other"}}'
    )
    last = '{"end":{"resource_server":0,"client":1,"user":0}}'
    file.write_text("\n".join([first, *lines, last]), encoding="utf-8")
    assert f"the secrets of {client_id}" in run("import", str(file), "--dry-run").said
    assert run("import", str(file), "--dry-run", "--json").json["unreadable_secrets"] == [client_id]
    assert "rotate-secret" in run("import", str(file), "--yes").said
    given = run("clients", "rotate-secret", client_id, "--json").json["client_secret"]
    assert proves(caller, client_id, given)


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ('"client_secret_ciphertexts":[]', "encrypted"),
        ('"client_secret_ciphertexts":["no base64!"]', "base64"),
        ('"client_secret_ciphertexts":["YQ==","Yg=="]', "encrypted"),
        (
            '"client_secret_ciphertexts":["YQ=="],"token_endpoint_auth_method":"client_secret_basic"',
            "makes HMACs",
        ),
    ],
)
def test_a_client_whose_secrets_do_not_agree_is_not_imported(
    run: Run, tmp_path: Path, members: str, word: str
) -> None:
    file = tmp_path / "broken.jsonl"
    client = (
        '{"client":{"client_id":"broken","client_name":"A","token_endpoint_auth_method":"client_secret_jwt",'
        f'"grant_types":["client_credentials"],"client_secret_hashes":["{"a" * 64}"],{members}}}}}'
    )
    first, last = '{"keyturn_export":{"format":1}}', '{"end":{"resource_server":0,"client":1,"user":0}}'
    file.write_text(f"{first}\n{client}\n{last}", encoding="utf-8")
    assert word in run("import", str(file), "--yes", code=1).said


def test_a_stack_from_before_there_was_a_key_says_so(run: Run, aws: OperatorsAws) -> None:
    aws.has_secrets_key = False
    assert "no key for secrets yet" in run(*BY_HMAC, code=1).said
    assert run(*CREATE, "client_secret_basic", "--json").json["client_secret"]


def test_who_may_not_encrypt_is_told_so(run: Run, aws: OperatorsAws) -> None:
    aws.denied.add("Encrypt")
    assert "may not do that" in run(*BY_HMAC, code=1).said
