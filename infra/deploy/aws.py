"""The three services that deploying asks: CloudFormation, S3 and STS."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from infra.deploy.deploy_error import DeployError

# CloudFormation throttles its describing calls early, and following a stack is made of them.
_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10}, connect_timeout=10, read_timeout=60)
_SIGN_IN_AGAIN = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId"}
_NOT_ALLOWED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


@dataclass(frozen=True, slots=True)
class Aws:
    """The clients, and whose account they act in."""

    cloudformation: Any
    s3: Any
    account: str
    region: str
    partition: str


def connect(*, region: str | None, profile: str | None) -> Aws:
    """Clients by the usual chain of credentials. Raises DeployError where there are none."""
    with said_plainly():
        session = Session(profile_name=profile, region_name=region)
        if not session.region_name:
            raise DeployError("No region. Name one: REGION=eu-central-1.")
        identity = session.client("sts", config=_CONFIG).get_caller_identity()
        return Aws(
            cloudformation=session.client("cloudformation", config=_CONFIG),
            s3=session.client("s3", config=_CONFIG),
            account=identity["Account"],
            region=session.region_name,
            partition=identity["Arn"].split(":")[1],
        )


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Turns what botocore raises into a DeployError that says what to do."""
    try:
        yield
    except ProfileNotFound as error:
        raise DeployError(f"{error}. `aws configure list-profiles` shows which there are.") from None
    except (NoCredentialsError, PartialCredentialsError):
        raise DeployError(
            "No AWS credentials. Sign in (`aws sso login`), or name a profile: PROFILE=..."
        ) from None
    except NoRegionError:
        raise DeployError("No region. Name one: REGION=eu-central-1.") from None
    except EndpointConnectionError as error:
        raise DeployError(f"{error} Is the region right, and is there a network?") from None
    except ClientError as error:
        raise DeployError(_explained(error)) from None
    except BotoCoreError as error:
        raise DeployError(str(error)) from None


def _explained(error: ClientError) -> str:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in _SIGN_IN_AGAIN:
        return f"AWS no longer takes these credentials ({code}). Sign in again."
    if code in _NOT_ALLOWED:
        return f"These credentials may not do that: {message} docs/deploy.md lists what deploying needs."
    return f"AWS refuses {error.operation_name}: {message or code}"
