"""What runs on this machine, for the command line to find: one small file for each, gone with it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.gateway.environment import parse_settings

RUNNING = Path(__file__).parents[2] / "build" / "running"


def write_running(port: int, environment: Mapping[str, str], *, directory: Path = RUNNING) -> Path:
    """Says where the stack's tables are, for who reads it on this machine. No secret is in it."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{port}.json"
    path.write_text(
        json.dumps(
            {
                "issuer": environment["ISSUER"],
                "region": environment["AWS_REGION"],
                "dynamodb": environment["AWS_ENDPOINT_URL_DYNAMODB"],
                "lambda": environment["AWS_ENDPOINT_URL_LAMBDA"],
                "sqs": environment["AWS_ENDPOINT_URL_SQS"],
                "BackchannelLogoutFunction": environment["LOGOUT_FUNCTION"],
                "LogoutDeadLettersUrl": environment["LOGOUT_DEAD_LETTERS"].rpartition(":")[2],
                "kms": environment["AWS_ENDPOINT_URL_KMS"],
                "secrets_key": environment["SECRETS_KEY"],
                "clients_table": environment["CLIENTS_TABLE"],
                "users_table": environment["USERS_TABLE"],
                "grants_table": environment["GRANTS_TABLE"],
                "documents_table": environment["DOCUMENTS_TABLE"],
                "migration": parse_settings(environment).migration_grant_types,
            }
        ),
        encoding="utf-8",
    )
    return path


def read_running(port: int, *, directory: Path = RUNNING) -> dict[str, Any] | None:
    """What the file of a port says, None where nothing runs there."""
    try:
        found: dict[str, Any] = json.loads((directory / f"{port}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
