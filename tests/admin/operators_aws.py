"""AWS as an operator's machine sees it: the stack's description, who asks, an event bus, and DynamoDB, of
which only what docs/admin-policy.json allows is let through to the stack's own.
"""

import io
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from chalicelib.aws import connections
from infra.enforcement.access import Access
from infra.enforcement.dynamodb_accesses import DynamoDbAccesses
from infra.enforcement.kms_accesses import KmsAccesses, key_arn
from infra.enforcement.proxy import Accesses
from infra.enforcement.role import Role, parse_key_policy
from infra.local.stack import LocalStack, _forget
from infra.local.template import ACCOUNT, REGION, STACK_NAME
from tests.admin.operators_policy import actions_of, operators_policy
from tests.deploy.fake_aws import _error, _result

OPERATOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/Administrator/ada"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/keyturn-acme-prod"


class OperatorsAws:
    """The services. `used` are the statements that allowed something; `events` what the bus got."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._accesses: dict[str, Accesses] = {
            "DynamoDB_20120810": DynamoDbAccesses(stack.template.tables),
            "TrentService": KmsAccesses(stack.template.keys, lambda _: None),
        }
        key_policies = {
            key_arn(key): parse_key_policy(json.loads(key.policy)["Statement"], key_arn(key))
            for key in stack.template.keys
        }
        self._role = Role("Operator", "the operator's policy", operators_policy(), key_policies)
        self.used: set[str] = set()
        self.refused: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.events_fail = False
        self.denied: set[str] = set()
        self.audited = True
        self.rotates = True
        self.has_secrets_key = True
        self.parameters: dict[str, str] = {}
        self.function_log = io.StringIO()
        self.fail_after_puts: int | None = None

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"aws": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def query(self, form: dict[str, str]) -> tuple[int, str]:
        """STS and CloudFormation."""
        action = form["Action"]
        if action in self.denied:
            return 403, _error("AccessDenied", f"{OPERATOR} is not authorized to perform: {action}")
        if action == "GetCallerIdentity":
            return 200, _result(action, {"Account": ACCOUNT, "Arn": OPERATOR, "UserId": "AIDAEXAMPLE"})
        if form["StackName"] != "keyturn-acme-prod":
            return 400, _error("ValidationError", f"Stack with id {form['StackName']} does not exist")
        environment = self._stack.environment
        outputs = {
            "Issuer": self._stack.issuer,
            "ClientsTable": environment["CLIENTS_TABLE"],
            "UsersTable": environment["USERS_TABLE"],
            "GrantsTable": environment["GRANTS_TABLE"],
            "DocumentsTable": environment["DOCUMENTS_TABLE"],
            **({"SecretsKeyArn": environment["SECRETS_KEY"]} if self.has_secrets_key else {}),
            **({"KeyRotationFunction": "KeyRotation"} if self.rotates else {}),
            **({"AuditBusArn": BUS} if self.audited else {}),
            "BackchannelLogoutFunction": environment["BACKCHANNEL_LOGOUT_FUNCTION"],
            "LogoutDeadLettersUrl": self._stack.template.queues[0].url,
        }
        described = {
            "StackName": form["StackName"],
            "StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/keyturn-acme-prod/1",
            "StackStatus": "UPDATE_COMPLETE",
            "CreationTime": "2026-01-01T00:00:00Z",
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()
            ],
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
        }
        return 200, _result(action, {"Stacks": [described]})

    def call(self, target: str, body: bytes) -> tuple[int, bytes]:
        """DynamoDB, KMS and EventBridge."""
        service, _, operation = target.partition(".")
        members = json.loads(body)
        if service == "AWSEvents":
            return self._put_events(members)
        if operation in self.denied:
            return _refusal(f"{OPERATOR} is not authorized to perform: {operation}")
        if service == "AmazonSQS":
            return self._of_queue(operation, target, body)
        if operation == "PutItem" and self.fail_after_puts is not None:
            if self.fail_after_puts == 0:
                return 400, b'{"__type": "com.amazon.coral.service#ValidationException", "message": "Broken"}'
            self.fail_after_puts -= 1
        for access in self._accesses[service](operation, members):
            if not self._allows(access):
                return _refusal(f"{access.action} is not allowed")
        return self._forwarded(target, body)

    def _allows(self, access: Access) -> bool:
        decision = self._role.decide(access)
        self.used.update(statement.sid for statement in decision.statements)
        if not decision.allowed:
            self.refused.append(f"{access.action} on {access.resource} {dict(access.context)}")
        return decision.allowed

    def _put_events(self, members: dict[str, Any]) -> tuple[int, bytes]:
        if self.events_fail:
            failed = [{"ErrorCode": "InternalFailure"} for _ in members["Entries"]]
            return 200, json.dumps({"FailedEntryCount": len(failed), "Entries": failed}).encode()
        for entry in members["Entries"]:
            if not self._allows(Access("events:PutEvents", entry["EventBusName"])):
                return _refusal("events:PutEvents is not allowed")
            self.events.append(json.loads(entry["Detail"]))
        taken = [{"EventId": "1"} for _ in members["Entries"]]
        return 200, json.dumps({"FailedEntryCount": 0, "Entries": taken}).encode()

    def _of_queue(self, operation: str, target: str, body: bytes) -> tuple[int, bytes]:
        """SQS, whose actions are no more enforced than by their names."""
        if f"sqs:{operation}" not in actions_of("SeeAndResendLogouts"):
            return _refusal(f"sqs:{operation} is not allowed")
        self.used.add("SeeAndResendLogouts")
        return self._forwarded(target, body)

    def invoke(self, path: str, body: bytes, kind: str | None) -> tuple[int, bytes, str | None]:
        """Lambda: the stack's own functions, where the policy has them invoked."""
        function = unquote(path.split("/")[3])
        own = function.endswith(f":{STACK_NAME}-logouts")
        short = "logouts" if own else f"{function}-1AB2C3"
        name = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:keyturn-acme-prod-{short}"
        if "InvokeFunction" in self.denied or not self._allows(Access("lambda:InvokeFunction", name)):
            refusal = {"Message": f"{OPERATOR} is not authorized to perform: lambda:InvokeFunction"}
            return 403, json.dumps(refusal).encode(), None
        request = urllib.request.Request(  # noqa: S310 - on this machine
            f"{self._stack.lambda_endpoint}{path}",
            data=body,
            headers={
                "content-type": "application/octet-stream",
                **({"x-amz-invocation-type": kind} if kind else {}),
            },
            method="POST",
        )
        with (
            _elsewhere(self._stack),
            redirect_stdout(self.function_log),
            urllib.request.urlopen(request) as answer,  # noqa: S310
        ):
            return answer.status, answer.read(), answer.headers.get("x-amz-function-error")

    def _forwarded(self, target: str, body: bytes) -> tuple[int, bytes]:
        others = {"AmazonSQS": self._stack.sqs_endpoint, "TrentService": self._stack.kms_endpoint}
        request = urllib.request.Request(  # noqa: S310 - on this machine
            others.get(target.partition(".")[0], self._stack.dynamodb_endpoint),
            data=body,
            headers={
                "X-Amz-Target": target,
                "Content-Type": "application/x-amz-json-1.0",
                "Authorization": f"AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/dynamodb/aws4_request",
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


class _Handler(BaseHTTPRequestHandler):
    aws: OperatorsAws
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target")
        failed: str | None = None
        if self.path.startswith("/2015-03-31/functions/"):
            kind = self.headers.get("X-Amz-Invocation-Type")
            status, answer, failed = self.aws.invoke(self.path, body, kind)
            kind = "application/json"
        elif target is None:
            status, xml = self.aws.query(dict(parse_qsl(body.decode())))
            answer, kind = xml.encode(), "text/xml"
        else:
            status, answer = self.aws.call(target, body)
            kind = "application/x-amz-json-1.0"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        if failed:
            self.send_header("X-Amz-Function-Error", failed)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


@contextmanager
def _elsewhere(stack: LocalStack) -> Iterator[None]:
    """A function is not where the command line runs: it has an environment and clients of its own."""
    others, before = connections._others[:], dict(os.environ)
    connections._others.clear()
    os.environ.pop("AWS_ENDPOINT_URL", None)
    os.environ.update(stack.environment)
    _forget()
    try:
        yield
    finally:
        connections._others.extend(others)
        os.environ.clear()
        os.environ.update(before)
        _forget()


def _refusal(text: str) -> tuple[int, bytes]:
    return 400, json.dumps(
        {"__type": "com.amazon.coral.service#AccessDeniedException", "message": text}
    ).encode()
