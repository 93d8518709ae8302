"""An operator: administers people on this run's tables, in an environment where boto3 finds a fake."""

import os
import secrets
from pathlib import Path

from chalicelib.accounts.password import SALT_BYTES
from chalicelib.administration.users import UserAdministration
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.logins import LoginStore
from chalicelib.aws.logout_notices import LogoutEvents
from chalicelib.aws.registries import UserRegistry
from tests.stores.fresh import table


def people() -> UserAdministration:
    """What the command line does to people, without waiting for an index."""
    return UserAdministration(
        users=UserRegistry(table("Users")),
        logins=LoginStore(table("Users")),
        grants=GrantStore(table("Grants")),
        random=secrets.token_urlsafe,
        salt=lambda: secrets.token_bytes(SALT_BYTES),
        settle=lambda: None,
        notices=LogoutEvents(os.environ["BACKCHANNEL_LOGOUT_FUNCTION"]),
    )


def variables_of_aws(url: str, region: str, nowhere: Path) -> dict[str, str]:
    """The variables by which boto3 asks `url` and nothing of this machine; `nowhere` is not there."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": str(nowhere),
        "AWS_SHARED_CREDENTIALS_FILE": str(nowhere),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
