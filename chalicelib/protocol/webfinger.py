"""Finding the issuer by somebody's account: OpenID Connect Discovery section 2, RFC 7033.

Every account of this host is answered alike: whether there is such a person is not told, nor looked up.
"""

from typing import Any
from urllib.parse import urlsplit

from chalicelib.protocol.errors import InvalidRequest, NotServed
from chalicelib.protocol.parameters import Parameters

ISSUER_RELATION = "http://openid.net/specs/connect/1.0/issuer"
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}


def web_finger(parameters: Parameters, *, issuer: str) -> dict[str, Any]:
    """The JSON Resource Descriptor (RFC 7033 section 4.4) of an account, or a page, of this host.

    Raises InvalidRequest where `resource` is absent, repeated or no URI (section 4.2), and NotServed for one
    of another host.
    """
    resource = parameters.require("resource")
    if _host_of(resource) not in _hosts(issuer):
        raise NotServed("There is nothing known of this resource.", reason="resource_unknown")
    # RFC 7033 section 4.3: with `rel`, only the relations that are named.
    asked = parameters.all("rel")
    links = [{"rel": ISSUER_RELATION, "href": issuer}] if not asked or ISSUER_RELATION in asked else []
    return {"subject": resource, "links": links}


def _host_of(resource: str) -> str:
    """The authority in small letters, without the scheme's own port."""
    try:
        parts = urlsplit(resource)
    except ValueError:
        parts = urlsplit("")
    if not parts.scheme or not (parts.netloc or parts.path):
        raise InvalidRequest("The parameter resource is no URI.", reason="resource_malformed")
    if parts.scheme == "acct":
        return parts.path.rpartition("@")[2].lower() if not parts.netloc else ""
    authority = parts.netloc.rpartition("@")[2].lower()
    return authority.removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))


def _hosts(issuer: str) -> set[str]:
    """An account names the host alone; a URL, the port too where the issuer has one."""
    parts = urlsplit(issuer)
    return {parts.netloc, parts.hostname or ""}
