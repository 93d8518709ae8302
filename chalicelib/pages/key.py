"""The key drawn on every page: each tenant's name cuts a key of its own."""

import hashlib
from functools import lru_cache

CUTS = 7
# In a drawing of 236 by 56 the blade lies between 20 and 35; cuts reach up into it from below.
_TOP, _EDGE, _DEPTHS = 20, 35, (32, 30, 28, 26)
_SHOULDER, _FIRST, _STEP, _FLAT, _SLOPE, _TIP = 50, 80, 20, 4, 5, 235


@lru_cache(maxsize=8)
def blade(tenant_name: str) -> str:
    """The outline of the blade as the `d` of an SVG path."""
    digest = hashlib.sha256(tenant_name.encode()).digest()
    cuts = []
    for place in range(CUTS):
        left = _FIRST + place * _STEP
        depth = _DEPTHS[digest[place] % len(_DEPTHS)]
        cuts.append(f"H{left}l{_SLOPE} {depth - _EDGE}h{_FLAT}l{_SLOPE} {_EDGE - depth}")
    return (
        f"M{_SHOULDER} {_EDGE}{''.join(cuts)}H{_TIP - 10}L{_TIP} {_EDGE - 9}L{_TIP - 6} {_TOP}H{_SHOULDER}Z"
    )
