"""The bucket of artefacts: the zip and the templates, each under the hash of its content.

What is there is never written twice, so a stack can always be put back to a release it ran before.
"""

import hashlib
import json
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from infra.deploy.aws import Aws, said_plainly
from infra.deploy.deploy_error import DeployError
from infra.expand import Template
from infra.package_manifest import Manifest, ManifestError, read_manifest

ZIP, TEMPLATE = "deployment.zip", "expanded.yaml"
_FUNCTION = "AWS::Lambda::Function"
# Ten times as fast, where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Package:
    """What `make package` built: the template as CloudFormation will run it, the zip, what it is for."""

    template: Template
    archive: bytes
    manifest: Manifest

    @property
    def release(self) -> str:
        """Names the content: 12 digits of the hash of both."""
        return hashlib.sha256(hashlib.sha256(self.archive).digest() + _text(self.template)).hexdigest()[:12]


def read_package(directory: Path) -> Package:
    """A package from the directory it was built in. Raises DeployError."""
    try:
        template = yaml.load((directory / TEMPLATE).read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe one
        archive = (directory / ZIP).read_bytes()
        return Package(template, archive, read_manifest(directory, archive))
    except FileNotFoundError as error:
        raise DeployError(f"There is no {error.filename}. Run make package first.") from None
    except ManifestError as error:
        raise DeployError(f"{error} Run make package again.") from None


def ensure_bucket(aws: Aws, given: str | None) -> str:
    """The bucket to upload to; without one given, the account's own, made where it is missing.

    Raises DeployError, also where the bucket is another account's.
    """
    bucket = given or f"keyturn-artefacts-{aws.account}-{aws.region}"
    with said_plainly():
        try:
            aws.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=aws.account)
        except ClientError as error:
            missing = _is_missing(error)
            if given or not missing:
                why = "does not exist" if missing else f"is not account {aws.account}'s, or not yours to use"
                raise DeployError(f"The bucket {bucket} {why}. Name another: BUCKET=...") from None
        else:
            return bucket
        _make_bucket(aws, bucket)
    return bucket


def upload(aws: Aws, bucket: str, content: bytes, suffix: str) -> str:
    """Uploads under the content's hash what is not there yet, and answers the key. Raises DeployError."""
    key = f"keyturn/{hashlib.sha256(content).hexdigest()}{suffix}"
    with said_plainly():
        try:
            aws.s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=aws.account)
        except ClientError as error:
            if not _is_missing(error):
                raise
            aws.s3.put_object(Bucket=bucket, Key=key, Body=content, ExpectedBucketOwner=aws.account)
    return key


def upload_template(aws: Aws, bucket: str, template: Template) -> str:
    """Uploads a template and answers the URL CloudFormation reads it at. Raises DeployError."""
    key = upload(aws, bucket, _text(template), ".json")
    suffix = "amazonaws.com.cn" if aws.partition == "aws-cn" else "amazonaws.com"
    return f"https://{bucket}.s3.{aws.region}.{suffix}/{key}"


def with_archive(template: Template, bucket: str, key: str) -> Template:
    """The template with every function's code at an uploaded zip."""
    resources: dict[str, Any] = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] == _FUNCTION:
            code = {"S3Bucket": bucket, "S3Key": key}
            resources[name] = {**resource, "Properties": {**resource["Properties"], "Code": code}}
        else:
            resources[name] = resource
    return {**template, "Resources": resources}


def _make_bucket(aws: Aws, bucket: str) -> None:
    where = {"LocationConstraint": aws.region}
    extra = {} if aws.region == _DEFAULT_REGION else {"CreateBucketConfiguration": where}
    aws.s3.create_bucket(Bucket=bucket, **extra)
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    aws.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(flags, True))
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
    aws.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(only_tls))


def _is_missing(error: ClientError) -> bool:
    return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND)


def _text(template: Template) -> bytes:
    # Indented: somebody reads it in the console, and a template in S3 may have a megabyte.
    return json.dumps(template, indent=1).encode()
