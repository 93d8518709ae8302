"""What functions may do only where a parameter switches it on."""

from typing import Any

from infra.expand import Template
from tests.stack.statement import FIRST_KEYS, LATER_KEYS, REQUEST_KEYS, Statement


def test_only_these_permissions_depend_on_a_switch(all_statements: list[Statement]) -> None:
    found = {(one.switch, one.function, one.sid) for one in all_statements if one.switch}
    assert found == {
        ("HasPasswordGrant", "Token", "CheckPasswords"),
        ("HasPasswordGrant", "Token", "CountAttempts"),
        ("HasImplicitGrant", "Authorization", "KeepOpaqueTokens"),
        ("HasImplicitGrant", "Authorization", "SignTokens"),
        ("HasImplicitGrantAndPolicyHook", "Authorization", "ReadUsersForPolicyHook"),
        ("HasRequestObjectEncryption", "Authorization", "UnwrapRequestObjects"),
        ("HasRequestObjectEncryption", "Authorization", "AgreeOnKeysOfRequestObjects"),
        ("HasRequestObjectEncryption", "Jwks", "ReadKeysForRequests"),
    }


def test_the_password_grant_lets_token_check_passwords_as_login_does(all_statements: list[Statement]) -> None:
    for sid in ("CheckPasswords", "CountAttempts"):
        token, login = (
            next(one for one in all_statements if (one.function, one.sid) == (name, sid))
            for name in ("Token", "Login")
        )
        assert (token.actions, token.resources, token.leading_keys) == (
            login.actions,
            login.resources,
            login.leading_keys,
        )


def test_the_implicit_grant_lets_authorization_sign_and_keep_opaque_tokens(
    all_statements: list[Statement],
) -> None:
    keeps, signs = [one for one in all_statements if one.switch == "HasImplicitGrant"]
    assert keeps.actions == {"dynamodb:PutItem"}
    assert keeps.leading_keys == ("access_token#*",)
    assert signs.actions == {"kms:Sign"}
    assert signs.resources == {*FIRST_KEYS, LATER_KEYS}


def test_authorization_alone_decrypts_requests_and_by_their_algorithm(
    all_statements: list[Statement],
) -> None:
    found = [one for one in all_statements if one.resources & set(REQUEST_KEYS) and one.function != "Jwks"]
    assert [(one.function, *one.actions, one.leading_keys) for one in found] == [
        ("Authorization", "kms:Decrypt", ("RSAES_OAEP_SHA_256",)),
        ("Authorization", "kms:DeriveSharedSecret", ("ECDH",)),
    ]


def test_a_switch_is_off_unless_it_is_set(expanded: Template) -> None:
    conditions: dict[str, Any] = expanded["Conditions"]
    for name in ("PasswordGrant", "ImplicitGrant", "RequestObjectEncryption"):
        parameter = expanded["Parameters"][name]
        assert (parameter["Default"], parameter["AllowedValues"]) == ("off", ["on", "off"])
        assert conditions[f"Has{name}"] == {"Fn::Equals": [{"Ref": name}, "on"]}
