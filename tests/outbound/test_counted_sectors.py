"""Hosts of sectors are anybody's: few functions wait for one at a time, and what fails there counts."""

import os

import pytest

from chalicelib.administration.sector import SectorUnreadable
from chalicelib.composition.sector_documents import FetchedSectors
from chalicelib.protocol.errors import TemporarilyUnavailable
from infra.local.stack import LocalStack
from tests.support.origin import Origin


@pytest.fixture
def sectors(stack: LocalStack) -> FetchedSectors:
    del stack
    return FetchedSectors(os.environ["REQUESTS_TABLE"], allowed_origins=("http://localhost:*",))


def test_what_fails_counts_and_past_a_bound_nobody_is_asked(sectors: FetchedSectors) -> None:
    with Origin(host="localhost") as origin:
        good = origin.serve("/good", "[]")
        for _ in range(25):
            assert sectors.read(good) == b"[]"
        for _ in range(20):
            with pytest.raises(SectorUnreadable, match="404"):
                sectors.read(origin.address + "/bad")
        asked = origin.connections
        for url in (good, origin.address + "/bad"):
            with pytest.raises(TemporarilyUnavailable) as refused:
                sectors.read(url)
            assert refused.value.reason == "sector_unavailable"
        assert origin.connections == asked
