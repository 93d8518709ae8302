"""What registering clients by themselves lets functions write."""

from tests.stack.statement import Statement, who


def test_clients_are_written_by_stacks_and_by_those_that_register_themselves(
    statements: list[Statement],
) -> None:
    put = who(statements, "dynamodb:PutItem", "Clients", "client#one")
    assert put == {"CustomResources", "Registration", "ClientConfiguration"}
    deleted = who(statements, "dynamodb:DeleteItem", "Clients", "client#one")
    assert deleted == {"CustomResources", "ClientConfiguration"}


def test_token_says_of_a_client_that_it_was_used_and_nothing_else(statements: list[Statement]) -> None:
    assert who(statements, "dynamodb:UpdateItem", "Clients", "client#one") == {"Token"}
    (extends,) = (one for one in statements if one.attributes is not None)
    assert (extends.function, extends.leading_keys) == ("Token", ("client#*",))
    assert extends.attributes == ("id", "expires_at", "purge_at")
