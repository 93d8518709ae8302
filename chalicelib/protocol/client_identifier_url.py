"""A client_id that is the https URL of the client's own metadata: Client Identifier URLs,
draft-ietf-oauth-client-id-metadata-document-02 section 3, and which domains a tenant takes them from.

URLs are compared character by character (RFC 3986 section 6.2.1), nothing is ever normalized. So what two
readers could take for two places is no such URL here.
"""

import re

from chalicelib.protocol.settings import Settings

MAX_CHARACTERS = 512
MAX_PORT = 65_535

_URL = re.compile(
    r"(?P<origin>(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?)"
    r"(?P<path>/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
# A name in the DNS with a dot in it. The last label begins with a letter: no way to write an address does.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?")


def identifier_host(client_id: str, settings: Settings) -> str | None:
    """The host of a Client Identifier URL, in small letters: what people know the client by. None for any
    other client_id, and where the tenant has no such clients.

    The origins a tenant lets be fetched without any rule may have an address, and http.
    """
    if not settings.client_id_metadata_documents or len(client_id) > MAX_CHARACTERS:
        return None
    match = _URL.fullmatch(client_id)
    if match is None or int(match["port"] or 0) > MAX_PORT:
        return None
    segments = re.sub("%2[eE]", ".", match["path"]).split("/")
    if "." in segments or ".." in segments:
        return None
    if match["scheme"] == "https" and _NAME.fullmatch(match["host"]):
        return match["host"].lower()
    if not settings.fetch_allowed_origins:
        return None
    # Imported where it is first needed: as deployed there are none.
    from chalicelib.protocol.exempt_origin import is_exempt  # noqa: PLC0415

    return match["host"].lower() if is_exempt(match["origin"], settings.fetch_allowed_origins) else None


def is_domain_allowed(host: str, settings: Settings) -> bool:
    """Whether a tenant takes clients from this host: it is of an allowed domain, where there are any, and of
    no denied one. A domain stands for its subdomains too (section 8.9).
    """
    allowed = settings.client_id_metadata_allowed_domains
    if allowed and not _is_in(host, allowed):
        return False
    return not _is_in(host, settings.client_id_metadata_denied_domains)


def _is_in(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in domains)
