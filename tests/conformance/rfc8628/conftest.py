"""Where most tests of this specification start from."""

import pytest

from tests.support.device import Device, device
from tests.support.http import Caller
from tests.support.tenant import Tenant


@pytest.fixture
def tv(caller: Caller, tenant: Tenant) -> Device:
    """A public client's device that has asked nothing yet."""
    return device(caller, tenant)
