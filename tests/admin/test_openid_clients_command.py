"""OpenID Connect's members of a client, from the command line."""

import os
from typing import Any

from chalicelib.aws.pairwise_salt import PairwiseSalt
from chalicelib.protocol.subject import SALT_BYTES
from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.support.tenant import Tenant
from tests.support.unmade_salt import unmade_salt

CREATE = ("clients", "create", "web", "--name", "Notes", "--redirect-uri", "https://a.example/cb", "--json")
OPTIONS: dict[tuple[str, ...], dict[str, Any]] = {
    ("--response-type", "code", "--response-type", "none"): {"response_types": ["code", "none"]},
    ("--id-token-alg", "HS256"): {"id_token_signed_response_alg": "HS256"},
    ("--userinfo-alg", "ES256"): {"userinfo_signed_response_alg": "ES256"},
    ("--request-object-alg", "none"): {"request_object_signing_alg": "none"},
    ("--request-uri", "https://a.example/r"): {"request_uris": ["https://a.example/r"]},
    ("--sector-identifier-uri", "https://a.example/s"): {"sector_identifier_uri": "https://a.example/s"},
    ("--default-max-age", "1h", "--require-auth-time"): {"default_max_age": 3_600, "require_auth_time": True},
    ("--default-acr-value", "b", "--default-acr-value", "a"): {"default_acr_values": ["b", "a"]},
    ("--initiate-login-uri", "https://a.example/in"): {"initiate_login_uri": "https://a.example/in"},
    ("--backchannel-logout-uri", "https://a.example/out", "--backchannel-logout-session"): {
        "backchannel_logout_uri": "https://a.example/out",
        "backchannel_logout_session_required": True,
    },
    ("--frontchannel-logout-uri", "https://a.example/out", "--frontchannel-logout-session"): {
        "frontchannel_logout_uri": "https://a.example/out",
        "frontchannel_logout_session_required": True,
    },
}


def test_every_option_sets_its_member_and_unset_takes_it_back(run: Run) -> None:
    client_id = run(*CREATE).json["client_id"]
    plain = run("clients", "show", client_id, "--json").json
    for options, members in OPTIONS.items():
        changed = run("clients", "update", client_id, *options, "--json").json
        assert changed.items() >= members.items(), options
        unset = [word for name in members for word in ("--unset", name)]
        back = run("clients", "update", client_id, *unset, "--json").json
        assert {**back, "updated_at": 0} == {**plain, "updated_at": 0}, options


def test_what_is_as_by_default_is_not_kept(run: Run, tenant: Tenant) -> None:
    client_id = run(*CREATE).json["client_id"]
    item = tenant.table("Clients").find(id=f"client#{client_id}")
    assert item.keys() == {
        "id", "client_id", "client_name", "token_endpoint_auth_method", "client_id_issued_at",
        "client_secret_hashes", "redirect_uris", "grant_types", "revision", "updated_at",
    }  # fmt: skip


def test_the_first_client_of_pairwise_subjects_brings_the_salt_which_its_operator_can_not_read(
    run: Run, aws: OperatorsAws
) -> None:
    with unmade_salt():
        run(*CREATE, "--subject-type", "pairwise")
        salt = PairwiseSalt(os.environ["CLIENTS_TABLE"], os.environ["SECRETS_KEY"])
        assert len(salt.read()) == SALT_BYTES
        assert "EncryptClientSecretsAndTheSalt" in aws.used
