"""What a client asks for claim by claim (OpenID Connect Core section 5.5), in the words of the person who
decides.
"""

from collections.abc import Iterable

from chalicelib.pages.consent import ScopeLine

# OpenID Connect Core section 5.1.
CLAIM_DESCRIPTIONS = {
    "name": "See your full name",
    "given_name": "See your first name",
    "family_name": "See your last name",
    "middle_name": "See your middle name",
    "nickname": "See your nickname",
    "preferred_username": "See your username",
    "profile": "See the address of your profile page",
    "picture": "See your picture",
    "website": "See the address of your website",
    "gender": "See your gender",
    "birthdate": "See your date of birth",
    "zoneinfo": "See your time zone",
    "locale": "See your language",
    "updated_at": "See when your profile was last changed",
    "email": "See your email address",
    "email_verified": "See whether your email address is confirmed",
    "address": "See your postal address",
    "phone_number": "See your phone number",
    "phone_number_verified": "See whether your phone number is confirmed",
}


def claim_lines(claims: Iterable[str]) -> list[ScopeLine]:
    """A line for each of these standard claims, in the order they are listed above."""
    asked = set(claims)
    return [ScopeLine(name, text) for name, text in CLAIM_DESCRIPTIONS.items() if name in asked]
