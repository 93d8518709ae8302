"""What is asked for in Entra's form of on-behalf-of: the resource as the beginning of each scope value, as in
`https://api.example.com/read`, and `.default` for all of it.
"""

from chalicelib.protocol.supported import OPENID_SCOPES

DEFAULT = ".default"


def on_behalf_of_targets(
    scope: tuple[str, ...] | None, *, resources: tuple[str, ...], audiences: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """The resources and the scope at them, None for all of it. A value that begins with one of `audiences`
    (those the client may ask for; the longest counts) names it; others stand as they are. OpenID's own
    fall away: libraries add them to every request, and who calls on behalf of a person has no ID token of
    theirs, nor a refresh token.
    """
    named, values, everything = list(resources), [], scope is None
    for token in scope or ():
        if token in OPENID_SCOPES:
            continue
        audience = max((one for one in audiences if _begins(token, one)), key=len, default=None)
        value = token
        if audience is not None:
            named.append(audience)
            value = token[len(audience.rstrip("/")) :].lstrip("/")
        if value == DEFAULT:
            everything = True
        else:
            values.append(value)
    all_of_it = everything or not values
    return tuple(dict.fromkeys(named)), None if all_of_it else tuple(dict.fromkeys(values))


def _begins(token: str, audience: str) -> bool:
    beginning = audience.rstrip("/") + "/"
    return token.startswith(beginning) and bool(token[len(beginning) :].lstrip("/"))
