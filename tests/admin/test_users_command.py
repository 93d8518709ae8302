"""python -m infra.admin users."""

from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.stores.fresh import name
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.security_events import assert_valid
from tests.support.tenant import Person, Tenant

PASSWORD = "a good long pass phrase"


def login() -> str:
    return f"ada{name().lower()}@example.com"


def test_a_person_made_by_a_command_signs_in(
    run: Run, tenant: Tenant, browser: Browser, caller: Caller, aws: OperatorsAws
) -> None:
    typed = login()
    made = run(
        "users", "create", typed, "--claim", "name=Ada", "--claim", "email_verified=true", "--password-stdin",
        "--json", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert made.json["claims"] == {"name": "Ada", "email": typed, "email_verified": True}
    assert PASSWORD not in made.out + made.err + str(aws.events)
    person = Person(made.json["sub"], typed, PASSWORD)
    assert ClientApp(tenant.public_client(), caller).tokens(browser, person)["access_token"]
    (event,) = aws.events
    assert_valid(event)
    assert (event["type"], event["sub"]) == ("user_created", person.sub)


def test_claims_are_typed_as_they_are_and_in_several_languages(run: Run, tenant: Tenant) -> None:
    person = tenant.person()
    given = ("birthdate=1815", "phone_number=442079460958", "nickname#de=true", "name#ja-Kana-JP=エイダ")
    typed = (*given, "phone_number_verified=false", 'address={"country":"GB"}')
    changed = run(
        "users", "update", person.sub, *(word for one in typed for word in ("--claim", one)), "--json"
    )
    claims = changed.json["claims"]
    texts = [f"{name}={claims[name]}" for name in (one.partition("=")[0] for one in given)]
    assert texts == list(given)
    assert (claims["phone_number_verified"], claims["address"]) == (False, {"country": "GB"})


def test_another_password_signs_the_person_out(
    run: Run, tenant: Tenant, browser: Browser, caller: Caller, aws: OperatorsAws
) -> None:
    person, app = tenant.person(), ClientApp(tenant.public_client(), caller)
    run("users", "rename", person.sub, person.login)
    tokens = app.tokens(browser, person)
    ended = run("users", "set-password", person.login, "--password-stdin", typed="another pass phrase\n")
    assert "1 grant revoked" in ended.said
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    # As if it were not the same second any more.
    item = tenant.table("Users").find(id=f"user#{person.sub}")
    tenant.table("Users").change(item, signed_out_at=item["signed_out_at"] - 1)
    app.tokens(browser, Person(person.sub, person.login, "another pass phrase"))
    assert aws.events[-1]["type"] == "user_password_changed"


def test_a_password_is_never_an_argument_and_needs_somebody_there(run: Run) -> None:
    assert "--password-stdin" in run("users", "create", login(), code=1).err
    weak = run("users", "create", login(), "--password-stdin", typed="short\n", code=1)
    assert "at least 12" in weak.err


def test_a_disabled_person_is_shown_so_and_can_be_enabled(run: Run, aws: OperatorsAws) -> None:
    typed = login()
    run("users", "create", typed, "--no-password")
    assert "Nothing was changed" in run("users", "disable", typed, typed="no\n", code=1).said
    run("users", "disable", typed, "--yes")
    assert "disabled" in run("users", "show", typed).out
    run("users", "enable", typed)
    assert run("users", "show", typed, "--json").json["disabled"] is False
    assert [event["type"] for event in aws.events] == ["user_created", "user_disabled", "user_enabled"]


def test_claims_are_changed_one_by_one(run: Run) -> None:
    typed = login()
    run("users", "create", typed, "--no-password", "--claim", "nickname=A", "--claim", "level=5")
    after = run("users", "update", typed, "--claim", "locale=en", "--unset", "nickname", "--json").json
    claims = {**after["claims"], "updated_at": 0}
    assert claims == {"email": typed, "level": 5, "locale": "en", "updated_at": 0}
    assert "whole number" in run("users", "update", typed, "--claim", "level=1.5", code=1).err


def test_a_deleted_person_is_gone(run: Run, tenant: Tenant) -> None:
    typed = login()
    sub = run("users", "create", typed, "--password-stdin", "--json", typed=f"{PASSWORD}\n").json["sub"]
    assert "undone" in run("users", "delete", typed, typed="yes\n").out
    assert [item for item in tenant.table("Users").items() if item.get("sub") == sub] == []
    assert "nobody" in run("users", "delete", typed, "--yes", code=1).err


def test_signing_out_everywhere_is_told(run: Run, aws: OperatorsAws) -> None:
    typed = login()
    run("users", "create", typed, "--no-password")
    assert "0 grants revoked" in run("users", "sign-out", typed).said
    assert_valid(aws.events[-1])
    assert aws.events[-1]["type"] == "logout"
