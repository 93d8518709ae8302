"""A service's own error, and what may help against it."""

from collections.abc import Mapping
from typing import Any

from chalicelib.aws.signature import Credentials

# What can be waited out. Anything else is a fault of ours: a missing permission, a wrong name.
TRANSIENT = frozenset(
    {
        "BandwidthLimitExceeded",
        "DependencyTimeoutException",
        "InternalFailure",
        "InternalServerError",
        "KMSInternalException",
        "KeyUnavailableException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
CONDITION_FAILED = "ConditionalCheckFailedException"
TOO_MANY_REQUESTS = 429
SERVER_FAULT = 500

EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)
SKEWED = frozenset(
    {
        "InvalidSignatureException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)


class Refusal(Exception):
    """An answer that is an error: its code, HTTP status and members (Item of a failed condition).

    `date` is the time by the service's clock as it tells it, `credentials` are those it was asked with.
    """

    def __init__(
        self, status: int, members: Mapping[str, Any], *, date: str | None, credentials: Credentials
    ) -> None:
        # "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", or with a URL after a colon.
        code = str(members.get("__type") or status)
        self.code = code.partition(":")[0].rpartition("#")[2]
        super().__init__(f"{self.code}, {status}")
        self.status = status
        self.members = members
        self.date = date
        self.credentials = credentials

    @property
    def throttled(self) -> bool:
        """Whether more was asked of the service than it lets one account ask."""
        return self.code in THROTTLED or self.status == TOO_MANY_REQUESTS

    @property
    def transient(self) -> bool:
        """Whether waiting may help: throttled, or a fault of the service's."""
        return self.code in TRANSIENT or self.status == TOO_MANY_REQUESTS or self.status >= SERVER_FAULT
