"""What a client asks for claim by claim (OpenID Connect Core section 5.5), in the words of the person who
decides.
"""

from collections.abc import Iterable

from chalicelib.pages.consent import ScopeLine
from chalicelib.pages.look import Text

# OpenID Connect Core section 5.1.
CLAIM_DESCRIPTIONS = {
    "name": Text("See your full name"),
    "given_name": Text("See your first name"),
    "family_name": Text("See your last name"),
    "middle_name": Text("See your middle name"),
    "nickname": Text("See your nickname"),
    "preferred_username": Text("See your username"),
    "profile": Text("See the address of your profile page"),
    "picture": Text("See your picture"),
    "website": Text("See the address of your website"),
    "gender": Text("See your gender"),
    "birthdate": Text("See your date of birth"),
    "zoneinfo": Text("See your time zone"),
    "locale": Text("See your language"),
    "updated_at": Text("See when your profile was last changed"),
    "email": Text("See your email address"),
    "email_verified": Text("See whether your email address is confirmed"),
    "address": Text("See your postal address"),
    "phone_number": Text("See your phone number"),
    "phone_number_verified": Text("See whether your phone number is confirmed"),
}


def claim_lines(claims: Iterable[str]) -> list[ScopeLine]:
    """A line for each of these standard claims, in the order they are listed above."""
    asked = set(claims)
    return [ScopeLine(name, own=text) for name, text in CLAIM_DESCRIPTIONS.items() if name in asked]
