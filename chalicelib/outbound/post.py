"""Posting a form to what a client names, by the same rules as fetching."""

from urllib.parse import urlencode

from chalicelib.outbound.exchange import Resolve, exchange, left, resolve
from chalicelib.outbound.fetched import FetchError

FORM = "application/x-www-form-urlencoded"
# OpenID Connect Back-Channel Logout section 2.8: frameworks answer 204 where there is nothing to say.
TAKEN = (200, 204)
SERVER_FAULT = 500


def post_form(
    url: str,
    fields: dict[str, str],
    *,
    allowed_origins: tuple[str, ...] = (),
    resolve: Resolve = resolve,
) -> None:
    """Posts the fields; whatever else the answer says is not read. Raises FetchError where that is neither
    200 nor 204, or does not begin within five seconds.

    `allowed_origins` (protocol/exempt_origin.py) are exempt from the https and address rules.
    """
    headers = {"content-type": FORM, "accept": "*/*", "accept-encoding": "identity"}
    body = urlencode(fields).encode()
    with exchange(
        url, "POST", headers=headers, body=body, allowed_origins=allowed_origins, resolve=resolve
    ) as (response, deadline):
        # A head that ended because the time did must not pass for a whole one.
        left(deadline)
        if response.status not in TAKEN:
            raise FetchError(f"the answer is {response.status}", answered=response.status < SERVER_FAULT)
