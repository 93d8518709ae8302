"""What the functions may do that authenticate clients: decrypt secrets, and count who fails."""

from tests.stack.statement import SECRETS_KEY, Statement, who

ENCRYPTION = {"kms:Decrypt", "kms:Encrypt"}
WRITES = {f"dynamodb:{verb}Item" for verb in ("Put", "Update", "Delete")}
REGISTERING = {"ClientConfiguration", "CustomResources", "Registration"}
AUTHENTICATING = {"DeviceAuthorization", "Introspection", "Revocation", "Token"}
# What a client signed may be an authorization request as well.
VERIFYING = AUTHENTICATING | {"Authorization"}
# What is made for a client can be so with its secret, or encrypted to a key that is fetched; an ID token by
# its secret can come back as a hint.
SEALING = {"BackchannelLogout", "Userinfo"}
HINTED = {"EndSession"}
# Whose tokens, answers and hints name people.
NAMING = {"Authorization", "BackchannelLogout", "EndSession", "Introspection", "Token", "Userinfo"}


def test_who_authenticates_clients_decrypts_their_secrets_and_who_registers_them_encrypts(
    statements: list[Statement],
) -> None:
    assert who(statements, "kms:Decrypt", SECRETS_KEY, "client_secret") == VERIFYING | SEALING | HINTED
    assert who(statements, "kms:Encrypt", SECRETS_KEY, "client_secret") == REGISTERING
    used = [one for one in statements if SECRETS_KEY in one.resources]
    # For nothing else but the salt of pairwise subjects, and nobody does both.
    assert {one.leading_keys for one in used} == {("client_secret",), ("pairwise_salt",)}
    assert all(len(one.actions) == 1 and one.actions <= ENCRYPTION for one in used)
    assert not who(statements, "kms:Decrypt", SECRETS_KEY, "another purpose")


def test_who_names_people_decrypts_the_salt_and_who_registers_clients_makes_it(
    statements: list[Statement],
) -> None:
    assert who(statements, "kms:Decrypt", SECRETS_KEY, "pairwise_salt") == NAMING
    assert who(statements, "kms:Encrypt", SECRETS_KEY, "pairwise_salt") == REGISTERING
    assert who(statements, "dynamodb:GetItem", "Clients", "pairwise_salt#current") == NAMING | REGISTERING
    for action in WRITES:
        writers = who(statements, action, "Clients", "pairwise_salt#current")
        assert writers == (REGISTERING if action == "dynamodb:PutItem" else set())


def test_who_authenticates_clients_counts_failures_and_takes_none_back(statements: list[Statement]) -> None:
    for action in WRITES:
        counting = who(statements, action, "Requests", "client_attempts#one")
        counts = VERIFYING | SEALING
        assert counting == (counts if action == "dynamodb:UpdateItem" else set())
