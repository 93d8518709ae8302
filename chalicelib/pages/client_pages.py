"""What a client shows of itself: its logo, and where its policy and its terms stand (RFC 7591 section 2)."""

from chalicelib.pages.page import is_href
from chalicelib.record import Record

# A logo comes from this server, which fetched it: a person who looks at this page is not seen by the client.
SHOWS_LOGO = "img-src 'self'"


class ClientPages(Record):
    """`logo` is a path at this server, the others are on the web; None for what there is not. What is no such
    address is left out.
    """

    logo: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None

    @property
    def policy(self) -> str | None:
        """Where its privacy policy is read."""
        return self.policy_uri if self.policy_uri and is_href(self.policy_uri) else None

    @property
    def terms(self) -> str | None:
        """Where its terms of service are read."""
        return self.tos_uri if self.tos_uri and is_href(self.tos_uri) else None


NO_PAGES = ClientPages()
