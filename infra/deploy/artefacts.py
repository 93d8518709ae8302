"""What is deployed: the package as it was built and as it is uploaded, under the hash of its content."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from infra.deploy.aws import Aws, said_plainly
from infra.deploy.bucket import folder, is_missing
from infra.deploy.deploy_error import DeployError
from infra.expand import Template
from infra.package_manifest import Manifest, ManifestError, read_manifest

ZIP, TEMPLATE = "deployment.zip", "expanded.yaml"
_FUNCTION = "AWS::Lambda::Function"
# Ten times as fast, where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


def upload(aws: Aws, bucket: str, stack: str, content: bytes, suffix: str) -> str:
    """Uploads under the content's hash what is not there yet, and answers the key. Raises DeployError."""
    key = f"{folder(stack)}{hashlib.sha256(content).hexdigest()}{suffix}"
    with said_plainly():
        try:
            aws.s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=aws.account)
        except ClientError as error:
            if not is_missing(error):
                raise
            aws.s3.put_object(Bucket=bucket, Key=key, Body=content, ExpectedBucketOwner=aws.account)
    return key


def upload_template(aws: Aws, bucket: str, stack: str, template: Template) -> str:
    """Uploads a template and answers its key. Raises DeployError."""
    return upload(aws, bucket, stack, _text(template), ".json")


def url_of(aws: Aws, bucket: str, key: str) -> str:
    """Where CloudFormation reads an object."""
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


def _text(template: Template) -> bytes:
    # Indented: somebody reads it in the console, and a template in S3 may have a megabyte.
    return json.dumps(template, indent=1).encode()
