"""AWS Signature Version 4 of what this server sends: a POST of JSON, to a service's root with an
X-Amz-Target, or to a path without one.
"""

import hashlib
import hmac
from functools import lru_cache

from chalicelib.record import Record, field

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(Record):
    """Keys of AWS; `expires` in seconds since the epoch, None for those that don't say."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires: float | None = None


def signed_headers(
    body: bytes,
    *,
    host: str,
    service: str,
    region: str,
    target: str | None,
    content_type: str,
    credentials: Credentials,
    timestamp: str,
    path: str = "/",
    invocation_type: str | None = None,
) -> dict[str, str]:
    """The headers of a signed request.

    `target` is the X-Amz-Target, `timestamp` the time as 20260102T030405Z, `path` as it is sent,
    percent-encoded, `invocation_type` the X-Amz-Invocation-Type of Lambda's Invoke. All headers but those
    HTTP adds by itself are signed, in the order AWS asks for.
    """
    headers = {
        "Content-Type": content_type,
        "Host": host,
        "X-Amz-Date": timestamp,
    }
    names = "content-type;host;x-amz-date"
    more = ""
    if invocation_type:
        headers["X-Amz-Invocation-Type"] = invocation_type
        names = "content-type;host;x-amz-date;x-amz-invocation-type"
        more = f"x-amz-invocation-type:{invocation_type}\n"
    if credentials.token:
        headers["X-Amz-Security-Token"] = credentials.token
        names += ";x-amz-security-token"
        more += f"x-amz-security-token:{credentials.token}\n"
    if target:
        headers["X-Amz-Target"] = target
        names += ";x-amz-target"
        more += f"x-amz-target:{target}\n"
    # What a path has encoded is encoded once more, for all services but S3.
    canonical = (
        f"POST\n{path.replace('%', '%25')}\n\ncontent-type:{content_type}\nhost:{host}\n"
        f"x-amz-date:{timestamp}\n{more}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    )
    date = timestamp[:8]
    scope = f"{date}/{region}/{service}/aws4_request"
    to_sign = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = _signing_key(credentials.secret_access_key, date, region, service)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["Authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key_id}/{scope}, SignedHeaders={names},"
        f" Signature={signature}"
    )
    return headers


@lru_cache(maxsize=8)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """Four HMACs that are the same for a day."""
    key = b"AWS4" + secret.encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
