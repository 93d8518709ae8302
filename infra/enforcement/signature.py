"""Who signed a request: AWS Signature Version 4, computed again by botocore and compared."""

import hashlib
import hmac
import re
import time
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass, field

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.http_request import HttpRequest

# As far as AWS lets clocks differ.
MAX_SKEW_SECONDS = 300
_ALGORITHM = "AWS4-HMAC-SHA256"
_DATE = "%Y%m%dT%H%M%SZ"
_HEADER = re.compile(
    rf"{_ALGORITHM} Credential=(?P<access_key>[\w-]+)/(?P<scope>[\w/-]+), ?"
    r"SignedHeaders=(?P<signed>[\w;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


class UnsignedError(Exception):
    """A request AWS would not take for anybody's: `name` is the error it answers with."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True)
class AccessKey:
    """The temporary credentials of a function's role, as Lambda puts them into its environment."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    function: str

    def environment(self) -> dict[str, str]:
        """The variables in which a client looks for them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


def authenticate(
    request: HttpRequest,
    keys: Mapping[str, AccessKey],
    *,
    service: str,
    region: str,
    now: float | None = None,
) -> AccessKey:
    """The access key a request is signed with, of `keys` by their ids. Raises UnsignedError.

    Everything that says what is asked for must be signed: host, every X-Amz header, the body.
    """
    authorization = request.header("authorization")
    if not authorization:
        raise UnsignedError("MissingAuthenticationTokenException", "Request is missing Authentication Token")
    match = _HEADER.fullmatch(authorization)
    date = request.header("x-amz-date") or ""
    if not match or not re.fullmatch(r"\d{8}T\d{6}Z", date):
        raise UnsignedError("IncompleteSignatureException", "Authorization header requires other parameters.")
    key = keys.get(match["access_key"])
    if key is None or not hmac.compare_digest(
        request.header("x-amz-security-token") or "", key.session_token
    ):
        raise UnsignedError(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    if match["scope"] != f"{date[:8]}/{region}/{service}/aws4_request":
        raise UnsignedError("InvalidSignatureException", "Credential should be scoped to a valid service.")
    if abs(timegm(time.strptime(date, _DATE)) - (time.time() if now is None else now)) > MAX_SKEW_SECONDS:
        raise UnsignedError("InvalidSignatureException", "Signature expired or not yet current.")
    signed = match["signed"].split(";")
    if signed != sorted(set(signed)) or not _needed(request) <= set(signed):
        raise UnsignedError("InvalidSignatureException", "A header that must be signed is not.")
    stated = request.header("x-amz-content-sha256")
    if stated not in {None, hashlib.sha256(request.body).hexdigest()}:
        raise UnsignedError("InvalidSignatureException", "The body is not the one that was signed.")
    if not hmac.compare_digest(_signature(request, key, signed, service, region), match["signature"]):
        raise UnsignedError(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
        )
    return key


def _needed(request: HttpRequest) -> set[str]:
    names = {name.lower() for name, _ in request.headers}
    return {"host", "x-amz-date"} | {name for name in names if name.startswith("x-amz-")}


def _signature(request: HttpRequest, key: AccessKey, signed: list[str], service: str, region: str) -> str:
    # Over plain HTTP botocore hashes the body, or takes the hash compared above.
    copy = AWSRequest(request.method, f"http://{request.header('host')}{request.target}", data=request.body)
    for name, value in request.headers:
        if name.lower() in signed:
            copy.headers[name] = value
    copy.context["timestamp"] = request.header("x-amz-date")
    signer = SigV4Auth(Credentials(key.access_key_id, key.secret_access_key), service, region)
    return str(signer.signature(signer.string_to_sign(copy, signer.canonical_request(copy)), copy))
