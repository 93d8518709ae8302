"""Counting what reaches DynamoDB, KMS and Lambda: on the wire, so that whatever client sends it is counted,
each of its retries too.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse, LoopbackServer
from infra.local.stack import LocalStack

_SERVICES = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms"}


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one request. GetPublicKey is made once an instance and Decrypt once a minute, so theirs are
    counted apart.
    """

    dynamodb: int = 0
    kms_sign: int = 0
    kms_get_public_key: int = 0
    kms_encrypt: int = 0
    kms_decrypt: int = 0
    invocations: int = 0
    other: int = 0

    @classmethod
    def of(cls, operations: Mapping[str, int]) -> "Calls":
        """Out of operations counted by service and name, such as `dynamodb.UpdateItem`."""
        dynamodb = sum(count for name, count in operations.items() if name.startswith("dynamodb."))
        sign = operations.get("kms.Sign", 0)
        get_public_key = operations.get("kms.GetPublicKey", 0)
        encrypt, decrypt = operations.get("kms.Encrypt", 0), operations.get("kms.Decrypt", 0)
        invocations = operations.get("lambda.Invoke", 0)
        told = (dynamodb, sign, get_public_key, encrypt, decrypt, invocations)
        return cls(*told, other=sum(operations.values()) - sum(told))

    def within(self, budget: "Calls") -> bool:
        """Whether no call is one too many."""
        return (
            self.dynamodb <= budget.dynamodb
            and self.kms_sign <= budget.kms_sign
            and self.kms_get_public_key <= budget.kms_get_public_key
            and self.kms_encrypt <= budget.kms_encrypt
            and self.kms_decrypt <= budget.kms_decrypt
            and self.invocations <= budget.invocations
            and self.other <= budget.other
        )


class Tap:
    """Counts every operation asked of a stack's embedded services from when it is attached."""

    def __init__(self) -> None:
        self._operations: Counter[str] = Counter()
        self._lock = threading.Lock()

    def attach(self, stack: LocalStack) -> "Tap":
        """To a stack that was started with its own services."""
        for server in (stack._dynamodb_server, stack._kms_server, stack._lambda_server):
            assert isinstance(server, LoopbackServer)
            for listener in server._listeners:
                listener.application = self._counted(listener.application)
        return self

    def take(self) -> dict[str, int]:
        """The operations since they were last taken."""
        with self._lock:
            taken = dict(self._operations)
            self._operations.clear()
        return taken

    def _counted(self, application: Application) -> Application:
        def answer(request: HttpRequest) -> HttpResponse:
            # Lambda has no such header: its operations are named by their paths, and only Invoke is used.
            target = request.header("x-amz-target") or "lambda.Invoke"
            service, _, operation = target.partition(".")
            with self._lock:
                self._operations[f"{_SERVICES.get(service, service)}.{operation}"] += 1
            return application(request)

        return answer
