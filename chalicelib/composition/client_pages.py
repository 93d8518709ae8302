"""What the pages of a sign-in show of a client (RFC 7591 section 2): its logo, by way of this server
(client_logo.py), its policy and its terms.
"""

from urllib.parse import urlencode

from chalicelib.composition.look import said_by
from chalicelib.pages.client_pages import ClientPages
from chalicelib.pages.look import Look
from chalicelib.protocol.client import Client

LOGO_PATH = "/login/logo"


def client_pages(client: Client, look: Look, *, interaction: str) -> ClientPages:
    """In the person's language where the client has it in that."""
    logo = f"{LOGO_PATH}?{urlencode({'interaction': interaction})}" if client.logo_uri else None
    return ClientPages(
        logo=logo,
        policy_uri=said_by(client, "policy_uri", look) or client.policy_uri,
        tos_uri=said_by(client, "tos_uri", look) or client.tos_uri,
    )
