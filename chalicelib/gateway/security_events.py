"""Security events of functions that answer no request: a rotation, an administration."""

from chalicelib.gateway.log import log_request
from chalicelib.protocol.security_event import SecurityEvent


def log_event(event: SecurityEvent) -> None:
    """Writes a line that holds the event, from where the audit trail takes it."""
    log_request({"audit": event.to_json()})
