"""Documents that anybody may have written are read by a function that reaches no other table."""

from tests.stack.statement import Statement, who
from tests.stack.test_roles import WRITES


def test_what_fetches_documents_reaches_its_own_table_alone_and_nobody_else_writes_there(
    statements: list[Statement],
) -> None:
    own = "ClientMetadataDocument"
    reached = {name for one in statements if one.function == own for name in one.resources}
    assert reached == {"Documents", f"{own}Log"}
    for action in WRITES:
        assert who(statements, action, "Documents", "document#one") <= {own}
        assert who(statements, action, "Documents", "fetches#one") <= {own}
    assert who(statements, "lambda:InvokeFunction", own) == {"Authorization", "DeviceAuthorization", "Token"}
