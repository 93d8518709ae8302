"""Where requests come from: wrong passwords count by source, so tests that guess have one of their own."""

import itertools

_numbers = itertools.count(1)


def new_address(*, over_http: bool) -> str:
    """An address nobody called from before: of the benchmarking network, or of loopback over HTTP."""
    high, low = divmod(next(_numbers), 250)
    network = "127.1" if over_http else "198.18"
    return f"{network}.{high}.{low + 1}"
