"""python -m infra.admin trusted-issuers, and what clients and resource servers say of exchanging tokens."""

import json
from pathlib import Path

from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.stores.fresh import name
from tests.support.client_key import client_key
from tests.support.security_events import assert_valid


def test_an_issuer_is_trusted_changed_and_no_longer_trusted(
    run: Run, aws: OperatorsAws, tmp_path: Path
) -> None:
    issuer = f"https://{name().lower()}.example"
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [client_key().jwk()]}))
    run(
        *("trusted-issuers", "create", issuer, "--name", "Acme", "--jwks", str(keys)),
        *("--client", "app", "--scope", "a:read a:write", "--max-lifetime", "2m"),
    )
    shown = run("trusted-issuers", "show", issuer)
    for words in (issuer, "Acme", "a JWK set", "a:read", "120"):
        assert words in shown.out
    after = run(
        *("trusted-issuers", "update", issuer, "--jwks-uri", issuer + "/jwks", "--id-jag", "--json")
    ).json
    assert (after["jwks_uri"], after["id_jag"], "jwks" in after) == (issuer + "/jwks", True, False)
    assert "Nothing changes" in run("trusted-issuers", "update", issuer, "--id-jag").out
    assert issuer in run("trusted-issuers", "list", "--limit", "0").out
    file = tmp_path / "export"
    run("export", str(file))
    first, *lines = file.read_text().splitlines()
    (own,) = [line for line in lines if issuer in line]
    # Of this tenant's records this one alone, and counted by itself as older exports do.
    file.write_text(f'{first}\n{own}\n{{"end": {{"trusted_issuer": 1}}}}\n')
    run("trusted-issuers", "delete", issuer, typed="no\n", code=1)
    run("trusted-issuers", "delete", issuer, "--yes")
    assert "There is no trusted issuer" in run("trusted-issuers", "show", issuer, code=1).said
    run("import", str(file), "--yes")
    assert run("trusted-issuers", "show", issuer, "--json").json["id_jag"] is True
    run("import", str(file), "--yes")
    run("trusted-issuers", "delete", issuer, "--yes")
    types = [event["type"] for event in aws.events if event.get("trusted_issuer") == issuer]
    assert types == [
        f"trusted_issuer_{what}" for what in ("created", "changed", "deleted", "created", "deleted")
    ]
    for event in aws.events:
        assert_valid(event)


def test_a_wrong_one_is_refused(run: Run) -> None:
    assert "one of both" in run("trusted-issuers", "create", "https://a.example", "--name", "A", code=1).err
    create = ("trusted-issuers", "create", "https://a.example", "--jwks-uri", "https://a.example/jwks")
    assert "issuer_name" in run(*create, code=1).err
    run(*create, "--name", "A")
    assert "trusted already" in run(*create, "--name", "A", code=1).err
    run("trusted-issuers", "delete", "https://a.example", "--yes")


def test_both_sides_say_who_exchanges_tokens(run: Run) -> None:
    resource = f"https://{name().lower()}.example/"
    create = ("clients", "create", "api", "--name", "A", "--exchange-audience", resource)
    more = ("--exchange-subject-audience", "urn:a", "--impersonation")
    client = run(*create, *more, "--json").json
    assert client["exchange_audiences"] == [resource]
    assert (client["exchange_subject_audiences"], client["impersonation"]) == (["urn:a"], True)
    run("resource-servers", "create", resource, "--name", "B", "--scope", "b:read=Read")
    asked = ("resource-servers", "update", resource, "--exchange-client", client["client_id"])
    after = run(*asked, "--exchange-scope", "b:read=a:read a:all", "--json").json
    assert after["exchange_clients"] == [client["client_id"]]
    assert after["exchange_scopes"] == {"b:read": ["a:read", "a:all"]}
    assert "b:read" in run("resource-servers", "show", resource).out
    assert "none of its scopes" in run(*asked, "--exchange-scope", "x=y", code=1).err
