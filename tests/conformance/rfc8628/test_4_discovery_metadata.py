"""RFC 8628 section 4: a device finds where to begin."""

import pytest

from chalicelib.protocol.supported import DEVICE_CODE
from tests.support.client_app import path_of
from tests.support.device import Device
from tests.support.http import Caller
from tests.support.traceability import spec


@spec("RFC8628-4")
@pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])
def test_the_metadata_leads_to_the_endpoint(caller: Caller, tv: Device, name: str) -> None:
    metadata = caller.get(f"/.well-known/{name}").json
    assert DEVICE_CODE in metadata["grant_types_supported"]
    endpoint = metadata["device_authorization_endpoint"]
    assert endpoint.startswith(caller.issuer)
    answer = tv.app.post(path_of(endpoint), {"scope": "openid"})
    assert answer.status == 200
    # The person's page is at this server too, and is no endpoint for clients.
    assert answer.json["verification_uri"] not in metadata.values()
