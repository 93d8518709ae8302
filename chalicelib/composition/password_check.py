"""The check of a login name and a password over the stack's tables, the same wherever one is given."""

import os

from chalicelib.accounts.password import SALT_BYTES
from chalicelib.accounts.password_check import PasswordCheck
from chalicelib.accounts.user import Users
from chalicelib.aws.at_once import both
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.users import PasswordStore
from chalicelib.gateway.environment import required


def password_check(users: Users) -> PasswordCheck:
    """Made once an instance."""
    return PasswordCheck(
        users=users,
        passwords=PasswordStore(required("USERS_TABLE")),
        attempts=AttemptStore(required("REQUESTS_TABLE")),
        salt=lambda: os.urandom(SALT_BYTES),
        both=both,
    )
