"""What the password grant needs, over the stack's tables."""

from functools import cache

from chalicelib.aws.assertion_grants import AssertionGrantStore
from chalicelib.aws.at_once import at_once
from chalicelib.aws.users import UserStore
from chalicelib.composition.password_check import password_check
from chalicelib.gateway.environment import required
from chalicelib.protocol.grants.password import PasswordPorts


@cache
def password_ports() -> PasswordPorts:
    """Made once an instance."""
    return PasswordPorts(
        check=password_check(UserStore(required("USERS_TABLE"))),
        grants=AssertionGrantStore(required("GRANTS_TABLE")),
        all_at_once=lambda writes: at_once(lambda write: write(), writes),
    )
