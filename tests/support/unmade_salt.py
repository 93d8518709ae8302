"""A tenant whose salt of pairwise subjects is not made yet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.aws.pairwise_salt import ITEM_ID
from tests.support.tenant import Table


@contextmanager
def unmade_salt() -> Iterator[Table]:
    """The Clients table without it; afterwards it is again what functions know, where there was one."""
    clients = Table(os.environ["CLIENTS_TABLE"])
    before = clients.at(id=ITEM_ID)
    clients.delete(id=ITEM_ID)
    try:
        yield clients
    finally:
        if before is not None:
            clients.change(before)
