"""The three services that deploying asks: CloudFormation, S3 and STS."""

import contextlib
import os
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
from botocore.loaders import create_loader
from botocore.session import get_session

from infra.deploy.deploy_error import DeployError

# CloudFormation throttles its describing calls early, and following a stack is made of them.
_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10}, connect_timeout=10, read_timeout=60)
# What botocore knows of the services takes it 0.1 s to read: once for all tenants of a roll-out.
_MODELS = create_loader(os.environ.get("AWS_DATA_PATH"))
_SIGN_IN_AGAIN = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId"}
_NOT_ALLOWED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
# S3 does not say what was missing, and its operations are not named as what allows them.
_ALLOWED_BY = {
    "DeleteObject": "s3:DeleteObject",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject and s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}


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
        botocore_session = get_session()
        botocore_session.register_component("data_loader", _MODELS)
        session = Session(botocore_session=botocore_session, profile_name=profile, region_name=region)
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
        # Other services' messages name the action themselves.
        if "perform:" not in message:
            action = _ALLOWED_BY.get(error.operation_name, f"s3:{error.operation_name}")
            message = f"{message or code}. It needs {action}."
        return f"These credentials may not do that: {message} docs/deploy.md lists what deploying needs."
    return f"AWS refuses {error.operation_name}: {message or code}"
