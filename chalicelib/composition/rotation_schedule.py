"""When this tenant's keys rotate, and which kinds of them it has."""

from chalicelib.gateway.environment import settings
from chalicelib.protocol.key_schedule import Schedule
from chalicelib.protocol.signing_keys import key_types, retention_seconds


def rotation_schedule() -> Schedule:
    """As the tenant's settings say."""
    return Schedule(
        period=settings().key_rotation_period,
        retention=retention_seconds(session_lifetime=settings().session_lifetime),
        types=key_types(eddsa=settings().eddsa_key),
    )
