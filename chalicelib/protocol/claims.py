"""Which claims of a person are told: those their scope gives (OpenID Connect Core section 5.4), those asked
for one by one (section 5.5), and in which language (section 5.2).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.accounts.user import User
from chalicelib.protocol.claims_request import ClaimRequest, Requested, kept_claims
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.supported import CLAIMS_OF_SCOPE

NONE_ASKED: Requested = MappingProxyType({})


def claims_of(
    user: User,
    *,
    scope: tuple[str, ...],
    requested: Requested = NONE_ASKED,
    locales: tuple[str, ...] = (),
) -> dict[str, Any]:
    """What is known of what the scope gives and what is requested, in the languages preferred; and sub.

    A requested value is told only where it is one that was asked for.
    """
    names = {name: ClaimRequest() for token in scope for name in CLAIMS_OF_SCOPE.get(token, ())}
    told: dict[str, Any] = {"sub": user.sub}
    for name, one in {**requested, **names}.items():
        found = {name: user.claims[name]} if name in user.claims else {}
        if locales and "#" not in name:
            found = in_languages(name, user.claims, locales)
        told.update({each: value for each, value in found.items() if one.admits(value)})
    return told


def userinfo_claims(user: User, *, scope: tuple[str, ...], grant: Grant, client_id: str) -> dict[str, Any]:
    """The userinfo response to a token of this scope, issued to this client. What the grant's own client
    asked for is told to no other, which may have the token by exchange.
    """
    own = grant.client_id == client_id
    requested = kept_claims(grant.claims, "userinfo") if own else NONE_ASKED
    return claims_of(user, scope=scope, requested=requested, locales=grant.claims_locales if own else ())


def id_token_claims(user: User, *, grant: Grant, scope: tuple[str, ...] = ()) -> dict[str, Any]:
    """What an ID token tells of the person beside who they are: what was requested for it, and what this
    scope gives, which is for where no access token comes with it (section 5.4).
    """
    told = claims_of(
        user, scope=scope, requested=kept_claims(grant.claims, "id_token"), locales=grant.claims_locales
    )
    return {name: value for name, value in told.items() if name != "sub"}


def in_languages(name: str, claims: Mapping[str, Any], locales: Iterable[str]) -> dict[str, Any]:
    """A claim in the languages asked for: without a tag in the first of them there is, as section 5.2 has it
    for one language, and where it is there in several also with their tags.

    What has no tag is in the language of the person's `locale`, as far as anybody knows.
    """
    tagged = {key.partition("#")[2].lower(): key for key in claims if key.partition("#")[0] == name}
    tagged.pop("", None)
    if name in claims and isinstance(claims.get("locale"), str):
        tagged.setdefault(claims["locale"].lower(), name)
    keys = dict.fromkeys(key for locale in locales if (key := _look_up(locale.lower(), tagged)) is not None)
    if not keys:
        return {name: claims[name]} if name in claims else {}
    first = next(iter(keys))
    several = {key: claims[key] for key in keys if key != name} if len(keys) > 1 else {}
    return {name: claims[first], **several}


def _look_up(language: str, tagged: Mapping[str, str]) -> str | None:
    """RFC 4647 section 3.4: less and less of the language asked for, until there is such a one; what is
    there in more detail than was asked for will do too.
    """
    asked = language
    while language:
        if language in tagged:
            return tagged[language]
        language = language.rpartition("-")[0]
    return next((key for tag, key in tagged.items() if tag.startswith(f"{asked}-")), None)
