"""The bucket of artefacts: closed, encrypted, TLS only, versioned, and kept tidy.

Each stack has a folder of its own there. What its newest deployment uses is what an update that fails is
rolled back to, however old it is: so no age makes it go. What it no longer uses is deleted after every
deployment, and the bucket keeps what was deleted for as long as CloudFormation remembers a stack.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.aws import Aws, said_plainly
from infra.deploy.deploy_error import DeployError

KEPT_DAYS = 90
_ABANDONED_DAYS = 7
_DEFAULT_REGION = "us-east-1"
_NO_LIFECYCLE = "NoSuchLifecycleConfiguration"


@dataclass(frozen=True, slots=True)
class Bucket:
    """`ours` is the one this command makes; any other's settings and tidiness are its owner's."""

    name: str
    ours: bool


def folder(stack: str) -> str:
    """Where a stack's objects are."""
    return f"keyturn/{stack}/"


def own_bucket(aws: Aws) -> str:
    """The name of the account's own bucket of artefacts in this region."""
    return f"keyturn-artefacts-{aws.account}-{aws.region}"


def ensure_bucket(aws: Aws, given: str | None) -> Bucket:
    """The bucket to upload to; without one given, the account's own, made where it is missing.

    Raises DeployError, also where the bucket is another account's.
    """
    bucket = Bucket(given or own_bucket(aws), ours=not given)
    with said_plainly():
        try:
            aws.s3.head_bucket(Bucket=bucket.name, ExpectedBucketOwner=aws.account)
        except ClientError as error:
            missing = is_missing(error)
            if given or not missing:
                why = "does not exist" if missing else f"is not account {aws.account}'s, or not yours to use"
                raise DeployError(f"The bucket {bucket.name} {why}. Name another: BUCKET=...") from None
            where = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
            aws.s3.create_bucket(Bucket=bucket.name, **({} if aws.region == _DEFAULT_REGION else where))
        if bucket.ours and not _is_set(aws, bucket.name):
            _set(aws, bucket.name)
    return bucket


def tidy(aws: Aws, bucket: Bucket, stack: str, used: Collection[str]) -> int:
    """Deletes a stack's objects but those used, and answers how many; only in a bucket of ours.

    Raises DeployError.
    """
    if not bucket.ours:
        return 0
    with said_plainly():
        pages = aws.s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket.name, Prefix=folder(stack), ExpectedBucketOwner=aws.account
        )
        unused = [one["Key"] for page in pages for one in page.get("Contents", []) if one["Key"] not in used]
        for key in unused:
            aws.s3.delete_object(Bucket=bucket.name, Key=key, ExpectedBucketOwner=aws.account)
    return len(unused)


def is_missing(error: ClientError) -> bool:
    """Whether S3 says that there is no such thing."""
    return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND)


def _is_set(aws: Aws, bucket: str) -> bool:
    """Whether all settings were made: the lifecycle is the last of them."""
    try:
        aws.s3.get_bucket_lifecycle_configuration(Bucket=bucket, ExpectedBucketOwner=aws.account)
    except ClientError as error:
        if error.response["Error"]["Code"] == _NO_LIFECYCLE:
            return False
        raise
    return True


def _set(aws: Aws, bucket: str) -> None:
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    only_tls = {
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:{aws.partition}:s3:::{bucket}", f"arn:{aws.partition}:s3:::{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    }
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    whose: dict[str, Any] = {"Bucket": bucket, "ExpectedBucketOwner": aws.account}
    aws.s3.put_public_access_block(**whose, PublicAccessBlockConfiguration=dict.fromkeys(flags, True))
    aws.s3.put_bucket_policy(**whose, Policy=json.dumps(only_tls))
    aws.s3.put_bucket_encryption(**whose, ServerSideEncryptionConfiguration=encryption)
    aws.s3.put_bucket_versioning(**whose, VersioningConfiguration={"Status": "Enabled"})
    aws.s3.put_bucket_lifecycle_configuration(**whose, LifecycleConfiguration=_lifecycle())


def _lifecycle() -> dict[str, Any]:
    """What was deleted goes for good after a time. Nothing that is there goes by its age."""
    return {
        "Rules": [
            {
                "ID": "keyturn-deleted",
                "Status": "Enabled",
                "Filter": {"Prefix": "keyturn/"},
                "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT_DAYS},
                "Expiration": {"ExpiredObjectDeleteMarker": True},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABANDONED_DAYS},
            }
        ]
    }
