"""How well a person's sign-in proved who they are, as one word: the authentication context class reference
(OpenID Connect Core section 2 acr), told from the methods they really used (amr, RFC 8176).

    acr                    amr     what it says
    ---------------------  ------  --------------------------------------------
    urn:keyturn:acr:pwd    pwd     one secret, which the person knows
"""

from collections.abc import Sequence

from chalicelib.protocol.supported import ACR_PASSWORD, ACR_VALUES

_ACR_OF = {"pwd": ACR_PASSWORD}


def acr_of(amr: Sequence[str]) -> str | None:
    """The strongest class these methods make, None where they make none."""
    made = {_ACR_OF[method] for method in amr if method in _ACR_OF}
    return max(made, key=ACR_VALUES.index, default=None)
